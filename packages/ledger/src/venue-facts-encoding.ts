/** The bytes of a venue's facts within a configuration: an array of its fields in this order; choices by their place. */
import type { StatusQueryWay } from '@baton/profiles';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import type { VenueFacts } from './venue-facts.ts';

const NAME_MAX = 64;
const FIELD_COUNT = 16;
const SEQUENCES = ['persistent', 'reset-at-logon'] as const;
const RESET_FLAGS = ['N', 'Y', 'absent'] as const;
const COMP_ID_PER = ['cluster', 'node', 'term'] as const;
const REPORTS_TO = ['own-session', 'all-sessions'] as const;
const UNITS = ['ms', 'us'] as const;
const UNKNOWN_IS = ['conclusive', 'after-window', 'inconclusive'] as const;
const WAYS: readonly StatusQueryWay[] = ['H', 'AF', 'AD', 'AN', 'REST', 'F1F3'];

export function writeVenueFacts(to: MsgpackWriter, facts: VenueFacts): void {
  const { cancelOnDisconnect, eventReplay, receiveWindow } = facts;
  to.array(FIELD_COUNT).text(facts.profile).integer(SEQUENCES.indexOf(facts.sequence));
  to.integer(RESET_FLAGS.indexOf(facts.resetSeqNumFlag)).boolean(facts.resend).integer(facts.gateways);
  to.integer(COMP_ID_PER.indexOf(facts.compIdPer)).integer(facts.compIdLengthMax).boolean(facts.mutedSessions);
  to.integer(REPORTS_TO.indexOf(facts.reportsTo));
  to.array(receiveWindow === undefined ? 0 : 3);
  if (receiveWindow !== undefined) {
    to.integer(receiveWindow.tag).integer(UNITS.indexOf(receiveWindow.unit)).integer(receiveWindow.windowMs);
  }
  to.array(facts.statusBy.length);
  for (const way of facts.statusBy) to.integer(WAYS.indexOf(way));
  to.array(eventReplay === undefined ? 0 : 2);
  if (eventReplay !== undefined) to.integer(eventReplay.beginExecIdTag).integer(eventReplay.endExecIdTag);
  to.integer(UNKNOWN_IS.indexOf(facts.unknownIs)).integer(facts.processingDelayMaxMs).integer(facts.clockSkewMaxMs);
  to.array(cancelOnDisconnect === undefined ? 0 : 2);
  if (cancelOnDisconnect !== undefined) to.integer(cancelOnDisconnect.tag).text(cancelOnDisconnect.value);
}

export function readVenueFacts(from: MsgpackReader): VenueFacts {
  const count = from.array();
  if (count !== FIELD_COUNT) throw new MalformedError(`expected ${FIELD_COUNT} facts of a venue, found ${count}`, 0);
  return {
    profile: from.text(NAME_MAX),
    sequence: chosen(from, SEQUENCES),
    resetSeqNumFlag: chosen(from, RESET_FLAGS),
    resend: from.boolean(),
    gateways: chosen(from, [undefined, 1, 2] as const) ?? 1,
    compIdPer: chosen(from, COMP_ID_PER),
    compIdLengthMax: from.natural(),
    mutedSessions: from.boolean(),
    reportsTo: chosen(from, REPORTS_TO),
    receiveWindow: readReceiveWindow(from),
    statusBy: Array.from({ length: listLength(from) }, () => chosen(from, WAYS)),
    eventReplay: from.array() === 0 ? undefined : { beginExecIdTag: from.natural(), endExecIdTag: from.natural() },
    unknownIs: chosen(from, UNKNOWN_IS),
    processingDelayMaxMs: from.natural(),
    clockSkewMaxMs: from.natural(),
    cancelOnDisconnect: from.array() === 0 ? undefined : { tag: from.natural(), value: from.text(NAME_MAX) },
  };
}

function readReceiveWindow(from: MsgpackReader): VenueFacts['receiveWindow'] {
  if (from.array() === 0) return undefined;
  return { tag: from.natural(), unit: chosen(from, UNITS), windowMs: from.natural() };
}

function listLength(from: MsgpackReader): number {
  const count = from.array();
  if (count > WAYS.length) throw new MalformedError(`list of ${count} ways to ask, at most ${WAYS.length}`, 0);
  return count;
}

function chosen<T>(from: MsgpackReader, values: readonly T[]): T {
  const at = from.natural();
  if (at >= values.length) throw new MalformedError(`expected a choice below ${values.length}, found ${at}`, 0);
  return values[at] as T;
}
