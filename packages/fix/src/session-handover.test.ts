// A logged-on session changes its speaker without its peer noticing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMessage } from './encode.ts';
import { FixSession } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import type { ResendPolicy } from './session-output.ts';

const OPTIONS: SessionOptions = {
  role: 'initiator',
  beginString: 'FIX.4.4',
  senderCompId: 'BATON',
  targetCompId: 'VENUE',
  heartBtIntS: 5,
  resetOnLogon: true,
};
const POLICY: ResendPolicy = { onResend: () => 'gap-fill' };
const START_US = 1_767_614_400_000_000;

function frame(msgType: string, seq: number, body = ''): Uint8Array {
  const header = { beginString: 'FIX.4.4', senderCompId: 'VENUE', targetCompId: 'BATON', sendingTimeUs: START_US };
  return encodeMessage({ ...header, msgType, msgSeqNum: seq }, Buffer.from(body.replaceAll('|', '\u0001')));
}

function loggedOn(): FixSession {
  const session = new FixSession(OPTIONS, POLICY);
  session.connected(START_US);
  session.received(frame('A', 1, '98=0|108=5|141=Y|'), START_US);
  return session;
}

test('the next speaker goes on with the numbers and the deadlines of the first', () => {
  const first = loggedOn();
  first.received(frame('0', 2), START_US + 1000);
  const line = first.line();
  assert.ok(line !== undefined);
  const next = FixSession.loggedOn(OPTIONS, POLICY, line);
  assert.deepEqual([next.state.nextOut, next.state.nextIn, next.state.status], [2, 3, 'active']);
  assert.equal(next.nextDeadlineUs(), first.nextDeadlineUs());
  const sent = next.send('D', Buffer.from('11=A\u0001'), START_US + 2000);
  assert.ok(sent.ok);
  assert.equal(sent.seq, 2);
});

test('nothing is handed over that is not logged on, or has a gap', () => {
  assert.equal(new FixSession(OPTIONS, POLICY).line(), undefined);
  const session = loggedOn();
  session.received(frame('0', 5), START_US);
  assert.equal(session.line(), undefined);
});

test('numbers that are none are refused', () => {
  const line = loggedOn().line();
  assert.ok(line !== undefined);
  assert.throws(() => FixSession.loggedOn(OPTIONS, POLICY, { ...line, nextOut: 0 }), RangeError);
});
