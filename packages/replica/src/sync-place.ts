// Where this node's syncs run: in line, which is quicker, or off the event loop, which never stands still for them.
//
// Rules decided here: who has led for a second syncs off the loop, for the others commit without it, and a disk that
// stands still for longer than an election timeout would cost it leadership and its venues' lines; who takes over syncs in
// line, for barrier and Logon wait for each sync; a node alone waits for its own disk anyway. Whatever the role, syncs are
// off the loop while another process writes much.

import type { Clock, Timer } from '@baton/host';
import type { RoleLevel, RoleListener } from './role.ts';

const SETTLED_MS = 1000;

export interface SyncPlaceParts {
  readonly clock: Clock;
  /** Tells the level of now at once, then each new one. */
  readonly onRole: (listener: RoleListener) => void;
  readonly voters: () => number;
  readonly setOffLoop: (isOffLoop: boolean) => void;
}

export class SyncPlace {
  readonly #parts: SyncPlaceParts;
  #isShared = false;
  #hasSettled = false;
  #timer: Timer | null = null;

  constructor(parts: SyncPlaceParts) {
    this.#parts = parts;
    parts.onRole((level) => this.#roleChanged(level));
  }

  /** Another process writes much to this node's disk, or no longer does. */
  share(isShared: boolean): void {
    this.#isShared = isShared;
    this.#tell();
  }

  #roleChanged({ role }: RoleLevel): void {
    this.#timer?.cancel();
    this.#timer = role === 'leader' ? this.#parts.clock.setTimer(SETTLED_MS, () => this.#settled()) : null;
    this.#hasSettled = false;
    this.#tell();
  }

  #settled(): void {
    this.#hasSettled = this.#parts.voters() > 1;
    this.#tell();
  }

  #tell(): void {
    this.#parts.setOffLoop(this.#isShared || this.#hasSettled);
  }
}
