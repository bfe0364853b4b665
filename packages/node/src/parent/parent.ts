/**
 * The parent of one node: checks the configuration, starts core and desk, restarts a dead desk, and ends when the core
 * ends (its own supervisor, such as systemd, starts the node again). It keeps zod and YAML out of the core's memory.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkLinkTls } from '../configuration/link-tls.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { type Plan, resolvePlan } from '../configuration/plan.ts';
import { CORE_FLAGS } from './core-flags.ts';

/** A desk that dies at once again and again must not eat the machine. */
const DESK_RESTART_MS = 500;
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
  return new NodeParent(plan).run();
}

class NodeParent {
  readonly #plan: Plan;
  #core: ChildProcess | undefined;
  #desk: ChildProcess | undefined;
  #stopping = false;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  run(): Promise<number> {
    return new Promise((resolve) => {
      const core = fork(siblingModule('core'), {
        execArgv: [...CORE_FLAGS],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      this.#core = core;
      core.on('message', (message) => {
        if (message === 'ready' && this.#plan.strategies.length > 0) this.#startDesk();
      });
      core.on('exit', (code, signal) => {
        this.#stopping = true;
        this.#desk?.kill('SIGKILL');
        resolve(code ?? (signal === null ? 1 : 128 + 9));
      });
      core.send(this.#plan);
      const stop = (): void => this.#stop();
      process.on('SIGTERM', stop);
      process.on('SIGINT', stop);
    });
  }

  #startDesk(): void {
    if (this.#stopping) return;
    const desk = fork(siblingModule('desk'), { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#desk = desk;
    desk.on('exit', () => {
      if (!this.#stopping) setTimeout(() => this.#startDesk(), DESK_RESTART_MS);
    });
    desk.on('error', () => {});
    const { deskSocket: socket, feeds, strategies } = this.#plan;
    desk.send({ socket, strategies, feeds }, () => {});
  }

  /** First request: in order. A second one: at once. */
  #stop(): void {
    if (this.#stopping) this.#core?.kill('SIGKILL');
    else this.#core?.send('stop', () => {});
    this.#stopping = true;
  }
}
