/**
 * What a service under systemd tells its manager: ready, alive, stopping. By the program `systemd-notify`, because Node has
 * no datagrams on Unix sockets; the unit needs `NotifyAccess=all`. Outside of systemd nothing happens.
 */
import { spawn } from 'node:child_process';

export class SystemdNotify {
  readonly #isOn = process.env['NOTIFY_SOCKET'] !== undefined;
  /** Told twice as often as systemd asks for; 0: it does not ask. */
  readonly #everyMs = Number(process.env['WATCHDOG_USEC'] ?? 0) / 2000;
  #aliveMs = Number.NEGATIVE_INFINITY;

  ready(status: string): void {
    this.#say('READY=1', `STATUS=${status}`);
  }

  /** To be called with each look: says so as seldom as is enough. */
  alive(status: string, nowMs: number): void {
    if (this.#everyMs === 0 || nowMs - this.#aliveMs < this.#everyMs) return;
    this.#aliveMs = nowMs;
    this.#say('WATCHDOG=1', `STATUS=${status}`);
  }

  stopping(): void {
    this.#say('STOPPING=1');
  }

  #say(...words: readonly string[]): void {
    if (!this.#isOn) return;
    spawn('systemd-notify', [`--pid=${process.pid}`, ...words], { stdio: 'ignore' }).on('error', () => {});
  }
}
