// Host names whose addresses are known before they are dialled.
//
// Rules decided here: a name that was announced is looked up at once and again every half minute; a dial takes the last
// answer without asking anybody, because a resolver that is slow or gone must not delay a takeover. A look-up that fails
// leaves the last answer: a venue that moves tells its old address longer than a resolver is down.

import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

const REFRESH_MS = 30_000;

/** All addresses of a host. */
export type ResolveName = (host: string) => Promise<readonly LookupAddress[]>;

const bySystem: ResolveName = (host) => process.getBuiltinModule('node:dns').promises.lookup(host, { all: true });

export class KnownNames {
  readonly #resolve: ResolveName;
  readonly #refreshMs: number;
  readonly #answers = new Map<string, readonly LookupAddress[]>();

  constructor(resolve: ResolveName = bySystem, refreshMs = REFRESH_MS) {
    this.#resolve = resolve;
    this.#refreshMs = refreshMs;
  }

  /** From now on the addresses of `host` are known, as soon as they were found once. Nothing to do for an address. */
  async keep(host: string): Promise<void> {
    if (isIP(host) !== 0 || this.#answers.has(host)) return;
    this.#answers.set(host, []);
    setInterval(() => void this.#ask(host), this.#refreshMs).unref();
    await this.#ask(host);
  }

  /** For `net.connect`; undefined for a host of which nothing is known: the system is asked then. */
  lookupOf(host: string): LookupFunction | undefined {
    const found = this.#answers.get(host);
    const [first] = found ?? [];
    if (found === undefined || first === undefined) return undefined;
    return (_host, options, done) => {
      if (options.all === true) done(null, [...found]);
      else done(null, first.address, first.family);
    };
  }

  async #ask(host: string): Promise<void> {
    const found = await this.#resolve(host).catch(() => []);
    if (found.length > 0) this.#answers.set(host, found);
  }
}
