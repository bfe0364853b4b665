import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@baton/host/testing';
import { APPLY_THREAD, type Entry, EntryType, type Message, MessageType, newMessage } from '@baton/raft';
import { ApplyLoop } from './apply-loop.ts';
import { encodeEntryData } from './entry-data.ts';
import { LogMachine } from './testing/log-machine.ts';

function entry(index: number, text: string | null): Entry {
  const data = text === null ? new Uint8Array(0) : encodeEntryData(index * 10, Buffer.from(text));
  return { index, term: 1, type: EntryType.Normal, data };
}

function work(entries: readonly Entry[]): Message {
  const message = newMessage(MessageType.StorageApply, APPLY_THREAD, 1, 0);
  message.entries = entries;
  const response = newMessage(MessageType.StorageApplyResp, 1, APPLY_THREAD, 0);
  response.index = entries.at(-1)!.index;
  message.responses = [response];
  return message;
}

interface Rig {
  readonly loop: ApplyLoop;
  readonly machine: LogMachine;
  /** Index of each entry, and 'done N' for each answered message. */
  readonly events: (number | string)[];
}

function rig(clock: VirtualClock, budgetUs: number, onApply: () => void = () => {}): Rig {
  const machine = new LogMachine();
  const events: (number | string)[] = [];
  const loop = new ApplyLoop(
    machine,
    clock,
    budgetUs,
    { index: 0, term: 0 },
    {
      onEntry: ({ index }) => {
        events.push(index);
        onApply();
      },
      onConfChange: () => assert.fail('no such entry here'),
      onDone: (responses) => events.push(`done ${responses[0]!.index}`),
    },
  );
  return { loop, machine, events };
}

test('entries are applied in order, and work is answered when all of it is applied', () => {
  const { loop, machine, events } = rig(new VirtualClock(), 1000);
  loop.add(work([entry(1, null), entry(2, 'a')]));
  loop.add(work([entry(3, 'b')]));
  loop.run();
  assert.deepEqual(events, [1, 2, 'done 2', 3, 'done 3']);
  assert.deepEqual(
    machine.entries.map(({ index, timeUs, command }) => [index, timeUs, command]),
    [
      [2, 20, 'a'],
      [3, 30, 'b'],
    ],
    'the empty entry is counted, not applied',
  );
  assert.equal(loop.appliedIndex, 3);
});

test('a batch stops at its budget and goes on where it stopped', () => {
  const clock = new VirtualClock();
  // Each entry costs 100 µs of virtual time.
  const { loop, events } = rig(clock, 1000, () => clock.advance(0.1));
  loop.add(work(Array.from({ length: 100 }, (_, i) => entry(i + 1, `c${i}`))));
  loop.run();
  const first = loop.appliedIndex;
  assert.ok(first >= 10 && first < 30, `${first} entries of 100 µs in a budget of 1 ms`);
  assert.ok(loop.hasWork);
  for (let turns = 0; loop.hasWork; turns++) {
    assert.ok(turns < 100);
    loop.run();
  }
  assert.equal(events.length, 101);
  assert.equal(events.at(-1), 'done 100');
});

test('a gap or a repeat in the entries ends the replica rather than being applied', () => {
  for (const wrong of [1, 3]) {
    const { loop } = rig(new VirtualClock(), 1000);
    loop.add(work([entry(1, 'a')]));
    loop.run();
    loop.add(work([entry(wrong, 'b')]));
    assert.throws(() => loop.run(), { code: 'BATON_REPLICA_INVARIANT' });
  }
});

test('a snapshot takes over after what was queued before it', () => {
  const { loop, machine } = rig(new VirtualClock(), 0);
  const other = new LogMachine();
  for (let index = 1; index <= 9; index++) {
    other.apply({ index, term: 1, timeUs: index, command: Buffer.from(`x${index}`) });
  }
  loop.add(work([entry(1, 'a')]));
  loop.restore(9, 4, (machine) => machine.restore(other.snapshot()));
  assert.equal(machine.hash(), other.hash());
  assert.equal(loop.appliedIndex, 9);
  assert.equal(loop.appliedTerm, 4);
  assert.throws(() => loop.restore(9, 4, (machine) => machine.restore(other.snapshot())), {
    code: 'BATON_REPLICA_INVARIANT',
  });
});
