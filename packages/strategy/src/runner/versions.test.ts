import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { defineStrategy } from '../definition.ts';
import type { OrderHandle } from '../order-handle.ts';
import { SYMBOL } from '../testing/desk-of-nodes.ts';
import { DeskOfVersions } from '../testing/desk-of-versions.ts';

interface Seen {
  readonly told: string[];
  readonly handles: Map<string, OrderHandle>;
}

const seen = (): Seen => ({ told: [], handles: new Map() });

/** Buys as much at every bar as its version says. */
function buyer(quantity: string, to: Seen, version = 1) {
  return defineStrategy({
    name: 'buyer',
    version,
    parameters: z.object({ note: z.string().default('') }),
    state: z.object({ bars: z.int().default(0), from: z.string().default('') }),
    start: (context) => {
      to.told.push(`start ${context.state.bars} ${context.state.from}`);
    },
    bar: (_bar, context) => {
      context.state.bars += 1;
      const handle = context.submit({ symbol: SYMBOL, side: 'buy', quantity, price: '60000' });
      to.handles.set(handle.key, handle);
    },
    pause: (reason) => {
      to.told.push(`pause ${reason}`);
    },
    resume: () => {
      to.told.push('resume');
    },
    parametersChanged: (before, context) => {
      to.told.push(`${context.index}: ${before.note} → ${context.parameters.note}`);
    },
  });
}

const NODES = [1, 2, 3];

/** The configured version buys 1, the candidate 2. */
function three(): { readonly desk: DeskOfVersions; readonly old: Seen[]; readonly next: Seen[] } {
  const [old, next] = [NODES.map(seen), NODES.map(seen)];
  const desk = new DeskOfVersions(
    (node) => buyer('1', old[node - 1] as Seen),
    (node) => buyer('2', next[node - 1] as Seen),
  );
  for (const node of NODES) desk.start(node);
  desk.elect(1);
  return { desk, old, next };
}

describe('a candidate', () => {
  it('decides beside the active version, and nothing of it goes out', () => {
    const { desk, next } = three();
    for (let n = 0; n < 5; n += 1) {
      desk.bar(n);
      desk.commit();
    }
    assert.deepEqual(new Set(desk.made().map(({ quantity }) => quantity)), new Set(['1']));
    assert.equal(next[0]?.handles.size, 5);
    assert.equal(desk.decided.filter(({ node, version }) => node === 1 && version === 1).length, 5);
  });

  it('finds the orders of the active version as its own when it is promoted, and can take them back', async () => {
    const { desk, next } = three();
    desk.bar(1);
    desk.commit();
    desk.swap();
    desk.commit();
    const [handle] = next[0]?.handles.values() ?? [];
    assert.equal(handle?.order?.quantity, '1');
    void handle?.cancel();
    desk.commit();
    const settled = await handle?.settled;
    assert.ok(settled?.type === 'ended' && settled.order.state === 'Voided');
  });

  it('goes on from the active state: as it is, by its migration, or anew where it declares none', () => {
    const states: string[] = [];
    const desk = new DeskOfVersions(
      () => buyer('1', seen()),
      () => ({
        ...buyer('2', { told: states, handles: new Map() }, 2),
        migrate: (other, version) => ({ bars: (other as { bars: number }).bars * 100, from: `version ${version}` }),
      }),
    );
    desk.start(1);
    desk.elect(1);
    for (let n = 0; n < 3; n += 1) {
      desk.bar(n);
      desk.commit();
    }
    desk.start(2);
    assert.equal(states.at(-1), 'start 300 version 1');
    assert.ok(desk.logs.every((line) => !line.includes('starts anew')));
  });
});

