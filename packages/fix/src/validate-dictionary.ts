// Judges a message by a data dictionary: structure, required fields, tags,
// values, repeating groups. It reports the first fault in the order in which the
// checks are listed below, and within one check in the order of the message.
// With FIXT 1.1, header, trailer and session messages are judged by the transport's
// dictionary, application messages by the application's.
// Source: FIX 4.4 volume 2, session-level Reject scenarios; cases 2q, 14a to 14k.

import type { Dictionary, FieldDefinition, FieldSet, GroupDefinition, ProtocolDictionary } from './dictionary.ts';
import { hasFormat, isAllowedValue } from './field-format.ts';
import { SessionRejectReason } from './field-values.ts';
import type { FixMessage, RawField } from './message.ts';
import { isAdminMsgType } from './msg-type.ts';
import type { RejectCause } from './session-context.ts';

/** Tags from here up belong to whoever agrees on them. */
const USER_DEFINED_TAG_MIN = 5_000;

interface Walk {
  readonly fields: readonly RawField[];
  /** Body of the message, from `bodyStart` to `bodyEnd` in `fields`. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** First fault of a message; undefined when there is none. */
export function validateDictionary(message: FixMessage, dictionary: Dictionary): RejectCause | undefined {
  const { msgType } = message;
  const protocol = isAdminMsgType(msgType) ? dictionary.session : dictionary.application;
  const definition = protocol.messages.get(msgType);
  if (definition === undefined) {
    return { reason: SessionRejectReason.InvalidMsgType };
  }
  const fields = message.fields();
  const walk = split(fields, dictionary.session);
  if ('reason' in walk) {
    return walk;
  }
  const { header, trailer } = dictionary.session;
  const present = new Set(fields.map(({ tag }) => tag));
  return (
    missing(header, present) ??
    missing(definition, present) ??
    missing(trailer, present) ??
    judgeFields(walk, dictionary, protocol, definition) ??
    judgeGroups(walk, definition)
  );
}

/** Header, body and trailer must come in this order (14g). */
function split(fields: readonly RawField[], session: ProtocolDictionary): Walk | RejectCause {
  const count = fields.length;
  const headerTags = withGroupMembers(session.header);
  let bodyStart = 0;
  while (bodyStart < count && headerTags.has(fields[bodyStart]!.tag)) {
    bodyStart++;
  }
  let bodyEnd = bodyStart;
  while (bodyEnd < count && !session.trailer.fields.has(fields[bodyEnd]!.tag)) {
    const { tag } = fields[bodyEnd]!;
    if (session.header.fields.has(tag)) {
      return { reason: SessionRejectReason.TagOutOfOrder, refTagId: tag };
    }
    bodyEnd++;
  }
  for (let i = bodyEnd; i < count; i++) {
    const { tag } = fields[i]!;
    if (!session.trailer.fields.has(tag)) {
      return { reason: SessionRejectReason.TagOutOfOrder, refTagId: tag };
    }
  }
  return { fields, bodyStart, bodyEnd };
}

const memberCache = new WeakMap<FieldSet, ReadonlySet<number>>();

/** All tags of a set, those inside its groups included. Remembered: dictionaries do not change. */
function withGroupMembers(set: FieldSet): ReadonlySet<number> {
  const known = memberCache.get(set);
  if (known !== undefined) {
    return known;
  }
  const tags = new Set(set.fields.keys());
  for (const group of set.groups.values()) {
    for (const tag of withGroupMembers(group)) {
      tags.add(tag);
    }
  }
  memberCache.set(set, tags);
  return tags;
}

function missing(set: FieldSet, present: ReadonlySet<number>): RejectCause | undefined {
  for (const [tag, required] of set.fields) {
    if (required && !present.has(tag)) {
      return { reason: SessionRejectReason.RequiredTagMissing, refTagId: tag };
    }
  }
  return undefined;
}

/** Each field by itself, and whether the message may have it. */
function judgeFields(
  walk: Walk,
  dictionary: Dictionary,
  protocol: ProtocolDictionary,
  definition: FieldSet,
): RejectCause | undefined {
  const members = withGroupMembers(definition);
  for (let i = 0; i < walk.fields.length; i++) {
    const field = walk.fields[i]!;
    const inBody = i >= walk.bodyStart && i < walk.bodyEnd;
    const reason = faultOf(field, dictionary, inBody ? protocol : dictionary.session, inBody ? members : undefined);
    if (reason !== undefined) {
      return { reason, refTagId: field.tag };
    }
    // A wrong count is named before anything inside the group: it may be why the rest looks wrong.
    const group = inBody ? definition.groups.get(field.tag) : undefined;
    const end = group === undefined ? i : walkGroup(walk, i + 1, group);
    if (typeof end !== 'number') {
      return end;
    }
  }
  return undefined;
}

function faultOf(
  { tag, value }: RawField,
  dictionary: Dictionary,
  protocol: ProtocolDictionary,
  members: ReadonlySet<number> | undefined,
): RejectCause['reason'] | undefined {
  if (value === '') {
    return dictionary.checkFieldsHaveValues === false ? undefined : SessionRejectReason.TagWithoutValue;
  }
  const definition = protocol.fields.get(tag);
  if (definition === undefined) {
    const tolerated = tag >= USER_DEFINED_TAG_MIN && dictionary.allowUserDefinedFields === true;
    return tolerated ? undefined : SessionRejectReason.InvalidTagNumber;
  }
  const valueFault = faultOfValue(definition, value);
  if (valueFault !== undefined) {
    return valueFault;
  }
  return members === undefined || members.has(tag) ? undefined : SessionRejectReason.TagNotDefinedForMessageType;
}

function faultOfValue({ type, values }: FieldDefinition, value: string): RejectCause['reason'] | undefined {
  if (!hasFormat(type, value)) {
    return SessionRejectReason.IncorrectDataFormat;
  }
  if (values !== undefined && !isAllowedValue(type, values, value)) {
    return SessionRejectReason.ValueIncorrect;
  }
  return undefined;
}

/** Repeated tags, and the counts and fields of repeating groups. */
function judgeGroups(walk: Walk, definition: FieldSet): RejectCause | undefined {
  const seen = new Set<number>();
  let at = walk.bodyStart;
  while (at < walk.bodyEnd) {
    const { tag } = walk.fields[at]!;
    if (seen.has(tag)) {
      return { reason: SessionRejectReason.TagAppearsMoreThanOnce, refTagId: tag };
    }
    seen.add(tag);
    const group = definition.groups.get(tag);
    at++;
    if (group !== undefined) {
      const end = walkGroup(walk, at, group);
      if (typeof end !== 'number') {
        return end;
      }
      at = end;
    } else if (!definition.fields.has(tag) && withGroupMembers(definition).has(tag)) {
      return { reason: SessionRejectReason.GroupFieldsOutOfOrder, refTagId: tag };
    }
  }
  return undefined;
}

/** Walks the entries behind a count field; returns the position behind them, or the first fault. */
function walkGroup(walk: Walk, from: number, group: GroupDefinition): number | RejectCause {
  const claimed = Number(walk.fields[from - 1]!.value);
  let entries = 0;
  let at = from;
  while (at < walk.bodyEnd && walk.fields[at]!.tag === group.delimiterTag) {
    entries++;
    const end = walkEntry(walk, at, group);
    if (typeof end !== 'number') {
      return end;
    }
    at = end;
  }
  if (entries !== claimed) {
    const next = walk.fields[at];
    // A member where an entry should begin: the fields are out of order, and the count may well be right.
    const disordered = entries === 0 && at < walk.bodyEnd && next !== undefined && group.fields.has(next.tag);
    return disordered
      ? { reason: SessionRejectReason.GroupFieldsOutOfOrder, refTagId: next.tag }
      : { reason: SessionRejectReason.IncorrectNumInGroup, refTagId: group.countTag };
  }
  return at;
}

function walkEntry(walk: Walk, from: number, group: GroupDefinition): number | RejectCause {
  const seen = new Set<number>();
  let at = from;
  while (at < walk.bodyEnd) {
    const { tag } = walk.fields[at]!;
    if (!group.fields.has(tag) || (at > from && tag === group.delimiterTag)) {
      break;
    }
    if (seen.has(tag)) {
      return { reason: SessionRejectReason.TagAppearsMoreThanOnce, refTagId: tag };
    }
    seen.add(tag);
    at++;
    const nested = group.groups.get(tag);
    if (nested !== undefined) {
      const end = walkGroup(walk, at, nested);
      if (typeof end !== 'number') {
        return end;
      }
      at = end;
    }
  }
  return missing(group, seen) ?? at;
}
