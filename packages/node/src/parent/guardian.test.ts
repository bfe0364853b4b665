import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guardian, type GuardianOptions, LOOK_MS } from './guardian.ts';

class Rig {
  now = 0;
  isDying = false;
  readonly done: string[] = [];
  readonly guardian: Guardian;

  constructor() {
    const note = (text: string) => () => void this.done.push(text);
    const options: GuardianOptions = {
      watch: { isDying: () => this.isDying, close: () => {} },
      lines: { keep: note('keep'), drop: note('drop'), cut: note('cut'), close: () => {} },
      notices: { send: note('notice') },
      standAside: note('stand aside'),
      stallMs: 50,
      nowMs: () => this.now,
      log: () => {},
    };
    this.guardian = new Guardian(options);
  }

  /** Looks each millisecond, as the timer does. */
  pass(ms: number): void {
    for (let i = 0; i < ms; i += LOOK_MS) {
      this.now += LOOK_MS;
      this.guardian.look();
    }
  }

  pulse(leads: boolean): void {
    this.guardian.hear({ type: 'pulse', leads });
  }

  [Symbol.dispose](): void {
    this.guardian.close();
  }
}

test('a dying core lets its venues go and its peers know, once', () => {
  using rig = new Rig();
  rig.pulse(true);
  rig.isDying = true;
  rig.pass(5);
  rig.guardian.died();
  assert.deepEqual(rig.done, ['cut', 'notice', 'stand aside']);
});

test('a leading core without a sign of life for an election timeout loses its venues, and nobody is told that it died', () => {
  using rig = new Rig();
  rig.pulse(true);
  rig.pass(50);
  assert.deepEqual(rig.done, []);
  rig.pass(100);
  assert.deepEqual(rig.done, ['cut']);
});

test('a core that gives signs of life keeps its venues', () => {
  using rig = new Rig();
  for (let i = 0; i < 20; i++) {
    rig.pulse(true);
    rig.pass(45);
  }
  assert.deepEqual(rig.done, []);
});

test('a parent that stood still itself concludes nothing from the silence', () => {
  using rig = new Rig();
  rig.pulse(true);
  rig.now += 500;
  rig.guardian.look();
  assert.deepEqual(rig.done, []);
  rig.pass(51);
  assert.deepEqual(rig.done, ['cut']);
});

test('a line that the core has closed is dropped, so that the connection ends', () => {
  using rig = new Rig();
  rig.guardian.hear({ type: 'line', id: 1 }, {});
  rig.guardian.hear({ type: 'line-closed', id: 1 });
  assert.deepEqual(rig.done, ['keep', 'drop']);
});
