/**
 * Hosts for one run: network namespaces with an address each, a venue in one of its own, and a home in whose folder `desk`
 * `deploy/three-hosts/hosts` and the commands of its README are run as an operator would. Needs root and iproute2. All it
 * makes bears this process's id and is removed by `close`.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HostNetwork } from '../network/host-network.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where the README's reader has the repository. */
const CLONE = ROOT.replace(/\/$/, '');
const DEPLOY = join(CLONE, 'deploy', 'three-hosts');
const COMMAND_MS = 600_000;
/** As the README's addresses end. */
const VENUE_NUMBER = 20;
const VENUE = 'v';

export interface HostsRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export class HostsLab {
  readonly #home = mkdtempSync(join(tmpdir(), 'bh-'));
  /** Inventory, configuration, certificates and tokens: the README's `~/desk`. */
  readonly folder = join(this.#home, 'desk');
  readonly #network: HostNetwork;

  /** Why this machine cannot be a laboratory; undefined if it can. */
  static lacks(): string | undefined {
    if (process.getuid?.() !== 0) return 'needs root for network namespaces';
    for (const [program, argument] of [
      ['ip', '-V'],
      ['curl', '--version'],
    ] as const) {
      if (spawnSync(program, [argument]).status !== 0) return `needs ${program}`;
    }
    return undefined;
  }

  /** With these names, in the order of the README's addresses. */
  constructor(names: readonly string[]) {
    this.#network = new HostNetwork([...names, VENUE], { [VENUE]: VENUE_NUMBER });
  }

  /** What the README leaves to its reader: the addresses of these hosts, how they are reached, and the fourth one, too. */
  adapt(): void {
    const change = (name: string, how: (text: string) => string): void => {
      const path = join(this.folder, name);
      writeFileSync(path, this.#here(how(readFileSync(path, 'utf8'))));
    };
    change('inventory', (text) =>
      text
        .replace('TRANSPORT=ssh', 'TRANSPORT=netns')
        .replace('SERVICE=systemd', `SERVICE=process\nPREFIX=${this.#home}/hosts`)
        .replace(/^# (n4 )/m, '$1')
        .replace(/^(n\d)(\s+\d+\s+\S+\s+)\S+/gm, (_all, name: string, rest: string) => {
          return `${name}${rest}${this.#network.space(name)}`;
        }),
    );
    // One machine for all hosts, and the tests beside them: its pauses are no deaths.
    change('trading.yaml', (text) => text.replace('timing: colocated', 'timing: requirements'));
  }

  #here(text: string): string {
    return text.replaceAll(/\b10\.0\.0\./g, `${this.#network.net}.`);
  }

  api(name: string): string {
    return `${this.#network.address(name)}:9091`;
  }

  /** How a client asks: with the authority and a token that the operator's script has made. */
  access(role: 'read' | 'trade' | 'operate'): { readonly ca: string; readonly token: string } {
    const file = (...path: readonly string[]): string => readFileSync(join(this.folder, ...path), 'utf8');
    return { ca: file('certs', 'ca.pem'), token: file('secrets', `token-${role}`).trim() };
  }

  get venueHttp(): string {
    return `${this.#network.address(VENUE)}:9881`;
  }

  /** A command of the README that goes on until it is ended: the simulated venue, on a host of its own. */
  startVenue(commands: string): void {
    const command = ['env', `BATON=${CLONE}`, 'bash', '-c', `exec ${this.#here(commands)}`];
    this.#network.start(VENUE, command, join(this.#home, 'venue.log'));
  }

  /** Runs the operator's script; never throws for an exit code. */
  hosts(...args: readonly string[]): Promise<HostsRun> {
    return this.#run(join(DEPLOY, 'hosts'), args);
  }

  /** Runs commands of the README as they stand, but for the addresses; never throws for an exit code. */
  shell(commands: string): Promise<HostsRun> {
    return this.#run('bash', ['--norc', '-euo', 'pipefail', '-c', this.#here(commands)]);
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, BATON: CLONE, HOME: this.#home, PATH: `${process.env['PATH']}:${DEPLOY}` };
  }

  #run(command: string, args: readonly string[]): Promise<HostsRun> {
    const cwd = existsSync(this.folder) ? this.folder : this.#home;
    return new Promise((resolve) => {
      execFile(command, args, { cwd, env: this.#environment, timeout: COMMAND_MS }, (error, out, err) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
    });
  }

  async close(): Promise<void> {
    await this.#network.close();
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }
}