describe('a change of versions', () => {
  it('is exact: before it the old version orders, from it on the new one, one order an intent, whatever is killed when', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('bar' as const) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('swap' as const) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('commit' as const) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          type: fc.constant('kill' as const),
          committed: fc.nat({ max: 6 }),
          after: fc.nat({ max: 300 }),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const { desk, next, old } = three();
        let bars = 0;
        let undecidedMs = 0;
        let kills = 0;
        for (const each of steps) {
          const takesMs = each.type === 'kill' ? each.after : each.type === 'bar' ? 50 : 0;
          // As in the law without versions: a cluster that commits nothing for longer than decisions wait, or of which
          // nobody is left who remembers, is another case.
          if (each.type === 'commit' || (each.type === 'kill' && kills === 2) || undecidedMs + takesMs > 450) {
            desk.commit();
            undecidedMs = 0;
            kills = 0;
          }
          undecidedMs += takesMs;
          if (each.type === 'bar') desk.bar(bars++);
          else if (each.type === 'swap') desk.swap();
          else if (each.type === 'kill') {
            kills += 1;
            const dead = desk.leader;
            desk.kill(dead, each.committed);
            desk.advance(each.after);
            desk.elect((dead % 3) + 1);
            desk.start(dead);
          }
        }
        desk.commit();
        const made = desk.made();
        for (const order of made) {
          const active = desk.activeAt(order.createdIndex);
          assert.equal(order.quantity, active === 0 ? '1' : '2', `${order.clientKey} at ${order.createdIndex}`);
        }
        const keys = made.map(({ clientKey }) => clientKey);
        assert.equal(new Set(keys).size, keys.length);
        const decided = new Set([...old, ...next].flatMap(({ handles }) => [...handles.keys()]));
        assert.deepEqual(new Set(keys), decided, 'a gap');
      }),
      { numRuns: 150 },
    );
  });

  it('takes over what was on its way: a decision of the old version that comes too late is the new one’s to make', () => {
    const { desk } = three();
    desk.swap();
    desk.bar(1);
    desk.commit();
    assert.deepEqual(
      desk.made().map(({ quantity }) => quantity),
      ['2'],
    );
  });

  it('and back leaves no order of the version that was tried, and the old one goes on from where it is', () => {
    const { desk } = three();
    for (let n = 0; n < 9; n += 1) {
      if (n === 3 || n === 6) desk.swap();
      desk.bar(n);
      desk.commit();
    }
    assert.equal(
      desk
        .made()
        .map(({ quantity }) => quantity)
        .join(''),
      '111222111',
    );
  });
});

describe('parameters', () => {
  it('change at the same entry on every node, once, for the version they are meant for, and are found after a restart', () => {
    const { desk, next, old } = three();
    desk.setParameters(0, { note: 'a' });
    desk.setParameters(0, { note: 'b' });
    desk.commit();
    const [first, ...others] = old.map(({ told }) => told.filter((line) => line.includes('→')));
    assert.equal(first?.length, 2);
    assert.match(first[1] ?? '', /^\d+: a → b$/);
    for (const other of others) assert.deepEqual(other, first);
    assert.ok(next.every(({ told }) => told.every((line) => !line.includes('→'))));
    desk.kill(1, 0);
    desk.elect(2);
    desk.start(1);
    desk.setParameters(0, { note: 'c' });
    desk.commit();
    assert.match(old[0]?.told.at(-1) ?? '', /: b → c$/);
  });

  it('that do not fit end the strategy on that node, with field and value', () => {
    const { desk } = three();
    desk.setParameters(0, { note: 7 });
    desk.commit();
    assert.ok(
      desk.logs.some((line) => /1\.0 halted .*parameters\.note is 7; expected string/.test(line)),
      desk.logs.join('\n'),
    );
  });
});

describe('a pause', () => {
  it('is told once for each change, however pauses overlap, leaders change and nodes start again', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('own' as const), paused: fc.boolean() }),
      fc.record({ type: fc.constant('all' as const), paused: fc.boolean() }),
      fc.record({ type: fc.constant('bar' as const) }),
      fc.record({ type: fc.constant('kill' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { desk, old } = three();
        const pauses = { own: false, all: false };
        let changes = 0;
        let kills = 0;
        let bars = 0;
        for (const each of steps) {
          if (each.type === 'bar') {
            const before = desk.made().length;
            desk.bar(bars++);
            desk.commit();
            assert.equal(desk.made().length - before, pauses.own || pauses.all ? 0 : 1);
          } else if (each.type === 'kill') {
            const dead = desk.leader;
            desk.kill(dead, 0);
            desk.elect((dead % 3) + 1);
            desk.start(dead);
            kills += 1;
          } else {
            const rested = pauses.own || pauses.all;
            pauses[each.type] = each.paused;
            if (rested !== (pauses.own || pauses.all)) changes += 1;
            desk.pause(each.paused, each.type === 'all' ? '' : undefined);
            desk.commit();
          }
        }
        for (const { told } of old) {
          const hooks = told.filter((line) => !line.startsWith('start')).map((line) => line.split(' ')[0]);
          if (kills === 0) assert.equal(hooks.length, changes);
          // Told in turn, in every life: never twice the same.
          for (const [n, hook] of hooks.entries())
            if (kills === 0) assert.equal(hook, n % 2 === 0 ? 'pause' : 'resume');
        }
        const rests = pauses.own || pauses.all;
        for (const node of NODES) assert.equal(desk.runner(node, 0)?.state, rests ? 'paused' : 'running');
      }),
      { numRuns: 100 },
    );
  });

  it('that came while a strategy was away is told when it is back, from where its state left off', () => {
    const { desk, old } = three();
    desk.bar(1);
    desk.commit();
    desk.kill(2, 0);
    desk.pause(true);
    desk.commit();
    desk.start(2);
    assert.deepEqual(old[1]?.told.filter((line) => line.startsWith('pause')).length, 1);
    desk.kill(2, 0);
    desk.pause(false);
    desk.commit();
    desk.bar(2);
    desk.commit();
    desk.start(2);
    assert.equal(desk.runner(2, 0)?.state, 'running');
  });
});
