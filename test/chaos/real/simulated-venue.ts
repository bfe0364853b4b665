/** The simulated venue (packages/venue) as the venue of a round: a process, its faults asked for over HTTP. */
import { join } from 'node:path';
import { freePorts } from '@baton/host/testing';
import { Child } from './child.ts';
import { batonProgram, type VenueAddresses } from './real-cluster.ts';
import type { VenueSide, VenueWish } from './venue-side.ts';

const GRACE_MS = 3_000;
const ASK_MS = 10_000;

export class SimulatedVenue implements VenueSide {
  readonly addresses: VenueAddresses;
  readonly #child: Child;

  private constructor(addresses: VenueAddresses, child: Child) {
    this.addresses = addresses;
    this.#child = child;
  }

  static async start(profile: string, { folder, network, built, seed, ended }: VenueWish): Promise<SimulatedVenue> {
    const host = network?.venueAddress ?? '127.0.0.1';
    const [fix = 9880, http = 9881, second = 9882] = network === null ? await freePorts(3) : [];
    const addresses = { fix: `${host}:${fix}`, http: `${host}:${http}`, second: `${host}:${second}` };
    const played = ['--profile', profile, '--second-fix', addresses.second, '--seed', String(seed)];
    const command = [...(network?.prefixOf('') ?? []), ...batonProgram(built)];
    command.push('venue', '--fix', addresses.fix, '--http', addresses.http, ...played, '--end-with-parent');
    const log = join(folder, 'logs', 'venue.log');
    // It keeps its books in memory: started again, it could only contradict the ledgers.
    const child = new Child({ name: 'venue', command, log, restartDelayMs: null, ended });
    child.start();
    return new SimulatedVenue(addresses, child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  async fault(name: string, fields: object = {}): Promise<void> {
    const url = `http://${this.addresses.http}/admin/${name}`;
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(ASK_MS);
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(fields), signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${text.slice(0, 200)}`);
  }

  async heal(): Promise<void> {
    await this.fault('resume');
    await this.fault('delay-reports', { delayMs: 0 });
    await this.fault('release-reports');
  }

  async stop(): Promise<void> {
    await this.#child.stop(GRACE_MS);
  }
}
