import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerEvent, TakeoverRecord } from '@baton/ledger';
import { failoverAlert } from './failover-alert.ts';

const nameOf = (id: number): string => `n${id}`;

function record(change: Partial<TakeoverRecord> = {}): TakeoverRecord {
  const venues = ['SIM', 'OTHER'].map((venue) => ({
    venue,
    phases: [],
    nextExpected: 0,
    proof: '',
    orders: [],
    unlisted: 0,
  }));
  const from = { n: 4, term: 8, node: 2, cause: 'link to the leader closed', kind: 'failover' as const };
  return { ...from, startedIndex: 10, startedUs: 1_000_000, timings: [], venues, ...change };
}

function event(body: object, index = 10, timeUs = 1_000_000): LedgerEvent {
  return { index, n: 0, timeUs, ...body } as LedgerEvent;
}

test('a failover is told once, whatever the number of venues, with who leads and what was seen', () => {
  const barrier = (venue: string, index = 10) =>
    failoverAlert(event({ type: 'TakeoverPhaseReached', term: 8, venue, phase: 'Barrier' }, index), [record()], nameOf);
  assert.deepEqual(barrier('SIM'), {
    severity: 'warning',
    code: 'FAILOVER',
    subject: '',
    text: 'n2 leads term 8: link to the leader closed',
  });
  assert.equal(barrier('OTHER'), null);
  assert.equal(barrier('SIM', 11), null);
});

test('its end is told with milliseconds for each venue, and orders still in doubt make it critical', () => {
  const end = (inDoubt: number, kind: 'failover' | 'reconnect' = 'failover') => {
    const body = {
      type: 'SessionRecovered',
      venue: 'SIM',
      term: 8,
      takeover: 4,
      nextExpected: 1,
      lastInbound: 1,
      resolved: 0,
      inDoubt,
    };
    return failoverAlert(event(body, 12, 1_012_340), [record({ kind })], nameOf);
  };
  assert.equal(end(0)?.code, 'FAILOVER_COMPLETE');
  assert.match(end(0)?.text ?? '', /n2 trades at SIM 12\.3 ms after it took over; no order is in doubt/);
  assert.equal(end(2)?.severity, 'critical');
  assert.equal(end(0, 'reconnect')?.code, 'LINE_RECOVERED');
});
