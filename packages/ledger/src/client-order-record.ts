/** The bytes of one order as a FIX client knows it, for the record of a closed one and for a snapshot of an open one. */
import type { ClientOrder, ClientRequest, ToldFill } from './client-order.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

const TEXT_MAX = 1 << 16;

export function writeClientOrder(to: MsgpackWriter, told: ClientOrder): void {
  to.text(told.client).text(told.rootClOrdId).array(told.clOrdIds.length);
  for (const clOrdId of told.clOrdIds) to.text(clOrdId);
  to.text(told.workingClOrdId);
  writeRequest(to, told.cancel);
  writeRequest(to, told.replace);
  to.boolean(told.acknowledged).text(told.status);
  to.bigint(told.quantity).bigint(told.price).bigint(told.cumQuantity).bigint(told.cumNotional);
  to.array(told.fills.size);
  for (const [venueExecId, fill] of told.fills) {
    to.text(venueExecId).text(fill.execId).bigint(fill.quantity).bigint(fill.price);
  }
}

/** Throws MalformedError. */
export function readClientOrder(from: MsgpackReader): ClientOrder {
  const client = from.text(TEXT_MAX);
  const rootClOrdId = from.text(TEXT_MAX);
  const clOrdIds: string[] = [];
  for (let left = from.array(); left > 0; left -= 1) clOrdIds.push(from.text(TEXT_MAX));
  const told: ClientOrder = {
    client,
    rootClOrdId,
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
    const venueExecId = from.text(TEXT_MAX);
    told.fills.set(venueExecId, { execId: from.text(TEXT_MAX), quantity: from.bigint(), price: from.bigint() });
  }
  return told;
}

function writeRequest(to: MsgpackWriter, request: ClientRequest | undefined): void {
  to.boolean(request !== undefined);
  if (request !== undefined) to.text(request.ours).text(request.theirs);
}

function readRequest(from: MsgpackReader): ClientRequest | undefined {
  return from.boolean() ? { ours: from.text(TEXT_MAX), theirs: from.text(TEXT_MAX) } : undefined;
}
