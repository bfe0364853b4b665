/**
 * What a follower says to a client before it closes: a Logout that names the leader. A follower cannot commit, so this
 * message has a number that the session never gave. An engine that counts it must not lose a message by that, and some
 * count every Logout as the next message, whatever its number (QuickFIX C++ does). So a Logout is said only when the
 * client has provably received all there is, or sets the numbers back anyway; otherwise a Reject of the Logon (case 1S d of
 * the session tests allows it), which names the leader too. QuickFIX counts that as well, before any logon, unless its
 * number is too low; so it has the session's first number and is marked as a possible duplicate, which every engine passes
 * over. (A client that has not even counted the first number can only miss a Logon by it.) The ledger leaves out as many
 * numbers as were possibly counted.
 */
import { encodeBody, encodeMessage, type FixMessage, MsgType, Tag } from '@baton/fix';
import type { ClientConfiguration, ClientSessionView } from '@baton/ledger';

/** `session` is the client's as far as this node has applied it; `text` names the leader. */
export function lastWord(
  client: ClientConfiguration,
  session: ClientSessionView | undefined,
  logon: FixMessage,
  text: string,
  sendingTimeUs: number,
): Buffer {
  const isReset = client.resetOnLogon || logon.getBoolean(Tag.ResetSeqNumFlag) === true;
  const msgSeqNum = session === undefined || isReset ? 1 : expectedNumber(session, logon);
  const header = {
    beginString: client.beginString,
    senderCompId: client.targetCompId,
    targetCompId: client.senderCompId,
    msgSeqNum,
    sendingTimeUs,
  };
  if (isReset || session === undefined || hasEverything(session, logon)) {
    return encodeMessage({ ...header, msgType: MsgType.Logout }, encodeBody([[Tag.Text, text]]));
  }
  const body = encodeBody([
    [Tag.RefSeqNum, logon.msgSeqNum ?? 0],
    [Tag.RefMsgType, MsgType.Logon],
    [Tag.Text, text],
  ]);
  const uncounted = { msgSeqNum: 1, possDup: true, origSendingTimeUs: sendingTimeUs };
  return encodeMessage({ ...header, ...uncounted, msgType: MsgType.Reject }, body);
}

/** By the client's own word (789), or by its answer to the last TestRequest. */
function hasEverything(session: ClientSessionView, logon: FixMessage): boolean {
  const nextExpected = logon.getInt(Tag.NextExpectedMsgSeqNum);
  return !session.mayMiss || (nextExpected !== undefined && nextExpected >= session.nextOut);
}

/** The session's next, and one more for each Logon of the client that found no leader: each may have been answered so. */
function expectedNumber(session: ClientSessionView, logon: FixMessage): number {
  return session.nextOut + Math.max(0, (logon.msgSeqNum ?? 0) - session.nextIn);
}
