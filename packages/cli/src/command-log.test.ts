import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { Journal } from '@baton/journal';
import { type Command, encodeCommand } from '@baton/ledger';
import { captured } from './testing/captured-output.ts';

const TIME_US = 1_700_000_000_123_456;
const CONF_STATE = { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
const SUBMIT: Command = {
  type: 'SubmitOrder',
  clientKey: 'key-1',
  strategyId: 'maker',
  symbol: 'BTC-USD',
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'day',
  quantity: '1',
  price: '60000',
};

/** A cluster's data folder with the node n1, stopped, whose log has these commands, and one entry more. */
async function stoppedNode(t: TestContext, commands: readonly Command[], name = 'n1'): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'baton-log-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const journal = await Journal.open({
    disk: new NodeDisk(),
    clock: new NodeClock(),
    folder: join(data, name, 'journal'),
    durability: 'disk',
    confState: CONF_STATE,
    segmentSizeBytes: 256 * 1024,
    onFatal: assert.fail,
  });
  const tick: Command = { type: 'Tick' };
  for (const [at, command] of [...commands, tick].entries()) {
    const bytes = encodeCommand(command);
    const entry = { term: 2, index: at + 1, type: 0, data: Buffer.alloc(8 + bytes.length) } as const;
    entry.data.writeBigUInt64BE(BigInt(TIME_US + at), 0);
    entry.data.set(bytes, 8);
    const hardState = { term: 2, vote: 1, commit: at };
    await new Promise<void>((resolve) => journal.append({ hardState, entries: [entry], snapshot: null }, resolve));
  }
  await journal.close();
  return data;
}

const BARRIER: Command = { type: 'TakeoverStarted', node: 2 };

test('entries are shown with index, time, term, type and what they ask; those not known to be committed are not', async (t) => {
  const data = await stoppedNode(t, [BARRIER, SUBMIT]);
  const { exitCode, out } = await captured('log', 'show', '--data', data);
  assert.equal(exitCode, 0);
  const lines = out.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^ +1 +2023-11-14T22:13:20\.123456Z +term 2 +TakeoverStarted +node 2 leads/);
  assert.match(lines[1] ?? '', /SubmitOrder +maker wants to buy 1 BTC-USD at 60000/);
});

test('filters leave out what does not match: by kind, by order, by index', async (t) => {
  const data = await stoppedNode(t, [BARRIER, SUBMIT, BARRIER]);
  const indexesOf = async (...args: string[]): Promise<number[]> => {
    const { out } = await captured('log', 'show', '--data', data, '--json', ...args);
    return out.split('\n').flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { index: number }).index]));
  };
  assert.deepEqual(await indexesOf('--kind', 'submitorder'), [2]);
  assert.deepEqual(await indexesOf('--order', 'key-1'), [2]);
  assert.deepEqual(await indexesOf('--session', 'SIM'), []);
  assert.deepEqual(await indexesOf('--from', '2'), [2, 3]);
  assert.deepEqual(await indexesOf('--to', '2'), [1, 2]);
  assert.deepEqual(await indexesOf('--last', '1'), [3]);
});

test('the state at an index is JSON with that index; an index beyond the log ends with 66', async (t) => {
  const data = await stoppedNode(t, [BARRIER, SUBMIT]);
  const { exitCode, out } = await captured('replay', '--data', data, '--to', '1');
  assert.equal(exitCode, 0);
  assert.equal((JSON.parse(out) as { index: number }).index, 1);
  const beyond = await captured('replay', '--data', data, '--to', '99');
  assert.equal(beyond.exitCode, 66);
  assert.match(beyond.err, /entry 99 is not in this log, which ends at 3/);
});

test('equal logs have no difference, others one for each place, with exit code 70', async (t) => {
  const [one, same] = [await stoppedNode(t, [BARRIER]), await stoppedNode(t, [BARRIER])];
  const other = await stoppedNode(t, [{ type: 'TakeoverStarted', node: 3 }]);
  const folder = (data: string): string => join(data, 'n1');
  const equal = await captured('diff', folder(one), folder(same));
  assert.deepEqual([equal.exitCode, /^equal at entry 1: hash [0-9a-f]{16}/.test(equal.out)], [0, true]);
  const different = await captured('diff', folder(one), folder(other));
  assert.equal(different.exitCode, 70);
  assert.match(different.out, /status\.takeoverNode: 2 \| 3/);
});

test('an order that is not in the log ends with 66 and says between which entries it was looked for', async (t) => {
  const data = await stoppedNode(t, [BARRIER]);
  const { exitCode, err } = await captured('explain', 'no-such-order', '--data', data);
  assert.equal(exitCode, 66);
  assert.match(err, /no order no-such-order between entries 1 and 1/);
});
