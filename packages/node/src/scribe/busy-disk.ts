/**
 * Whether this scribe writes much to the disk that it shares with its core, whoever of its sinks does: told when the first
 * begins and when the last has ended, so that the core's own syncs stay off its event loop meanwhile.
 */
export class BusyDisk {
  readonly #tell: (isMuch: boolean) => void;
  readonly #writers = new Set<string>();

  constructor(tell: (isMuch: boolean) => void) {
    this.#tell = tell;
  }

  writes(who: string, isMuch: boolean): void {
    const before = this.#writers.size > 0;
    if (isMuch) this.#writers.add(who);
    else this.#writers.delete(who);
    const now = this.#writers.size > 0;
    if (now !== before) this.#tell(now);
  }
}
