/**
 * What proves to a venue who we are, added to a Logon at the moment it is written: the signature covers that very
 * message's SendingTime and MsgSeqNum, so none of it can be committed before or be replayed, and no secret ever enters
 * the log. Fields by FIX 4.4: Username(553), Password(554), RawDataLength(95), RawData(96).
 */
import { encodeBody, formatUtcTimestamp, Tag } from '@baton/fix';
import type { SessionHeader } from './observer.ts';

/** Secrets of one venue; never logged. */
export interface VenueLogon {
  /** '' sends no Username. */
  readonly username: string;
  /** '' sends no Password. */
  readonly password: string;
  /** Key of the signature in base64; '' sends no RawData. */
  readonly signingKey: string;
}

/**
 * The fields to append to the body of a Logon. The signature is HMAC-SHA256, in base64, over SendingTime, MsgType,
 * MsgSeqNum, SenderCompID, TargetCompID and Password joined by SOH, as exchanges of the Coinbase kind ask for it.
 */
export function logonFields(
  logon: VenueLogon,
  header: SessionHeader,
  message: { readonly msgType: string; readonly msgSeqNum: number },
  sendingTimeUs: number,
): Uint8Array {
  const fields: [number, string | number][] = [];
  if (logon.signingKey !== '') {
    const { createHmac } = process.getBuiltinModule('node:crypto');
    const { senderCompId, targetCompId } = header;
    const sendingTime = formatUtcTimestamp(sendingTimeUs, 'ms');
    const text = [sendingTime, message.msgType, message.msgSeqNum, senderCompId, targetCompId, logon.password].join(
      '\u0001',
    );
    const signature = createHmac('sha256', Buffer.from(logon.signingKey, 'base64')).update(text).digest('base64');
    fields.push([Tag.RawDataLength, signature.length], [Tag.RawData, signature]);
  }
  if (logon.username !== '') fields.push([Tag.Username, logon.username]);
  if (logon.password !== '') fields.push([Tag.Password, logon.password]);
  return encodeBody(fields);
}
