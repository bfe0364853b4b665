// How this replica opens its journal: once at the start, and again after each repair of a damaged one.

import { type Damage, Journal, type JournalFatalError } from '@baton/journal';
import type { ReplicaConfig } from './options.ts';

export class JournalOpener {
  readonly #config: ReplicaConfig;
  /** Who hears that the journal failed, and that a read found damage. */
  onFatal: (error: JournalFatalError) => void = () => {};
  onDamage: (damage: Damage) => void = () => {};
  /** Who hears how long each write and sync took, microseconds. */
  onSync: (durationUs: number) => void = () => {};

  constructor(config: ReplicaConfig) {
    this.#config = config;
  }

  /** @throws JournalOpenError */
  open(): Journal {
    const { disk, clock, folder, durability, sync, segmentSizeBytes, cacheSizeBytes } = this.#config;
    return Journal.openSync({
      disk,
      clock,
      folder,
      durability,
      confState: initialConfState(this.#config),
      onFatal: (error) => this.onFatal(error),
      onDamage: (damage) => this.onDamage(damage),
      onSync: ({ durationUs }) => this.onSync(durationUs),
      ...optional('sync', sync),
      ...optional('segmentSizeBytes', segmentSizeBytes),
      ...optional('cacheSizeBytes', cacheSizeBytes),
    });
  }
}

/** The membership that an empty journal starts with. */
function initialConfState(config: ReplicaConfig): Parameters<typeof Journal.openSync>[0]['confState'] {
  const founders = config.peers.filter((peer) => peer.joining !== true);
  const voters = founders.map((peer) => peer.nodeId).sort((a, b) => a - b);
  return { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
}

/** A property only if it has a value: absent and undefined differ for those who check options. */
function optional<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}
