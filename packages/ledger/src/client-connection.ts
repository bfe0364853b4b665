/**
 * The way in from FIX clients: what the leader's acceptor reports about a client's connection (up, down, a message) and
 * what the client's session makes of it. One connection speaks for a client; a second one is closed without a word, as the
 * session test cases want it (1S b). All connections of older terms are void at the barrier of a new one.
 */
import { BusinessRejectReason, type FixMessage, parseMessage, type SessionOutput, Tag } from '@baton/fix';
import { cancelOrder, replaceOrder } from './client-order-change.ts';
import { enterOrder } from './client-order-entry.ts';
import { clientAlarm, numberUnsent, speak, tellUnsent, transmitToClient } from './client-outbox.ts';
import { refuseMessage } from './client-reject.ts';
import { tellClients } from './client-report.ts';
import { type ClientSession, mayMissMessages } from './client-session.ts';
import { beginMassStatus, continueMassStatus, tellOrderStatus } from './client-status.ts';
import type { LedgerState } from './ledger-state.ts';

/** Most numbers left out at one logon: more Logouts than followers will ever have said. */
const SKIP_MAX = 10_000;
/** Silence about orders after which the client is asked whether it has everything: rare in a flow, soon after one. */
const PROVE_AFTER_US = 1_000_000;

export function voidClientConnections(state: LedgerState): void {
  for (const client of state.clients.values()) dropConnection(state, client);
}

export function applyClientUp(state: LedgerState, name: string, connectionId: number): void {
  const client = state.clients.get(name);
  const isBarrierApplied = state.takeoverTerm === state.entry.term && state.takeoverTerm !== 0;
  if (client === undefined || !isBarrierApplied || connectionId <= client.connectionIdMax) {
    state.staleCommands += 1;
    closeConnection(state, name, connectionId, 'not accepted');
    return;
  }
  client.connectionIdMax = connectionId;
  if (client.connectionId !== 0) {
    state.alarm('CLIENT_ALREADY_CONNECTED', `client ${name} is connected already: its second connection is closed`);
    closeConnection(state, name, connectionId, 'already connected');
    return;
  }
  client.connectionId = connectionId;
  carryOut(state, client, client.session.connected(state.entry.timeUs));
}

export function applyClientDown(state: LedgerState, name: string, connectionId: number): void {
  const client = current(state, name, connectionId);
  if (client !== undefined) dropConnection(state, client);
}

export function applyClientInbound(state: LedgerState, name: string, connectionId: number, bytes: Uint8Array): void {
  const client = current(state, name, connectionId);
  if (client === undefined) return;
  const message = parseMessage(bytes);
  const { session } = client;
  const isLogon = session.state.status === 'connected' && message.msgType === 'A';
  if (isLogon && !isHeartbeatAccepted(state, client, message)) return;
  if (isLogon) prepareLogon(state, client, message);
  carryOut(state, client, session.received(message, state.entry.timeUs));
}

/** Time has passed for one client's session. */
export function tickClient(state: LedgerState, client: ClientSession): void {
  if (client.connectionId === 0) return;
  carryOut(state, client, client.session.tick(state.entry.timeUs));
  if (client.massStatus !== undefined) continueMassStatus(state, client);
  const askUs = proofDeadlineUs(client);
  if (askUs === undefined || state.entry.timeUs < askUs) return;
  const outcome = client.session.testRequest(`P${state.entry.index}`, state.entry.timeUs);
  if (!outcome.ok) return;
  client.barrierSlot = outcome.seq;
  speak(state, client, outcome.outputs);
}

/** When the client is to be asked whether it has everything; undefined when that is known, or is being asked. */
function proofDeadlineUs(client: ClientSession): number | undefined {
  const isDue = client.session.state.status === 'active' && client.barrierSlot === 0 && mayMissMessages(client);
  return isDue ? client.toldUs + PROVE_AFTER_US : undefined;
}

/** When a tick has something to do for a client, µs since 1970; undefined when never. */
export function clientDeadlineUs(client: ClientSession): number | undefined {
  if (client.connectionId === 0) return undefined;
  let next: number | undefined;
  for (const dueUs of [client.session.nextDeadlineUs(), client.massStatus?.dueUs, proofDeadlineUs(client)]) {
    if (dueUs !== undefined && (next === undefined || dueUs < next)) next = dueUs;
  }
  return next;
}

