// Links that outlive whoever listens to them: opened while the journal is mended, taken over by the engine.
//
// Rule decided here: the port stays open in between, so that no peer takes the change for this process's death.

import type { WireHandlers } from '@baton/wire';
import { type Links, openWire } from './links.ts';
import type { ReplicaConfig } from './options.ts';

export class LinkRelay {
  readonly links: Links;
  #target: WireHandlers;

  constructor(config: ReplicaConfig, first: WireHandlers) {
    this.#target = first;
    this.links = (config.openLinks ?? openWire)(config, {
      onMessages: (from, messages) => this.#target.onMessages(from, messages),
      onBytes: (from, channel, bytes) => this.#target.onBytes?.(from, channel, bytes),
      onPeerDown: (id, evidence, detail) => this.#target.onPeerDown?.(id, evidence, detail),
      onPeerDead: (id, proof) => this.#target.onPeerDead?.(id, proof),
      welcomesStranger: (id) => this.#target.welcomesStranger?.(id) ?? false,
      onRefused: (refusal) => this.#target.onRefused?.(refusal),
    });
  }

  /** The same configuration, whose links are these. */
  handOver(config: ReplicaConfig): ReplicaConfig {
    const openLinks: ReplicaConfig['openLinks'] = (_settings, handlers) => {
      this.#target = handlers;
      return { ...bound(this.links), start: () => Promise.resolve() };
    };
    return Object.freeze({ ...config, openLinks });
  }
}

function bound(links: Links): Links {
  return {
    start: () => links.start(),
    stop: () => links.stop(),
    send: (to, messages) => links.send(to, messages),
    sendBytes: (to, channel, bytes) => links.sendBytes(to, channel, bytes),
    flush: () => links.flush(),
    isUp: (id) => links.isUp(id),
    setPeers: (peers, removed) => links.setPeers?.(peers, removed),
  };
}
