import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Gate } from '../gate/gate.ts';
import { switchHere } from './kill-switch.ts';
import { killSwitchFromFields, limitsFromFields, rampFromFields, tradingStateFromFields } from './risk-body.ts';
import type { ApiSubject } from './subject.ts';

function nodeWithGate(): { core: ApiSubject; gate: Gate } {
  const gate = new Gate({ leadingTerm: () => 1, leaseRemainingUs: () => 1, openTerm: () => 1 });
  return { core: { gate } as unknown as ApiSubject, gate };
}

function request(fields: Record<string, unknown>) {
  const checked = killSwitchFromFields(fields);
  assert.ok(checked.ok);
  return checked.value;
}

function problem(
  checked: { readonly ok: true } | { readonly ok: false; readonly reply: { readonly body: unknown } },
): string {
  return checked.ok ? '' : (checked.reply.body as { text: string }).text;
}

describe('the kill switch over the API', () => {
  it('closes this gate at once and tells everybody: all of it as the kill switch, a part as its trading state', () => {
    const { core, gate } = nodeWithGate();
    assert.deepEqual(switchHere(core, request({ on: true, reason: 'r' })), {
      type: 'SetKillSwitch',
      on: true,
      reason: 'r',
    });
    assert.equal(gate.ask('SIM', 'D', 1, false), 'kill-latch');
    assert.deepEqual(switchHere(core, request({ on: false })), { type: 'SetKillSwitch', on: false, reason: '' });
    assert.equal(gate.ask('SIM', 'D', 1, false), 'open');
    assert.deepEqual(switchHere(core, request({ on: true, scope: 'venue', target: 'SIM' })), {
      type: 'SetTradingState',
      scope: 'venue',
      target: 'SIM',
      mode: 'cancel-only',
      reason: '',
    });
    assert.equal(gate.ask('SIM', 'D', 1, false), 'kill-latch');
    assert.equal(gate.ask('OTHER', 'D', 1, false), 'open');
  });

  it('needs nobody when it is asked for this node alone', () => {
    const { core, gate } = nodeWithGate();
    assert.equal(switchHere(core, request({ on: true, local: true })), undefined);
    assert.equal(gate.ask('SIM', 'D', 1, false), 'kill-latch');
  });

  it('refuses a part without a name, and a scope that there is not', () => {
    assert.match(problem(killSwitchFromFields({ on: true, scope: 'venue' })), /^target is missing/);
    assert.match(problem(killSwitchFromFields({ on: true, scope: 'desk', target: 'x' })), /^scope is "desk"/);
  });
});

describe('bodies that steer risk', () => {
  it('name limits one by one; an amount is text, a count a number', () => {
    const checked = limitsFromFields({ scope: 'strategy', target: 's', limits: { positionMax: '5', orderRateMax: 3 } });
    assert.ok(checked.ok);
    assert.deepEqual(checked.value.limits, { positionMax: '5', orderRateMax: 3 });
    assert.match(problem(limitsFromFields({ limits: { positionMax: 5 } })), /^positionMax is 5; expected a decimal/);
    assert.match(problem(limitsFromFields({ limits: { postionMax: '5' } })), /^unknown field "postionMax"/);
    assert.match(problem(limitsFromFields({})), /^limits is no object/);
  });

  it('of a ramp and a trading state name the field that is wrong', () => {
    const steps = [{ percent: 10, durationMs: 60_000 }];
    const ramp = rampFromFields({ steps });
    assert.ok(ramp.ok);
    assert.deepEqual(ramp.value.steps, steps);
    assert.match(problem(rampFromFields({ steps: [{ percent: 0, durationMs: 1 }] })), /^percent is 0/);
    assert.match(problem(rampFromFields({})), /^steps is no list/);
    assert.match(problem(tradingStateFromFields({ mode: 'off' })), /^mode is "off"; expected one of active/);
  });
});
