/** The clients' sessions and orders in a snapshot. */
import type { ClientOrder, ClientRequest, ToldFill } from './client-orders.ts';
import { type ClientSession, type MassStatus, makeClient } from './client-session.ts';
import type { LedgerState } from './ledger-state.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

export const CLIENTS: SnapshotSection<ClientSession> = {
  name: 'clients',
  items: ({ clients }) => clients.values(),
  write: writeClient,
  read: readClient,
};

function writeClient(to: MsgpackWriter, client: ClientSession): void {
  to.text(client.configuration.client).plain(client.session.snapshot());
  to.integer(client.connectionId).integer(client.connectionIdMax);
  to.integer(client.toldSlot).integer(client.toldUs).integer(client.proven).integer(client.barrierSlot);
  to.integer(client.digest.low).integer(client.digest.high);
  to.array(client.unsent.length);
  for (const { body, msgType, timeUs } of client.unsent) to.array(3).text(msgType).bytes(body).integer(timeUs);
  writeMassStatus(to, client.massStatus);
  to.array(client.orders.openCount);
  for (const told of client.orders.open()) writeOrder(to, told);
  to.array(client.orders.closedCount);
  for (const told of client.orders.closed()) writeOrder(to, told);
}

function readClient(from: MsgpackReader, state: LedgerState): void {
  const name = from.text(TEXT_MAX);
  const configuration = state.configured?.configuration.clients?.find((one) => one.client === name);
  if (configuration === undefined) throw new MalformedError(`session of unknown client '${name}'`, 0);
  const session = from.plain();
  if (!Array.isArray(session)) throw new MalformedError('expected a FIX session', 0);
  const client = makeClient(configuration, state.horizons.closedOrdersMax, session);
  client.connectionId = from.natural();
  client.connectionIdMax = from.natural();
  client.toldSlot = from.natural();
  client.toldUs = from.natural();
  client.proven = from.natural();
  client.barrierSlot = from.natural();
  client.digest.resume({ low: from.integer(), high: from.integer() });
  for (let left = from.array(); left > 0; left -= 1) {
    from.arrayOf(3);
    const msgType = from.text(TEXT_MAX);
    client.unsent.push({ msgType, body: Uint8Array.from(from.bytes(TEXT_MAX)), timeUs: from.natural() });
  }
  client.massStatus = readMassStatus(from);
  for (const _group of ['open', 'closed']) {
    for (let left = from.array(); left > 0; left -= 1) client.orders.add(readOrder(from, state));
  }
  state.clients.set(name, client);
}

function writeMassStatus(to: MsgpackWriter, massStatus: MassStatus | undefined): void {
  if (massStatus === undefined) {
    to.array(0);
    return;
  }
  to.array(4).text(massStatus.requestId).integer(massStatus.total).integer(massStatus.dueUs);
  to.array(massStatus.left.length);
  for (const root of massStatus.left) to.text(root);
}

function readMassStatus(from: MsgpackReader): MassStatus | undefined {
  if (from.array() === 0) return undefined;
  const massStatus: MassStatus = {
    requestId: from.text(TEXT_MAX),
    total: from.natural(),
    dueUs: from.natural(),
    left: [],
  };
  for (let left = from.array(); left > 0; left -= 1) massStatus.left.push(from.text(TEXT_MAX));
  return massStatus;
}

function writeOrder(to: MsgpackWriter, told: ClientOrder): void {
  to.array(12).text(told.rootClOrdId).array(told.clOrdIds.length);
  for (const clOrdId of told.clOrdIds) to.text(clOrdId);
  to.text(told.workingClOrdId);
  writeRequest(to, told.cancel);
  writeRequest(to, told.replace);
  to.boolean(told.acknowledged).text(told.status);
  to.bigint(told.quantity).bigint(told.price).bigint(told.cumQuantity).bigint(told.cumNotional);
  to.array(told.fills.size);
  for (const [venueExecId, fill] of told.fills) {
    to.array(4).text(venueExecId).text(fill.execId).bigint(fill.quantity).bigint(fill.price);
  }
}

function readOrder(from: MsgpackReader, state: LedgerState): ClientOrder {
  from.arrayOf(12);
  const rootClOrdId = from.text(TEXT_MAX);
  const clOrdIds: string[] = [];
  for (let left = from.array(); left > 0; left -= 1) clOrdIds.push(from.text(TEXT_MAX));
  const told: ClientOrder = {
    rootClOrdId,
    order: state.orders.find(rootClOrdId),
    clOrdIds,
    workingClOrdId: from.text(TEXT_MAX),
    cancel: readRequest(from),
    replace: readRequest(from),
    acknowledged: from.boolean(),
    status: from.text(TEXT_MAX),
    quantity: from.bigint(),
    price: from.bigint(),
    cumQuantity: from.bigint(),
    cumNotional: from.bigint(),
    fills: new Map<string, ToldFill>(),
  };
  for (let left = from.array(); left > 0; left -= 1) {
    from.arrayOf(4);
    const venueExecId = from.text(TEXT_MAX);
    told.fills.set(venueExecId, { execId: from.text(TEXT_MAX), quantity: from.bigint(), price: from.bigint() });
  }
  return told;
}

function writeRequest(to: MsgpackWriter, request: ClientRequest | undefined): void {
  if (request === undefined) to.array(0);
  else to.array(2).text(request.ours).text(request.theirs);
}

function readRequest(from: MsgpackReader): ClientRequest | undefined {
  return from.array() === 0 ? undefined : { ours: from.text(TEXT_MAX), theirs: from.text(TEXT_MAX) };
}