function current(state: LedgerState, name: string, connectionId: number): ClientSession | undefined {
  const client = state.clients.get(name);
  if (client !== undefined && connectionId !== 0 && client.connectionId === connectionId) return client;
  state.staleCommands += 1;
  return undefined;
}

/** Nothing speaks for the session any more. */
function dropConnection(state: LedgerState, client: ClientSession): void {
  client.connectionId = 0;
  client.massStatus = undefined;
  client.barrierSlot = 0;
  client.session.disconnected(state.entry.timeUs);
}

function closeConnection(state: LedgerState, name: string, connectionId: number, reason: string): void {
  state.entry.effects.push({ type: 'CloseClient', client: name, connectionId, reason });
}

/** Without heartbeats a client that vanished would be taken for present for ever. */
function isHeartbeatAccepted(state: LedgerState, client: ClientSession, message: FixMessage): boolean {
  const heartBtIntS = message.getInt(Tag.HeartBtInt) ?? 0;
  const { client: name, heartBtIntS: maxS } = client.configuration;
  if (heartBtIntS >= 1 && heartBtIntS <= maxS) return true;
  clientAlarm(state, client, 'logon-refused', `HeartBtInt (108) is ${heartBtIntS}, expected 1 to ${maxS}`);
  closeConnection(state, name, client.connectionId, 'logon-refused');
  dropConnection(state, client);
  return false;
}

/**
 * Before a Logon is read. A client that was turned away by followers may have counted their Logouts, which have numbers of
 * our session that the ledger never gave: at most one for each of its own numbers that never came here. They are left out,
 * so that our Logon cannot be too low for it; what waits for it gets its numbers above them.
 */
function prepareLogon(state: LedgerState, client: ClientSession, message: FixMessage): void {
  const { session } = client;
  // Numbers that restart would take along what is numbered now.
  if (client.configuration.resetOnLogon || message.getBoolean(Tag.ResetSeqNumFlag) === true) return;
  const elsewhere = (message.msgSeqNum ?? 0) - session.state.nextIn;
  if (elsewhere > 0) session.skip(Math.min(elsewhere, SKIP_MAX));
  numberUnsent(state, client);
}

/**
 * Does what a step of the session asks for. Messages are acted upon last: their answers take later numbers than anything
 * that the session has already said in this step, and must not overtake it.
 */
function carryOut(state: LedgerState, client: ClientSession, outputs: readonly SessionOutput[]): void {
  const messages: FixMessage[] = [];
  noticeReset(client);
  for (const output of outputs) {
    if (output.type === 'transmit') transmitToClient(state, client, output.slot, output.possDup);
    else if (output.type === 'deliver') messages.push(output.message);
    else if (output.type === 'alarm') clientAlarm(state, client, output.code, output.text);
    else if (output.type === 'test-answered') {
      client.proven = client.barrierSlot + 1;
      client.barrierSlot = 0;
    } else if (output.type === 'disconnect') {
      closeConnection(state, client.configuration.client, client.connectionId, output.reason);
      dropConnection(state, client);
    }
  }
  if (client.session.state.status === 'active') tellUnsent(state, client);
  for (const message of messages) {
    receive(state, client, message);
    tellClients(state);
  }
}

/** Numbers restarted: what was said under the old ones can no longer be asked for. */
function noticeReset(client: ClientSession): void {
  const { sequenceIndex } = client.session.state;
  if (client.sequenceIndex === sequenceIndex) return;
  client.sequenceIndex = sequenceIndex;
  client.toldSlot = 0;
  client.proven = 1;
  client.barrierSlot = 0;
}

function receive(state: LedgerState, client: ClientSession, message: FixMessage): void {
  const { msgType } = message;
  if (msgType === 'D') enterOrder(state, client, message);
  else if (msgType === 'F') cancelOrder(state, client, message);
  else if (msgType === 'G') replaceOrder(state, client, message);
  else if (msgType === 'H') tellOrderStatus(state, client, message);
  // Not in FIX 4.2.
  else if (msgType === 'AF' && client.configuration.beginString !== 'FIX.4.2') beginMassStatus(state, client, message);
  // An answer to a refusal would be refused in turn.
  else if (msgType === 'j')
    clientAlarm(state, client, 'peer-rejected', message.getString(Tag.Text) ?? 'no reason given');
  else {
    const why = `35=${msgType} is not supported`;
    refuseMessage(state, client, message, BusinessRejectReason.UnsupportedMessageType, why);
  }
}
