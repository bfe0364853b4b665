import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeClient, type LedgerOrder } from './client-laws.ts';
import { type CommandAnswer, type Intent, IntentJournal, type IntentKind } from './intent-journal.ts';

function intent(clientKey: string, answers: CommandAnswer[], kind: IntentKind = 'submit'): Intent {
  const made = new IntentJournal().open(clientKey, 's', kind);
  made.answers.push(...answers);
  made.attempts = answers.length;
  return made;
}

const accepted = (clOrdId: string, duplicate = false): CommandAnswer => ({ ok: true, clOrdId, duplicate });
const order = (rootClOrdId: string, clientKey: string): LedgerOrder => ({ rootClOrdId, clientKey, strategyId: 's' });
const faults = (intents: Intent[], ...ledgers: LedgerOrder[][]): string[] =>
  judgeClient(
    intents,
    ledgers.map((orders, at) => ({ node: `n${at + 1}`, orders })),
  ).flatMap((verdict) => verdict.faults);

test('a kept promise has no faults', () => {
  const intents = [intent('k1', [accepted('A'), accepted('A', true)]), intent('k2', [accepted('A')], 'cancel')];
  assert.deepEqual(faults(intents, [order('A', 'k1'), order('B', 'k3')], [order('A', 'k1')]), []);
});

test('two orders from one clientKey are caught', () => {
  assert.deepEqual(faults([], [order('A', 'k1'), order('B', 'k1')]), ['n1: clientKey s/k1 made 2 orders: A, B']);
});

test('an acknowledged order that one ledger lost is caught', () => {
  const found = faults([intent('k1', [accepted('A')])], [order('A', 'k1')], []);
  assert.deepEqual(found, ['n2: A was acknowledged for k1 and is gone']);
});

test('an acknowledged order under another key is caught', () => {
  assert.match(faults([intent('k1', [accepted('A')])], [order('A', 'k2')]).join(), /the ledger says k2/);
});

test('a repeat with another answer, or taken for new, is caught', () => {
  const refused: CommandAnswer = { ok: false, code: 'KILL_SWITCH', duplicate: true };
  assert.match(faults([intent('k1', [accepted('A'), accepted('B', true)])]).join(), /first ok A, then ok B/);
  assert.match(faults([intent('k1', [accepted('A'), refused])]).join(), /then refused KILL_SWITCH/);
  assert.match(faults([intent('k1', [accepted('A'), accepted('A')])]).join(), /as if it were new/);
});

test('an intent without an answer and an answer outside the contract are caught', () => {
  const surprised = intent('k1', []);
  surprised.surprises.push('HTTP 500');
  assert.deepEqual(faults([surprised]), ['submit k1: no answer in 0 attempts', 'submit k1: HTTP 500']);
});
