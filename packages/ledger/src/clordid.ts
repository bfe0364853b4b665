/**
 * ClOrdIDs: `<cluster>-<incarnation>-<index>[-<n>]`, numbers in base 36, upper case, made when an entry is applied and
 * therefore equal on all nodes and never used twice: an index is applied once in an incarnation, and a cold start begins
 * a new incarnation. At most 20 characters, letters, digits and '-' only: many venues take no more (trading reference
 * §3.8). The prefix tells our orders from others' on the same account.
 */

/** Room for `-ZZZ-` and eleven digits of the index within 20 characters. */
const CLUSTER_LENGTH_MAX = 4;
/** Three digits in base 36. */
export const INCARNATION_MAX = 36 ** 3 - 1;

/** Start of every ClOrdID of this cluster, in any incarnation; undefined when the name leaves nothing to build it from. */
export function clusterPrefix(clusterId: string): string | undefined {
  const letters = clusterId.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return letters === '' ? undefined : `${letters.slice(0, CLUSTER_LENGTH_MAX)}-`;
}

/** Start of every ClOrdID of this cluster in this incarnation. */
export function incarnationPrefix(clusterId: string, incarnation: number): string {
  return `${clusterPrefix(clusterId)}${base36(incarnation)}-`;
}

/** The id made by the entry at `index`; `n` numbers the ids of an entry that makes several (mass cancel). */
export function clOrdIdAt(prefix: string, index: number, n: number): string {
  return n === 0 ? prefix + base36(index) : `${prefix}${base36(index)}-${base36(n)}`;
}

/** ExecID (17) of the `n`th report (from 1) that the entry at `index` makes for clients; never that of a ClOrdID. */
export function execIdAt(prefix: string, index: number, n: number): string {
  return `${prefix}${base36(index)}.${n}`;
}

function base36(value: number): string {
  return value.toString(36).toUpperCase();
}

/** The incarnation of a ClOrdID that begins with `prefix` (of the cluster); undefined when it is not one of ours. */
export function incarnationOf(prefix: string, clOrdId: string): number | undefined {
  if (!clOrdId.startsWith(prefix)) return undefined;
  const digits = /^([0-9A-Z]{1,3})-[0-9A-Z]/.exec(clOrdId.slice(prefix.length))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 36);
}

/** Where an order of this cluster was made, as its ClOrdID says; undefined for one that is not ours. */
export function originOf(
  clusterId: string,
  clOrdId: string,
): { readonly incarnation: number; readonly index: number } | undefined {
  const prefix = clusterPrefix(clusterId);
  if (prefix === undefined || !clOrdId.startsWith(prefix)) return undefined;
  const found = /^([0-9A-Z]{1,3})-([0-9A-Z]{1,11})(?:-[0-9A-Z]+)?$/.exec(clOrdId.slice(prefix.length));
  if (found === null) return undefined;
  const [, incarnation = '', index = ''] = found;
  return { incarnation: Number.parseInt(incarnation, 36), index: Number.parseInt(index, 36) };
}
