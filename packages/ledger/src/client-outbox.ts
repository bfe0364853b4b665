/**
 * The way to a client: if the client is logged on, a message takes the next number of its session and is written on its
 * connection; if not, it waits for the next Logon. There it takes its number before the Logon is answered, so that the
 * client's own gap recovery asks for it; or, if the numbers restart, right after the answer.
 */
import type { OutboxSlot, SendOutcome, SessionOutput } from '@baton/fix';
import type { ClientSession } from './client-session.ts';
import type { LedgerState } from './ledger-state.ts';

/** Messages kept for a client that is away; beyond them the oldest are lost, and somebody is told. */
const UNSENT_MAX = 10_000;

export function tell(state: LedgerState, client: ClientSession, msgType: string, body: Uint8Array): void {
  const { session } = client;
  const { timeUs } = state.entry;
  client.digest.text(msgType).bytes(body);
  if (session.state.status !== 'active') {
    client.unsent.push({ msgType, body, timeUs });
    if (client.unsent.length <= UNSENT_MAX) return;
    client.unsent.shift();
    alarmLost(state, client, `more than ${UNSENT_MAX} messages wait for its logon`);
    return;
  }
  note(state, client, session.send(msgType, body, timeUs));
}

/** Gives what waits its numbers while the session is still down: the Logon that is about to be read will find the gap. */
export function numberUnsent(state: LedgerState, client: ClientSession): void {
  const waiting = client.unsent;
  client.unsent = [];
  for (const { body, msgType, timeUs } of waiting) note(state, client, client.session.store(msgType, body, timeUs));
}

/** Tells what waits in a session that is logged on. */
export function tellUnsent(state: LedgerState, client: ClientSession): void {
  const waiting = client.unsent;
  client.unsent = [];
  for (const { body, msgType, timeUs } of waiting) note(state, client, client.session.send(msgType, body, timeUs));
}

function note(state: LedgerState, client: ClientSession, outcome: SendOutcome): void {
  if (!outcome.ok) {
    alarmLost(state, client, `${outcome.reason}; reset its sequence numbers`);
    return;
  }
  client.toldSlot = outcome.seq;
  client.toldUs = state.entry.timeUs;
  speak(state, client, outcome.outputs);
}

function alarmLost(state: LedgerState, client: ClientSession, why: string): void {
  state.alarm('CLIENT_MESSAGE_LOST', `client ${client.configuration.client} cannot be told something: ${why}`);
}

/** For steps of the session that only speak: everything they put out is to be written, or to be told to an operator. */
export function speak(state: LedgerState, client: ClientSession, outputs: readonly SessionOutput[]): void {
  for (const output of outputs) {
    if (output.type === 'transmit') transmitToClient(state, client, output.slot, output.possDup);
    else if (output.type === 'alarm') clientAlarm(state, client, output.code, output.text);
    else throw new Error(`broken invariant: a client's session answered a send with ${output.type}`);
  }
}

export function transmitToClient(state: LedgerState, client: ClientSession, slot: OutboxSlot, possDup: boolean): void {
  state.entry.effects.push({
    type: 'SendClientFix',
    client: client.configuration.client,
    connectionId: client.connectionId,
    msgSeqNum: slot.seq,
    msgType: slot.msgType,
    body: slot.body,
    possDup,
    timeUs: slot.timeUs,
  });
}

export function clientAlarm(state: LedgerState, client: ClientSession, code: string, text: string): void {
  state.alarm(`FIX_${code}`, `client ${client.configuration.client}: ${text}`);
}
