import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command, Configuration } from '@baton/ledger';
import { TakeoverDriver } from './driver.ts';

const CONFIGURATION: Configuration = {
  clusterId: 'test',
  incarnation: 1,
  instruments: [],
  venues: [],
  limits: { orderQuantityMax: '', orderNotionalMax: '', positionMax: '', openOrdersMax: 1 },
};

/** A driver whose log takes what `takes` says, and all that it did, in order. */
function staged(takes: (attempt: number) => 'applied' | 'refused' | 'not-leader', current?: Configuration) {
  const done: string[] = [];
  const paused: (() => void)[] = [];
  let attempts = 0;
  let configuration = current;
  const driver = new TakeoverDriver({
    nodeId: 1,
    cause: () => '',
    wanted: CONFIGURATION,
    current: () => configuration,
    propose: (command: Command, settled) => {
      const verdict = takes(attempts++);
      done.push(`${command.type} ${verdict}`);
      if (verdict === 'not-leader') return false;
      if (verdict === 'applied' && command.type === 'Configure') configuration = command.configuration;
      queueMicrotask(() => settled(verdict === 'applied'));
      return true;
    },
    coldStart: () => undefined,
    later: (work) => paused.push(work),
    gateways: [
      {
        lead: (term) => done.push(`lead ${term}`),
        announce: () => done.push('announce'),
        retire: () => done.push('retire'),
      },
    ],
    barrierApplied: (term) => done.push(`barrier ${term}`),
  });
  return { driver, done, paused };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a barrier that was refused is proposed again after a pause, with lines dialled anew, until it is in the log', async () => {
  const { driver, done, paused } = staged((attempt) => (attempt < 2 ? 'refused' : 'applied'), CONFIGURATION);
  driver.begin(7);
  for (let round = 0; round < 2; round++) {
    await turn();
    assert.equal(paused.length, round + 1);
    paused[round]?.();
  }
  await turn();
  const once = ['lead 7', 'TakeoverStarted refused', 'announce'];
  assert.deepEqual(done, [...once, ...once, 'lead 7', 'TakeoverStarted applied', 'announce', 'barrier 7', 'announce']);
});

test('a configuration that was refused is proposed again, and lines are announced once it is in force', async () => {
  const { driver, done, paused } = staged((attempt) => (attempt === 1 ? 'not-leader' : 'applied'));
  driver.begin(1);
  await turn();
  paused.shift()?.();
  await turn();
  assert.deepEqual(done.slice(1), [
    'TakeoverStarted applied',
    'barrier 1',
    'Configure not-leader',
    'Configure applied',
    'announce',
  ]);
});

test('nothing is proposed again for a term that is over', async () => {
  const { driver, done, paused } = staged(() => 'refused', CONFIGURATION);
  driver.begin(3);
  await turn();
  driver.end();
  for (const work of paused) work();
  assert.equal(done.filter((what) => what.startsWith('TakeoverStarted')).length, 1);
});
