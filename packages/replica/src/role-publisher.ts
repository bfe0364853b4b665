// Tells listeners of each new level of role, term and leader, once and in order.

import type { Role, RoleLevel, RoleListener } from './role.ts';

export class RolePublisher {
  readonly #listeners = new Set<RoleListener>();
  #level: RoleLevel;

  constructor(level: RoleLevel) {
    this.#level = level;
  }

  get level(): RoleLevel {
    return this.#level;
  }

  /** Adds a listener and tells it the level of now; answers its removal. */
  add(listener: RoleListener): () => void {
    this.#listeners.add(listener);
    listener(this.#level);
    return () => this.#listeners.delete(listener);
  }

  /** Publishes the level if it is a new one; answers whether it was. */
  publish(role: Role, term: number, leader: number, nowUs: number): boolean {
    const was = this.#level;
    if (was.role === role && was.term === term && was.leader === leader) return false;
    const level: RoleLevel = { role, term, leader, sinceUs: nowUs };
    this.#level = level;
    for (const listener of this.#listeners) {
      // A listener may have caused a newer level, which was then told to all: the older one must not follow it.
      if (this.#level !== level) break;
      listener(level);
    }
    return true;
  }
}
