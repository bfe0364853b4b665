/**
 * What a configuration may say about FIX clients: a client is known by its CompIDs, so no two may share them; and what its
 * session and its orders rest on cannot change under them.
 */
import { resolveSessionOptions, type SessionOptions, SessionOptionsError } from '@baton/fix';
import type { ClientConfiguration } from './command.ts';

/** Slots kept for resends: what a client that is away can be told when it comes back. */
const OUTBOX_MAX = 10_000;
/** The longest silence after which a lost client is noticed is about 2.4 intervals; an hour serves nobody. */
const HEART_BT_INT_MAX_S = 3_600;
/** DefaultApplVerID (1137) of FIX 5.0SP2. */
const FIX50_SP2 = '9';

/** Faults of one configuration's clients. */
export function findClientFaults(clients: readonly ClientConfiguration[]): string[] {
  const faults: string[] = [];
  const names = new Set<string>();
  const identities = new Set<string>();
  for (const one of clients) {
    if (!/^[\x21-\x7e]{1,64}$/.test(one.client)) faults.push(`client name '${one.client}' is not printable ASCII text`);
    if (names.has(one.client)) faults.push(`client '${one.client}' is configured twice`);
    if (identities.has(identityOf(one))) faults.push(`client '${one.client}' has the CompIDs of another one`);
    if (!/^[\x20-\x7e]*$/.test(one.account))
      faults.push(`account of client '${one.client}' is not printable ASCII text`);
    if (one.heartBtIntS < 1 || one.heartBtIntS > HEART_BT_INT_MAX_S) {
      faults.push(`heartBtIntS of client '${one.client}' is ${one.heartBtIntS}, expected 1 to ${HEART_BT_INT_MAX_S}`);
    }
    names.add(one.client);
    identities.add(identityOf(one));
    const fault = sessionFault(one);
    if (fault !== undefined) faults.push(`client '${one.client}': ${fault}`);
  }
  return faults;
}

/** Orders and sessions refer to clients by name: they may be added to, not taken away or given other identities. */
export function findClientChanges(
  before: readonly ClientConfiguration[],
  after: readonly ClientConfiguration[],
): string[] {
  const faults: string[] = [];
  for (const old of before) {
    const next = after.find((one) => one.client === old.client);
    if (next === undefined) faults.push(`client '${old.client}' cannot be taken away`);
    else if (identityOf(old) !== identityOf(next) || old.resetOnLogon !== next.resetOnLogon) {
      faults.push(`session identity and resetOnLogon of client '${old.client}' cannot change`);
    }
  }
  return faults;
}

export function clientSessionOptions(client: ClientConfiguration): SessionOptions {
  return {
    role: 'acceptor',
    beginString: client.beginString,
    ...(client.beginString === 'FIXT.1.1' ? { defaultApplVerId: FIX50_SP2 } : {}),
    senderCompId: client.targetCompId,
    targetCompId: client.senderCompId,
    heartBtIntS: client.heartBtIntS,
    resetOnLogon: client.resetOnLogon,
    outboxMax: OUTBOX_MAX,
  };
}

function identityOf(client: ClientConfiguration): string {
  return [client.beginString, client.senderCompId, client.targetCompId].join('\u0001');
}

function sessionFault(client: ClientConfiguration): string | undefined {
  try {
    resolveSessionOptions(clientSessionOptions(client));
    return undefined;
  } catch (error) {
    if (error instanceof SessionOptionsError) return error.message;
    throw error;
  }
}
