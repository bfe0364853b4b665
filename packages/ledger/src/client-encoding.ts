/** The clients' sessions in a snapshot. Their orders are sections of their own. */
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
  to.text(client.configuration.client).plain(client.session.snapshotWithoutOutbox());
  to.integer(client.connectionId).integer(client.connectionIdMax);
  to.integer(client.toldSlot).integer(client.toldUs).integer(client.proven).integer(client.barrierSlot);
  to.integer(client.digest.low).integer(client.digest.high);
  to.array(client.unsent.length);
  for (const { body, msgType, timeUs } of client.unsent) to.array(3).text(msgType).bytes(body).integer(timeUs);
  writeMassStatus(to, client.massStatus);
}

function readClient(from: MsgpackReader, state: LedgerState): void {
  const name = from.text(TEXT_MAX);
  const configuration = state.configured?.configuration.clients?.find((one) => one.client === name);
  if (configuration === undefined) throw new MalformedError(`session of unknown client '${name}'`, 0);
  const session = from.plain();
  if (!Array.isArray(session)) throw new MalformedError('expected a FIX session', 0);
  const client = makeClient(configuration, state.clientOrderArchive, session);
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
