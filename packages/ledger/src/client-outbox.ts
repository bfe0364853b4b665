/**
 * The way to a client: a message takes the next number of the client's session. If the client is logged on, it is written
 * on its connection; if not, it waits under its number until the client logs on and asks for what it missed.
 */
import type { OutboxSlot, SessionOutput } from '@baton/fix';
import type { ClientSession } from './client-session.ts';
import type { LedgerState } from './ledger-state.ts';

export function tell(state: LedgerState, client: ClientSession, msgType: string, body: Uint8Array): void {
  const { session } = client;
  const { timeUs } = state.entry;
  client.digest.text(msgType).bytes(body);
  const isLoggedOn = session.state.status === 'active';
  const outcome = isLoggedOn ? session.send(msgType, body, timeUs) : session.store(msgType, body, timeUs);
  if (!outcome.ok) {
    state.alarm(
      'CLIENT_MESSAGE_LOST',
      `client ${client.configuration.client} cannot be told 35=${msgType}: ${outcome.reason}; reset its sequence numbers`,
    );
    return;
  }
  if (!isLoggedOn && client.unsentFrom === 0) client.unsentFrom = outcome.seq;
  speak(state, client, outcome.outputs);
}

/** For steps of the session that only speak: everything they put out is to be written, or to be told to an operator. */
function speak(state: LedgerState, client: ClientSession, outputs: readonly SessionOutput[]): void {
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
