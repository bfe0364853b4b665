// For tests: one session driven by hand, with messages as its peer would send them.

import { type BodyField, encodeBody, encodeMessage } from '../encode.ts';
import { MsgType } from '../msg-type.ts';
import type { SessionOptions } from '../session-options.ts';
import type { SessionOutput } from '../session-output.ts';
import { Tag } from '../tag.ts';
import { Peer, RESEND_ALL, START_US } from './peer.ts';

export const SECOND_US = 1_000_000;

interface Sent {
  readonly beginString?: string;
  readonly sender?: string;
  readonly possDup?: boolean;
  readonly origSendingTimeUs?: number;
  readonly sendingTimeUs?: number;
}

/** A message as the peer of `to` would send it. */
export function give(
  to: Peer,
  msgType: string,
  seq: number,
  fields: readonly BodyField[] = [],
  sent: Sent = {},
): readonly SessionOutput[] {
  const { config } = to.session;
  const frame = encodeMessage(
    {
      beginString: sent.beginString ?? config.beginString,
      msgType,
      msgSeqNum: seq,
      senderCompId: sent.sender ?? config.targetCompId,
      targetCompId: config.senderCompId,
      sendingTimeUs: sent.sendingTimeUs ?? to.timeUs,
      possDup: sent.possDup,
      origSendingTimeUs: sent.origSendingTimeUs ?? (sent.possDup === true ? to.timeUs : undefined),
    },
    encodeBody(fields),
  );
  return to.take(to.session.received(frame, to.timeUs));
}

export const LOGON: readonly BodyField[] = [
  [Tag.EncryptMethod, 0],
  [Tag.HeartBtInt, 5],
];

/** A session that is logged on, its logon already off the trace. */
export function loggedOn(options: Partial<SessionOptions> = {}, policy = RESEND_ALL): Peer {
  const peer = new Peer(options, policy);
  peer.take(peer.session.connected(peer.timeUs));
  give(peer, MsgType.Logon, 1, LOGON);
  peer.trace();
  peer.outputs.length = 0;
  return peer;
}

export function kinds(outputs: readonly SessionOutput[]): string[] {
  return outputs.flatMap((output) => (output.type === 'alarm' ? [] : [output.type]));
}

export function order(peer: Peer, id: string): void {
  peer.sent(peer.session.send(MsgType.NewOrderSingle, encodeBody([[Tag.ClOrdID, id]]), peer.timeUs, id));
}

export function tickAt(peer: Peer, secondsFromStart: number): readonly SessionOutput[] {
  peer.timeUs = START_US + secondsFromStart * SECOND_US;
  return peer.take(peer.session.tick(peer.timeUs));
}

export function withoutOriginal(seq: number): Buffer {
  const names = { beginString: 'FIX.4.4', senderCompId: 'VENUE', targetCompId: 'BATON' };
  return encodeMessage(
    { ...names, msgType: '8', msgSeqNum: seq, sendingTimeUs: START_US, possDup: true },
    Buffer.alloc(0),
  );
}
