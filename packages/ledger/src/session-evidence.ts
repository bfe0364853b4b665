/** What a message of the venue's session proves about orders, by its own fields. */
import { type FixMessage, Tag } from '@baton/fix';
import { type Evidence, NO_EVIDENCE } from './evidence.ts';

const DETAIL_LENGTH_MAX = 64;

export function evidenceOf(message: FixMessage): Evidence {
  switch (message.msgType) {
    case 'A':
      return message.has(Tag.NextExpectedMsgSeqNum)
        ? { kind: 'NextExpectedMsgSeqNum', detail: field(message, Tag.NextExpectedMsgSeqNum) }
        : NO_EVIDENCE;
    case '2':
      return { kind: 'ResendRequest', detail: field(message, Tag.BeginSeqNo) };
    case '0':
      return { kind: 'TestRequest', detail: field(message, Tag.TestReqID) };
    case '8':
      return message.getString(Tag.ExecType) === 'I'
        ? {
            kind: 'StatusReport',
            detail: `${field(message, Tag.OrdStatus)} ${field(message, Tag.OrdStatusReqID)}`.trim(),
          }
        : { kind: 'ExecutionReport', detail: field(message, Tag.ExecID) };
    case '9':
      return { kind: 'Refusal', detail: field(message, Tag.CxlRejReason) };
    case 'j':
    case '3':
      return { kind: 'Refusal', detail: field(message, Tag.RefSeqNum) };
    default:
      return NO_EVIDENCE;
  }
}

function field(message: FixMessage, tag: number): string {
  const value = message.getString(tag);
  if (value === undefined) return '';
  return `${tag}=${value.length > DETAIL_LENGTH_MAX ? value.slice(0, DETAIL_LENGTH_MAX) : value}`;
}
