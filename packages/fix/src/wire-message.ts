// From a session's transmit output to bytes: the one place where header,
// SendingTime and checksum are put around an outbox slot. The leader calls it at
// the moment it writes; a Logon's signature or password is appended then, too.

import { encodeMessage } from './encode.ts';
import type { FixMessage } from './message.ts';
import { MsgType } from './msg-type.ts';
import type { SessionConfig } from './session-options.ts';
import type { TransmitOutput } from './session-output.ts';

/**
 * The bytes to write for a transmit output.
 * @param sendingTimeUs SendingTime (52), µs; not before slot.timeUs.
 * @param appendix encoded fields to add at the end of the body: the secrets of a Logon.
 */
export function encodeTransmit(
  config: Pick<SessionConfig, 'beginString' | 'senderCompId' | 'targetCompId' | 'timestampPrecision'>,
  output: Pick<TransmitOutput, 'slot' | 'possDup'>,
  sendingTimeUs: number,
  appendix?: Uint8Array,
): Buffer {
  const { slot, possDup } = output;
  const body = appendix === undefined ? slot.body : Buffer.concat([slot.body, appendix]);
  return encodeMessage(
    {
      beginString: config.beginString,
      msgType: slot.msgType,
      msgSeqNum: slot.seq,
      senderCompId: config.senderCompId,
      targetCompId: config.targetCompId,
      sendingTimeUs: Math.max(sendingTimeUs, slot.timeUs),
      possDup,
      origSendingTimeUs: possDup ? slot.timeUs : undefined,
      timestampPrecision: config.timestampPrecision,
    },
    body,
  );
}

/** Who a Logon is from and for, as its sender names them. */
export interface LogonIdentity {
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
}

/** The identity in a Logon, to choose the session with; undefined when the message is no Logon or lacks a CompID. */
export function identifyLogon(message: FixMessage): LogonIdentity | undefined {
  const { senderCompId, targetCompId } = message;
  if (message.fault !== undefined || message.msgType !== MsgType.Logon || !senderCompId || !targetCompId) {
    return undefined;
  }
  return { beginString: message.beginString, senderCompId, targetCompId };
}
