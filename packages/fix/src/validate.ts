// What a session itself needs of a message, dictionary or not: the header fields
// of every message and the required fields of session messages. The order of the
// checks decides which fault a Reject names.
// Source: FIX 4.4 volume 2, standard header and session messages; cases 14b, 14d, 14f.

import { SessionRejectReason } from './field-values.ts';
import type { FixMessage } from './message.ts';
import { MsgType } from './msg-type.ts';
import type { RejectCause } from './session-context.ts';
import { Tag } from './tag.ts';

type FieldKind = 'text' | 'int' | 'boolean' | 'time';

interface FieldRule {
  readonly tag: number;
  readonly kind: FieldKind;
  readonly required: boolean;
}

const HEADER: readonly FieldRule[] = [
  { tag: Tag.SenderCompID, kind: 'text', required: true },
  { tag: Tag.TargetCompID, kind: 'text', required: true },
  { tag: Tag.SendingTime, kind: 'time', required: true },
  { tag: Tag.PossDupFlag, kind: 'boolean', required: false },
  { tag: Tag.PossResend, kind: 'boolean', required: false },
  { tag: Tag.OrigSendingTime, kind: 'time', required: false },
];

const SESSION_MESSAGES: ReadonlyMap<string, readonly FieldRule[]> = new Map([
  [MsgType.TestRequest, [{ tag: Tag.TestReqID, kind: 'text', required: true }]],
  [
    MsgType.ResendRequest,
    [
      { tag: Tag.BeginSeqNo, kind: 'int', required: true },
      { tag: Tag.EndSeqNo, kind: 'int', required: true },
    ],
  ],
  [
    MsgType.SequenceReset,
    [
      { tag: Tag.GapFillFlag, kind: 'boolean', required: false },
      { tag: Tag.NewSeqNo, kind: 'int', required: true },
    ],
  ],
  [
    MsgType.Logon,
    [
      { tag: Tag.EncryptMethod, kind: 'int', required: true },
      { tag: Tag.HeartBtInt, kind: 'int', required: true },
      { tag: Tag.ResetSeqNumFlag, kind: 'boolean', required: false },
      { tag: Tag.NextExpectedMsgSeqNum, kind: 'int', required: false },
    ],
  ],
]);

/** First fault of the standard header; undefined when there is none. */
export function validateHeader(message: FixMessage): RejectCause | undefined {
  return firstFault(message, HEADER);
}

/** First fault of a session message's own fields; undefined for none, and for application messages. */
export function validateSessionMessage(message: FixMessage): RejectCause | undefined {
  const rules = SESSION_MESSAGES.get(message.msgType);
  return rules === undefined ? undefined : firstFault(message, rules);
}

function firstFault(message: FixMessage, rules: readonly FieldRule[]): RejectCause | undefined {
  for (const rule of rules) {
    const reason = faultOf(message, rule);
    if (reason !== undefined) {
      return { reason, refTagId: rule.tag };
    }
  }
  return undefined;
}

function faultOf(message: FixMessage, { tag, kind, required }: FieldRule): RejectCause['reason'] | undefined {
  if (!message.has(tag)) {
    return required ? SessionRejectReason.RequiredTagMissing : undefined;
  }
  if (message.getString(tag) === '') {
    return SessionRejectReason.TagWithoutValue;
  }
  const readable =
    kind === 'text' ||
    (kind === 'int' && message.getInt(tag) !== undefined) ||
    (kind === 'boolean' && message.getBoolean(tag) !== undefined) ||
    (kind === 'time' && message.getTimeUs(tag) !== undefined);
  return readable ? undefined : SessionRejectReason.IncorrectDataFormat;
}
