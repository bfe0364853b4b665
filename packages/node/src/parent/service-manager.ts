/**
 * What systemd is told about a node: that it is ready, that it lives, that it stops (sd_notify(3)). Rules decided here:
 * - Who lives is the core: the parent asks it, and only an answer is passed on, so a core that loops or is stopped is
 *   restarted although its parent is well. Not being able to commit is no reason: a node without a quorum must stay up.
 * - Messages go through `systemd-notify`: Node has no Unix datagram sockets, a native module would be one more thing that
 *   can end the process, and one short program every few seconds costs the parent's processor alone.
 */
import { spawn } from 'node:child_process';

export interface ServiceManagerOptions {
  /** Of the environment: NOTIFY_SOCKET (absent: there is no service manager) and WATCHDOG_USEC. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Puts the question to the core; `answered` is called once it has answered. */
  readonly ask: () => void;
  readonly notify?: (message: string) => void;
  readonly every?: (run: () => void, ms: number) => () => void;
}

/** Asked so many times within the time after which systemd loses patience. */
const ASKS_A_PATIENCE = 4;

export class ServiceManager {
  readonly #notify: (message: string) => void;
  readonly #cancel: () => void;
  #isReady = false;

  constructor({ ask, environment, every = interval, notify = systemdNotify }: ServiceManagerOptions) {
    const isThere = (environment['NOTIFY_SOCKET'] ?? '') !== '';
    this.#notify = isThere ? notify : () => {};
    const patienceMs = Number(environment['WATCHDOG_USEC'] ?? 0) / 1000;
    this.#cancel = isThere && patienceMs > 0 ? every(ask, patienceMs / ASKS_A_PATIENCE) : () => {};
  }

  /** The core takes part in the cluster. */
  ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#notify('READY=1');
  }

  /** The core has answered. */
  answered(): void {
    this.#notify('WATCHDOG=1');
  }

  stopping(): void {
    this.#notify('STOPPING=1');
  }

  close(): void {
    this.#cancel();
  }
}

function interval(run: () => void, ms: number): () => void {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
}

/** That it failed is the service manager's to notice. */
function systemdNotify(message: string): void {
  spawn('systemd-notify', [message], { stdio: 'ignore' }).on('error', () => {});
}
