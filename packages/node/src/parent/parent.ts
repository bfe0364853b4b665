/**
 * The parent of one node: checks the configuration, starts core, desk and scribe, restarts a dead desk or scribe, and ends when the core
 * ends (its own supervisor, such as systemd, starts the node again). It keeps zod and YAML out of the core's memory.
 */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { yieldProcessor } from '@baton/host/node';
import { resolveTiming } from '@baton/replica';
import { checkLinkTls } from '../configuration/link-tls.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { type Plan, resolvePlan } from '../configuration/plan.ts';
import { isPromotedMessage, Promoter } from '../promotion/promoter.ts';
import { readColdOrder } from '../recovery/cold-order.ts';
import { scribePlan } from '../scribe/scribe-plan.ts';
import { CORE_ENVIRONMENT, CORE_FLAGS } from './core-flags.ts';
import { DeathNotices } from './death-notices.ts';
import { DeathWatch } from './death-watch.ts';
import { isGuardMessage } from './guard-message.ts';
import { Guardian } from './guardian.ts';
import { KeptLines, type LineHandle } from './kept-lines.ts';
import { ServiceManager } from './service-manager.ts';

/** A desk that dies at once again and again must not eat the machine. */
const DESK_RESTART_MS = 500;
const SCRIBE_RESTART_MS = 1000;
/** After the death of a core that led: two more processes that end would take the processors from the next leader. */
const AFTER_LEADER_MS = 250;
/** Freeing the memory of a killed core takes 5 ms of a processor and more; only who else has nothing to do should. */
const DYING_NICE = 19;

/** In sessions of their own: what they use is not charged to the core where the kernel shares time out by session. */
const BESIDE_THE_CORE: ForkOptions = { execArgv: [], detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] };

/** What the core is started with. */
export interface CoreOrder {
  readonly plan: Plan;
  /** Known to this core and its parent only: who shows it speaks of this core's death. */
  readonly deathSecret: string;
}

export interface NodeRunOptions {
  readonly configurationFile: string;
  readonly nodeName: string;
}

/** Modules next to this one have the ending this one has: .ts when run from source, .js when compiled. */
function siblingModule(name: string): string {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`../${name}/main${ending}`, import.meta.url));
}

/**
 * Runs one node until it is stopped or its core ends; resolves with the exit code.
 * @throws ConfigurationError when the file is wrong
 */
export function runNode(options: NodeRunOptions): Promise<number> {
  const plan = resolvePlan(options.configurationFile, loadConfiguration(options.configurationFile), options.nodeName);
  if (plan.linkTls !== undefined) checkLinkTls(plan.linkTls, plan.self.name);
  mkdirSync(plan.folder, { recursive: true });
  const coldStart = readColdOrder(plan.folder);
  if (coldStart === undefined) return new NodeParent(plan).run();
  const waits = plan.strategies.length === 0 || plan.warmUpMaxMs === 0 ? {} : { warmUpMaxMs: plan.warmUpMaxMs };
  return new NodeParent({ ...plan, coldStart: { ...coldStart, ...waits } }).run();
}

class NodeParent {
  readonly #plan: Plan;
  #core: ChildProcess | undefined;
  #desk: ChildProcess | undefined;
  /** It runs, or will in a moment. */
  #hasDesk = false;
  #scribe: ChildProcess | undefined;
  readonly #manager = new ServiceManager({
    environment: process.env,
    ask: () => this.#core?.send('alive?', () => {}),
  });
  #stopping = false;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  run(): Promise<number> {
    return new Promise((resolve) => {
      const core = fork(siblingModule('core'), {
        execArgv: [...CORE_FLAGS],
        env: { ...CORE_ENVIRONMENT, ...process.env },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      this.#core = core;
      const deathSecret = randomBytes(32).toString('hex');
      const guardian = this.#guardianOf(core, deathSecret);
      const promoter = new Promoter(this.#plan, (text) => {
        process.stderr.write(`baton node ${this.#plan.self.name}: ${text}\n`);
      });
      core.on('message', (message, handle) => {
        if (isGuardMessage(message)) {
          guardian.hear(message, handle as LineHandle | undefined);
          if (!guardian.coreLeads) promoter.retired();
        } else if (isPromotedMessage(message)) promoter.promoted(message.term);
        else if (message === 'desk') this.#startDesk();
        else if (message === 'alive') this.#manager.answered();
        else if (message === 'ready') {
          this.#manager.ready();
          if (this.#needsDesk()) this.#startDesk();
        } else if (message === 'scribe') this.#startScribe();
      });
      core.on('exit', (code, signal) => {
        this.#stopping = true;
        this.#manager.close();
        guardian.died();
        promoter.retired();
        const end = (): void => {
          guardian.close();
          this.#desk?.kill('SIGKILL');
          this.#scribe?.kill('SIGKILL');
          resolve(code ?? (signal === null ? 1 : 128 + 9));
        };
        if (guardian.coreLeads) setTimeout(end, AFTER_LEADER_MS);
        else end();
      });
      core.send({ plan: this.#plan, deathSecret } satisfies CoreOrder);
      const stop = (): void => this.#stop();
      process.on('SIGTERM', stop);
      process.on('SIGINT', stop);
    });
  }

  #guardianOf(core: ChildProcess, deathSecret: string): Guardian {
    const { self, nodes, timing } = this.#plan;
    const peers = nodes.filter(({ id }) => id !== self.id).map(({ raft }) => raft);
    return new Guardian({
      watch: new DeathWatch(core.pid ?? 0),
      lines: new KeptLines(),
      notices: new DeathNotices(self.id, deathSecret, peers),
      standAside: () => {
        yieldProcessor(core.pid ?? 0, DYING_NICE);
        // They lose their core, and clear up before they are ended themselves.
        for (const child of [this.#desk, this.#scribe]) {
          if (child?.pid !== undefined) yieldProcessor(child.pid, DYING_NICE);
        }
      },
      stallMs: resolveTiming(timing).electionMs,
      nowMs: () => performance.now(),
      log: (text) => process.stderr.write(`baton node ${self.name}: ${text}\n`),
    });
  }

  /** For strategies, and for market data that limits are judged by. */
  #needsDesk(): boolean {
    return this.#plan.strategies.length > 0 || this.#plan.feeds.some(({ references }) => references !== undefined);
  }

  #startDesk(): void {
    if (this.#stopping || this.#hasDesk) return;
    this.#hasDesk = true;
    const desk = fork(siblingModule('desk'), BESIDE_THE_CORE);
    this.#desk = desk;
    desk.on('exit', () => {
      setTimeout(() => {
        this.#hasDesk = false;
        this.#startDesk();
      }, DESK_RESTART_MS);
    });
    desk.on('error', () => {});
    const { deskSocket: socket, feeds, strategies } = this.#plan;
    desk.send({ socket, strategies, feeds }, () => {});
  }

  #startScribe(): void {
    if (this.#stopping) return;
    const scribe = fork(siblingModule('scribe'), BESIDE_THE_CORE);
    this.#scribe = scribe;
    scribe.on('exit', () => {
      if (!this.#stopping) setTimeout(() => this.#startScribe(), SCRIBE_RESTART_MS);
    });
    scribe.on('error', () => {});
    scribe.send(scribePlan(this.#plan), () => {});
  }

  /** First request: in order. A second one: at once. */
  #stop(): void {
    if (this.#stopping) this.#core?.kill('SIGKILL');
    else {
      this.#manager.stopping();
      this.#core?.send('stop', () => {});
    }
    this.#stopping = true;
  }
}
