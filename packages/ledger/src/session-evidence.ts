/** What a message of the venue's session proves about orders, by its own fields. */
import { type FixMessage, Tag } from '@baton/fix';
import { type Evidence, NO_EVIDENCE } from './evidence.ts';

export function evidenceOf(message: FixMessage): Evidence {
  const field = (tag: number): string => {
    const value = message.getString(tag);
    return value === undefined ? '' : `${tag}=${value.slice(0, 64)}`;
  };
  switch (message.msgType) {
    case 'A':
      return message.has(Tag.NextExpectedMsgSeqNum)
        ? { kind: 'NextExpectedMsgSeqNum', detail: field(Tag.NextExpectedMsgSeqNum) }
        : NO_EVIDENCE;
    case '2':
      return { kind: 'ResendRequest', detail: field(Tag.BeginSeqNo) };
    case '0':
      return { kind: 'TestRequest', detail: field(Tag.TestReqID) };
    case '8':
      return message.getString(Tag.ExecType) === 'I'
        ? { kind: 'StatusReport', detail: `${field(Tag.OrdStatus)} ${field(Tag.OrdStatusReqID)}`.trim() }
        : { kind: 'ExecutionReport', detail: field(Tag.ExecID) };
    case '9':
      return { kind: 'Refusal', detail: field(Tag.CxlRejReason) };
    case 'j':
    case '3':
      return { kind: 'Refusal', detail: field(Tag.RefSeqNum) };
    default:
      return NO_EVIDENCE;
  }
}
