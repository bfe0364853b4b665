/** Faults of the network: lines of a node that are gone, in both directions or one, to some or to all. */
import type { FaultKind } from './fault.ts';
import type { Act, Undo, Victim } from './harm.ts';
import type { NetworkLab } from './network-lab.ts';

export const NETWORK_ACTS = {
  'part-peers': (victim) => {
    const { network, others } = labOf(victim);
    return all(others.flatMap((other) => bothWays(network, victim.node, other)));
  },
  'cut-peers': (victim) => labOf(victim).network.cut(victim.node, 'peers'),
  'cut-out': (victim) => {
    const { network, others } = labOf(victim);
    return all(others.map((other) => network.mislead(victim.node, other)));
  },
  'cut-in': (victim) => {
    const { network, others } = labOf(victim);
    return all(others.map((other) => network.mislead(other, victim.node)));
  },
  'cut-link': (victim, { size }) => {
    const { network, others } = labOf(victim);
    const other = others[Math.floor(size * others.length)] ?? '';
    return all(bothWays(network, victim.node, other));
  },
  'cut-venue': (victim) => labOf(victim).network.cut(victim.node, 'venue'),
  'cut-to-venue': (victim) => labOf(victim).network.mislead(victim.node, ''),
  'cut-from-venue': (victim) => labOf(victim).network.mislead('', victim.node),
  isolate: (victim) => {
    const { network } = labOf(victim);
    return all([network.cut(victim.node, 'peers'), network.cut(victim.node, 'venue')]);
  },
} as const satisfies Partial<Record<FaultKind, Act>>;

function labOf({ labs: { network }, node }: Victim): {
  readonly network: NetworkLab;
  readonly others: readonly string[];
} {
  if (network === null) throw new Error('there is no network of our own on loopback');
  return { network, others: network.othersOf(node) };
}

function bothWays(network: NetworkLab, one: string, other: string): Undo[] {
  return [network.mislead(one, other), network.mislead(other, one)];
}

function all(undos: readonly Undo[]): Undo {
  return () => {
    for (const undo of undos) void undo();
  };
}
