import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import type { LedgerEvent } from '@baton/ledger';
import { PendingCommands } from './pending-commands.ts';
import type { StrategyCommand } from './protocol.ts';

const OWN = 'maker';
const SET = { type: 'SetTimer', strategyId: OWN, timerId: 't', dueUs: 900 } as const;
const CANCEL = { type: 'CancelTimer', strategyId: OWN, timerId: 't' } as const;

let sent: StrategyCommand[];
let leads: boolean;
let pending: PendingCommands;

beforeEach(() => {
  sent = [];
  leads = false;
  pending = new PendingCommands({
    send: (command) => sent.push(command),
    isLeading: () => leads,
    nowUs: () => 0,
    reissueUs: 500_000,
    denied: () => {},
  });
});

function lead(): void {
  leads = true;
  pending.lead();
}

function heard(type: 'TimerSet' | 'TimerFired' | 'TimerCanceled', change: object = {}, timeUs = 0): void {
  pending.hear(
    { type, strategyId: OWN, timerId: 't', dueUs: 900, index: 1, n: 0, timeUs, ...change } as LedgerEvent,
    OWN,
  );
}

it('what a follower asked for, and no leader has, is given by the next leader', () => {
  pending.ask(SET);
  assert.deepEqual(sent, []);
  lead();
  assert.deepEqual(sent, [SET]);
});

it('a timer that the log has is not set again, whether the log said so before it was asked for or after', () => {
  heard('TimerSet');
  pending.ask(SET);
  lead();
  pending.ask({ ...SET, timerId: 'u' });
  heard('TimerSet', { timerId: 'u' });
  pending.lead();
  assert.deepEqual(
    sent.map((command) => 'timerId' in command && command.timerId),
    ['u'],
  );
});

it('another strategy’s timer of the same name is not taken for the own', () => {
  pending.ask(SET);
  heard('TimerSet', { strategyId: 'another' });
  lead();
  assert.deepEqual(sent, [SET]);
});

it('a timer that is set does not end the wish to take it back', () => {
  pending.ask(SET);
  pending.ask(CANCEL);
  heard('TimerSet');
  lead();
  assert.deepEqual(sent, [CANCEL]);
});

it('what no leader wanted while entries went on is given up', () => {
  pending.ask(SET);
  heard('TimerFired', { timerId: 'other' }, 600_000);
  lead();
  assert.deepEqual(sent, []);
});
