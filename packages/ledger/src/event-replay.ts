/**
 * Events by ExecID: a venue whose gateways have numbers of their own is asked for its last execution (F1, answered F2) and,
 * if we do not know that one, for all since the last one that we know (F3). They come as ordinary reports. Once the last
 * one has come, a request without an event "was either not processed or rejected", as such venues put it. Trading
 * reference §3.2 P3.
 */
import { encodeBody, type FixMessage, Tag } from '@baton/fix';
import { send } from './dispatch.ts';
import type { LedgerState } from './ledger-state.ts';
import { factsOf } from './venue-facts.ts';
import type { VenueSession } from './venue-session.ts';

/** LastExecIDRequest, its answer, EventResendRequest. */
export const LAST_EXEC_ID = 'F2';
const LAST_EXEC_ID_REQUEST = 'F1';
const EVENT_RESEND_REQUEST = 'F3';

/** As for a status query. */
const REPLAY_TIMEOUT_US = 2_000_000;
const REPLAY_ATTEMPTS_MAX = 3;

/** Is there a replay of events, and has it still to be waited for? */
export function isReplayDue(venue: VenueSession): boolean {
  return factsOf(venue.configuration).statusBy[0] === 'F1F3' && venue.replay.stage !== 'over';
}

/** Asks (again) what comes next. */
export function askReplay(state: LedgerState, venue: VenueSession): void {
  const { replay } = venue;
  if (replay.stage !== 'not-begun' && state.entry.timeUs < replay.dueUs) return;
  replay.attempts += 1;
  if (replay.attempts > REPLAY_ATTEMPTS_MAX) {
    replay.stage = 'over';
    const name = venue.configuration.venue;
    state.alarm('EVENT_REPLAY_FAILED', `${name} did not replay its events in ${REPLAY_ATTEMPTS_MAX} attempts`);
    return;
  }
  replay.stage = 'last-asked';
  replay.dueUs = state.entry.timeUs + REPLAY_TIMEOUT_US;
  send(state, venue, { msgType: LAST_EXEC_ID_REQUEST, body: encodeBody([]), key: '' });
}

/** The venue's last execution: known here, or everything up to it is asked for. */
export function applyLastExecId(state: LedgerState, venue: VenueSession, message: FixMessage): void {
  const { replay } = venue;
  if (replay.stage !== 'last-asked') return;
  const last = message.getString(Tag.ExecID) ?? '';
  if (last === '' || last === '0' || venue.executions.has(last)) {
    replay.stage = 'over';
    return;
  }
  const tags = factsOf(venue.configuration).eventReplay;
  if (tags === undefined) return;
  replay.stage = 'events-asked';
  replay.lastExecId = last;
  const begin: [number, string][] = venue.lastExecId === '' ? [] : [[tags.beginExecIdTag, venue.lastExecId]];
  const body = encodeBody([...begin, [tags.endExecIdTag, last]]);
  send(state, venue, { msgType: EVENT_RESEND_REQUEST, body, key: '' });
}

/** An execution has been heard of. */
export function noteExecution(venue: VenueSession, execId: string): void {
  venue.lastExecId = execId;
  if (venue.replay.stage === 'events-asked' && venue.replay.lastExecId === execId) venue.replay.stage = 'over';
}
