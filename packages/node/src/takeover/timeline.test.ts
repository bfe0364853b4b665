import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
});
