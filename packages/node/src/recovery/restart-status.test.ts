import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RecoveryReport, recoveryReport } from './restart-status.ts';

type Subject = Parameters<typeof recoveryReport>[0];
type Operations = ReturnType<Subject['ledger']['operations']>;

interface Facts {
  readonly level?: { readonly term: number; readonly leader: number };
  readonly takeoverTerm?: number;
  readonly gateTerm?: number;
  readonly recovery?: 'PENDING' | 'FAILED' | 'COMPLETE';
  readonly stopped?: boolean;
}

function report({ gateTerm = 4, level, recovery, stopped, takeoverTerm = 4 }: Facts): RecoveryReport {
  const operations = {
    recovery: recovery === undefined ? null : { status: recovery },
    drain: null,
    stopped: stopped === true ? { by: 'somebody' } : null,
  } as unknown as Operations;
  return recoveryReport({
    plan: { self: { name: 'n1' }, venues: [{ name: 'SIM' }] } as unknown as Subject['plan'],
    drain: { problem: '' },
    replica: level === undefined ? undefined : { role: () => level },
    ledger: {
      operations: () => operations,
      gate: () => ({ open: true, term: gateTerm, phase: 'Open' }),
      status: () => ({ takeoverTerm }),
      coldStart: () => undefined,
    } as unknown as Subject['ledger'],
  });
}

test('a restart is complete when the leader of the term has opened every gate, and trading then', () => {
  const { gates, status, trading } = report({ level: { term: 4, leader: 2 } });
  assert.deepEqual(
    { gates, status, trading },
    {
      gates: [{ venue: 'SIM', open: true, phase: 'Open' }],
      status: 'COMPLETE',
      trading: 'TRADING',
    },
  );
  assert.equal(report({ level: { term: 4, leader: 2 }, stopped: true }).trading, 'STOPPED');
});

test('a log that ends with an open gate of before says nothing of now', () => {
  const cases: Facts[] = [{}, { level: { term: 4, leader: 0 } }, { level: { term: 5, leader: 2 } }];
  for (const facts of [...cases, { level: { term: 5, leader: 2 }, takeoverTerm: 5 }]) {
    const { gates, status, trading } = report(facts);
    assert.deepEqual([status, trading, gates[0]?.open], ['PENDING', 'CLOSED', false], JSON.stringify(facts));
  }
});

test('a recovery that failed or is under way says so, whatever its gates', () => {
  assert.equal(report({ level: { term: 4, leader: 2 }, recovery: 'FAILED' }).status, 'FAILED');
  assert.equal(report({ level: { term: 4, leader: 2 }, recovery: 'PENDING' }).status, 'PENDING');
  assert.equal(report({ level: { term: 4, leader: 2 }, recovery: 'COMPLETE' }).status, 'COMPLETE');
});
