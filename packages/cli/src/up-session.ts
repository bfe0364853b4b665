/**
 * One `baton up`, from started processes to the last one ended: shows the cluster, listens to keys and signals, notes
 * failovers, and stops everything in order. Ends by request, or when a process cannot be kept alive.
 */
import { resolve } from 'node:path';
import type { Cluster } from './cluster.ts';
import { type CommandOutput, writeLine } from './command-output.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import { FailoverWatch } from './failover-watch.ts';
import { listenToKeys } from './keys.ts';
import { type ClusterDisplay, LiveView, PlainView } from './live-view.ts';
import { pause } from './pause.ts';
import { StopRequest } from './stop-request.ts';

/** Often enough to look alive, seldom enough not to be seen in the nodes' own figures. */
const REFRESH_MS = 250;
const DEFAULT_DATA_FOLDER = './baton-data';
const KEYS = 'keys: k kill the leader   q stop';

export interface UpSessionOptions {
  /** Redraw a table in place; otherwise a line a change. */
  readonly isLive: boolean;
}

export class UpSession {
  readonly #cluster: Cluster;
  readonly #display: ClusterDisplay;
  readonly #watch: FailoverWatch;
  readonly #stop: StopRequest;
  readonly #isLive: boolean;
  #failure: CliError | null = null;

  constructor(cluster: Cluster, { out, err }: CommandOutput, { isLive }: UpSessionOptions) {
    this.#cluster = cluster;
    this.#isLive = isLive;
    this.#stop = new StopRequest(() => {
      void cluster.abandon().finally(() => process.exit(ExitCode.failed));
    });
    writeLine(err, `data folder: ${cluster.dataFolder}`);
    const hints = hintsOf(cluster);
    if (!isLive) for (const hint of hints) writeLine(err, hint);
    this.#display = isLive ? new LiveView(out, titleOf(cluster), [...hints, KEYS]) : new PlainView(out);
    this.#watch = new FailoverWatch(cluster.view, (timeline) => this.#display.failover(timeline));
  }

  /** @throws CliError BATON_CLI_PROCESS_ENDED when the venue or a node cannot be kept alive; all is stopped by then. */
  async run(): Promise<void> {
    this.#stop.listen();
    this.#noteProcesses();
    const giveKeysBack = this.#isLive ? listenToKeys((key) => this.#pressed(key)) : () => {};
    try {
      await this.#showUntilStopped();
    } finally {
      await this.#end();
      giveKeysBack();
    }
    if (this.#failure !== null) throw this.#failure;
  }

  async #showUntilStopped(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && this.#failure === null) {
      const reports = await this.#cluster.status();
      this.#display.show(
        reports,
        new Map(this.#cluster.nodeNames.map((name) => [name, this.#cluster.restartsOf(name)])),
      );
      await this.#watch.look(reports);
      // An abort only ends the pause; the loop sees it.
      await pause(REFRESH_MS, signal).catch(() => {});
    }
  }

  async #end(): Promise<void> {
    this.#display.note('stopping: FIX Logout, then the nodes, then the venue (Ctrl-C again: at once)');
    const isLoggedOut = await this.#cluster.stop();
    this.#display.note(isLoggedOut ? 'stopped; the venue session was logged out' : 'stopped without a FIX Logout');
    this.#display.close();
    this.#stop.close();
  }

  #noteProcesses(): void {
    this.#cluster.on('exited', (name, { pid, code, signal }) => {
      this.#display.note(`${name} ended (process ${pid}, ${signal ?? `exit code ${code}`})`);
    });
    this.#cluster.on('started', (name, pid) => this.#display.note(`${name} started (process ${pid})`));
    const onGaveUp = (name: string, reason: string): void => {
      const remedy = `see ${this.#cluster.logFileOf(name)}`;
      this.#failure ??= new CliError('BATON_CLI_PROCESS_ENDED', reason, { remedy });
    };
    this.#cluster.on('gaveUp', onGaveUp);
    for (const [name, reason] of this.#cluster.givenUp) onGaveUp(name, reason);
  }

  #pressed(key: string): void {
    if (key === 'q' || key === 'ctrl-c') this.#stop.request();
    if (key !== 'k') return;
    this.#cluster.killLeader().then(
      (kill) => {
        this.#watch.killed(kill);
        this.#display.note(`killed ${kill.node} (process ${kill.pid}), leader of term ${kill.term}`);
      },
      (error: Error) => this.#display.note(error.message),
    );
  }
}

function titleOf(cluster: Cluster): string {
  return `Baton: ${cluster.nodeNames.length} nodes and a simulated venue, data in ${cluster.dataFolder}`;
}

function hintsOf({ runFile }: Cluster): string[] {
  const where = runFile.dataFolder === resolve(DEFAULT_DATA_FOLDER) ? '' : ` --data ${runFile.dataFolder}`;
  const order =
    '{"clientKey":"my-1","strategyId":"me","symbol":"BTC-USD","side":"buy","orderType":"limit",' +
    '"timeInForce":"day","quantity":"0.5","price":"59000"}';
  return [
    'try in another terminal:',
    `  npx baton kill-leader${where}`,
    `  npx baton status${where}`,
    `  curl -L -X POST http://${runFile.nodes[0]?.api}/orders -H 'content-type: application/json' -d '${order}'`,
    `  curl http://${runFile.venue.http}/orders`,
  ];
}
