/**
 * The QuickFIX counterparty as a test sees it: compiled once, started with settings, told what to do line by line, and
 * asked for what it saw. See counterparty.cpp for its commands.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What the counterparty reports; all values are text. */
export interface Sighting {
  readonly event: string;
  readonly timeUs: number;
  readonly msgType?: string;
  readonly seq?: string;
  readonly possDup?: string;
  readonly text?: string;
  readonly clOrdId?: string;
  readonly nextOut?: string;
  readonly nextIn?: string;
  /** Tags of the message, by number. */
  readonly [tag: `${number}`]: string | undefined;
}

/** Why the tests cannot run here; '' when they can. */
export function missingTool(): string {
  if (!existsSync('/usr/include/quickfix/Session.h')) return "Debian's libquickfix-dev is not installed";
  try {
    execFileSync('g++', ['--version'], { stdio: 'ignore' });
    return '';
  } catch {
    return 'g++ is not installed';
  }
}

/** Compiles the program into `folder` and returns its path. QuickFIX 1.15's headers need C++14 at most. */
export function compileCounterparty(folder: string): string {
  const program = join(folder, 'counterparty');
  const source = fileURLToPath(new URL('./counterparty.cpp', import.meta.url));
  execFileSync('g++', ['-std=c++14', '-O1', '-w', '-o', program, source, '-lquickfix', '-lpthread'], {
    stdio: 'inherit',
  });
  return program;
}

export interface CounterpartyOptions {
  readonly program: string;
  readonly role: 'acceptor' | 'initiator';
  readonly folder: string;
  /** Where it listens, or where it dials. */
  readonly port: number;
  /** Initiator: further places to dial, in turn, when one does not let it in. */
  readonly otherPorts?: readonly number[];
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly heartBtIntS: number;
}

export class Counterparty {
  readonly sightings: Sighting[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('counterparty has no standard output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.sightings.push(JSON.parse(line) as Sighting);
      for (const wake of [...this.#waiting]) wake();
    });
  }

  /** Starts it and waits until it listens (or dials). */
  static async start(options: CounterpartyOptions): Promise<Counterparty> {
    mkdirSync(options.folder, { recursive: true });
    const file = join(options.folder, 'settings.cfg');
    writeFileSync(file, settingsText(options));
    const child = spawn(options.program, [options.role, file], { stdio: ['pipe', 'pipe', 'inherit'] });
    const counterparty = new Counterparty(child);
    await counterparty.sees((sighting) => sighting.event === 'up');
    return counterparty;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  tell(command: string): void {
    this.#child.stdin?.write(`${command}\n`);
  }

  /** Waits for a sighting, beginning with number `from`; fails with what was seen instead. */
  async sees(wanted: (sighting: Sighting) => boolean, from = 0, what = wanted.toString()): Promise<Sighting> {
    const deadline = AbortSignal.timeout(60_000);
    for (let at = from; ; at++) {
      while (at >= this.sightings.length) await this.#next(deadline, what);
      const sighting = this.sightings[at];
      if (sighting !== undefined && wanted(sighting)) return sighting;
    }
  }

  of(event: string): readonly Sighting[] {
    return this.sightings.filter((sighting) => sighting.event === event);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  #next(deadline: AbortSignal, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#waiting.delete(done);
        deadline.removeEventListener('abort', fail);
        resolve();
      };
      const fail = (): void => {
        this.#waiting.delete(done);
        const last = this.sightings.slice(-12).map((sighting) => JSON.stringify(sighting));
        reject(new Error(`QuickFIX never saw: ${what}; the last it saw:\n${last.join('\n')}`));
      };
      this.#waiting.add(done);
      deadline.addEventListener('abort', fail);
    });
  }
}

function settingsText(options: CounterpartyOptions): string {
  const connection =
    options.role === 'acceptor'
      ? ['ConnectionType=acceptor', `SocketAcceptPort=${options.port}`, 'SocketReuseAddress=Y']
      : [
          'ConnectionType=initiator',
          'SocketConnectHost=127.0.0.1',
          `SocketConnectPort=${options.port}`,
          ...(options.otherPorts ?? []).flatMap((port, at) => [
            `SocketConnectHost${at + 1}=127.0.0.1`,
            `SocketConnectPort${at + 1}=${port}`,
          ]),
          'ReconnectInterval=1',
        ];
  return [
    '[DEFAULT]',
    ...connection,
    `FileStorePath=${join(options.folder, 'store')}`,
    'SocketNodelay=Y',
    'StartTime=00:00:00',
    'EndTime=00:00:00',
    `HeartBtInt=${options.heartBtIntS}`,
    'UseDataDictionary=N',
    '[SESSION]',
    'BeginString=FIX.4.4',
    `SenderCompID=${options.senderCompId}`,
    `TargetCompID=${options.targetCompId}`,
    '',
  ].join('\n');
}
