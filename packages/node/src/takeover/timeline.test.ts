import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OrderView } from '@baton/ledger';
import { Timeline } from './timeline.ts';

describe('takeover timeline', () => {
  it('dates the first evidence of a death, not the last', () => {
    let now = 100;
    const timeline = new Timeline('n2', () => now);
    timeline.leaderHeard();
    timeline.deathSeen('link closed');
    now = 200;
    timeline.deathSeen('heartbeats missed');
    timeline.elected(8);
    const [takeover] = timeline.list();
    assert.equal(takeover?.evidence, 'link closed');
    assert.deepEqual(takeover?.phasesUs, { deathSeen: 100, elected: 200 });
  });

  it('forgets evidence that proved wrong', () => {
    const timeline = new Timeline('n2', () => 5);
    timeline.leaderHeard();
    timeline.deathSeen('link closed');
    timeline.leaderHeard();
    timeline.elected(8);
    assert.equal(timeline.list()[0]?.phasesUs.deathSeen, undefined);
  });

  it('keeps the first time of each step and takes nothing from other terms', () => {
    let now = 1;
    const timeline = new Timeline('n2', () => now);
    timeline.elected(8);
    const phase = { type: 'TakeoverPhaseReached', venue: 'SIM', index: 1, n: 0, timeUs: 0 } as const;
    timeline.hear(8, { ...phase, term: 7, phase: 'GateOpen' });
    assert.equal(timeline.list()[0]?.phasesUs.gateOpen, undefined);
    now = 2;
    timeline.hear(8, { ...phase, term: 8, phase: 'GateOpen' });
    now = 3;
    timeline.hear(8, { ...phase, term: 8, phase: 'GateOpen' });
    assert.equal(timeline.list()[0]?.phasesUs.gateOpen, 2);
  });

  it('follows the first order on the wire until the venue has it, and no other', () => {
    let now = 1;
    const timeline = new Timeline('n2', () => now);
    const changed = (clOrdId: string, state: OrderView['state']): void =>
      timeline.hear(8, { type: 'OrderChanged', index: 1, n: 0, timeUs: 0, order: { clOrdId, state } as OrderView });
    timeline.elected(8);
    timeline.orderWritten(8, 'A');
    now = 2;
    timeline.orderWritten(8, 'B');
    changed('B', 'Working');
    changed('A', 'Sent');
    assert.equal(timeline.list()[0]?.phasesUs.firstOrderAccepted, undefined);
    now = 3;
    changed('A', 'Filled');
    now = 4;
    changed('A', 'Filled');
    const { firstOrderWritten, firstOrderAccepted } = timeline.list()[0]?.phasesUs ?? {};
    assert.deepEqual([firstOrderWritten, firstOrderAccepted], [1, 3]);
  });
});
