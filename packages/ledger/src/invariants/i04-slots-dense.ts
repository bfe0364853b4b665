/**
 * I4: the numbers a session gives to its messages are dense and rise by one, over all connections and leaders; a number
 * belongs to one message. Messages sent again (43=Y) carry old numbers and are not judged here. A restart of the numbers
 * at 1 is not flagged: it is alarmed where it happens. Towards clients numbers only rise: what happened while a client was
 * away takes numbers without being written.
 */
import type { Applied } from '../entry.ts';
import type { Violation } from './violation.ts';

export function slotsAreDense(history: readonly Applied[]): Violation[] {
  const violations: Violation[] = [];
  const last = new Map<string, number>();
  /** Last number of each sequence: a venue with two gateways has two that live on side by side. */
  const sequences = new Map<string, number[]>();
  const speakers = new Map<string, { readonly connectionId: number; readonly senderCompId: string }>();
  for (const { effects } of history) {
    for (const effect of effects) {
      if (effect.type === 'SendClientFix' && !effect.possDup) {
        const key = `client ${effect.client}`;
        const before = last.get(key) ?? 0;
        if (effect.msgSeqNum <= before && effect.msgSeqNum !== 1) {
          const text = `${key}: message ${effect.msgSeqNum} (35=${effect.msgType}) follows ${before}`;
          violations.push({ invariant: 'I4', text });
        }
        last.set(key, effect.msgSeqNum);
      }
      if (effect.type !== 'SendFix' || effect.possDup) continue;
      const { msgSeqNum, msgType, senderCompId, venue } = effect;
      const counts = sequences.get(venue) ?? [];
      sequences.set(venue, counts);
      // A line that was kept logged on and silent has counted its own Logon and heartbeats: it begins without a Logon here.
      const speaker = speakers.get(venue);
      const isAnother = speaker === undefined || speaker.connectionId !== effect.connectionId;
      const isKept = isAnother && (msgType !== 'A' || speaker?.senderCompId !== senderCompId);
      speakers.set(venue, effect);
      const at = counts.indexOf(msgSeqNum - 1);
      if (at >= 0) counts[at] = msgSeqNum;
      else counts.push(msgSeqNum);
      if (at >= 0 || msgSeqNum === 1 || isKept) continue;
      const text = `${venue}: message ${msgSeqNum} (35=${msgType}) follows ${counts.slice(0, -1).join(' or ')}`;
      violations.push({ invariant: 'I4', text });
    }
  }
  return violations;
}
