import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBody, parseMessage } from '@baton/fix';
import type { Connection } from '@baton/host';
import { VirtualClock } from '@baton/host/testing';
import { type CommittedMessage, Outbound } from './outbound.ts';

const HOUR_US = 3_600_000_000;

/** SendingTime and OrigSendingTime as written for a resend whose original has this time, against the clock's now. */
function resent(originalUs: (nowUs: number) => number): { sentUs: number; origUs: number; nowUs: number } {
  const clock = new VirtualClock();
  const nowUs = clock.wallUs();
  const written: Uint8Array[] = [];
  const connection = {
    write: (bytes: Uint8Array) => written.push(Uint8Array.from(bytes)) > 0,
  } as unknown as Connection;
  const outbound = new Outbound<CommittedMessage>(
    {
      header: { beginString: 'FIX.4.4', senderCompId: 'BATON', targetCompId: 'SIM' },
      clock,
      ask: () => 'open',
      written() {},
      withheld: (_message, reason) => assert.fail(reason),
    },
    (reason) => assert.fail(reason),
  );
  const body = encodeBody([]);
  outbound.send(connection, 1, { msgType: 'D', msgSeqNum: 2, body, possDup: true, timeUs: originalUs(nowUs) });
  const message = parseMessage(written[0] ?? new Uint8Array());
  return { sentUs: timeUs(message.getString(52)), origUs: timeUs(message.getString(122)), nowUs };
}

/** Milliseconds are enough here. */
function timeUs(text = ''): number {
  const [, date = '', time = ''] = /^(\d{8})-(\d\d:\d\d:\d\d\.\d{3})/.exec(text) ?? [];
  return Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time}Z`) * 1000;
}

test('a resend is dated now, and says when the original was sent', () => {
  const { sentUs, origUs, nowUs } = resent((us) => us - HOUR_US);
  assert.equal(Math.trunc(sentUs / 1000), Math.trunc(nowUs / 1000));
  assert.equal(sentUs - origUs, HOUR_US);
});

test('after a leader whose clock was ahead, a resend is dated now, and its original never later', () => {
  const { sentUs, origUs, nowUs } = resent((us) => us + HOUR_US);
  assert.equal(Math.trunc(sentUs / 1000), Math.trunc(nowUs / 1000));
  assert.equal(origUs, sentUs);
});
