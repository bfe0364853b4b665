/** The test client on a real socket: `FixClient` carried by `host`'s network, with waits for what it is told. */
import type { Connection } from '@baton/host';
import { NodeClock, NodeNetwork } from '@baton/host/node';
import { FixClient, type OrderFields } from './fix-client.ts';

export class SocketClient {
  readonly fix: FixClient;
  readonly #clock = new NodeClock();
  readonly #network = new NodeNetwork();
  #connection: Connection | null = null;
  #isClosed = true;
  #waiting: { readonly isDone: () => boolean; readonly resolve: () => void }[] = [];

  constructor(compId: string) {
    this.fix = new FixClient(compId);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Dials; resolves once logged on, or closed. */
  async logOn(address: { readonly host: string; readonly port: number }): Promise<void> {
    this.#isClosed = false;
    this.#connection = this.#network.connect(address, 2_000, {
      onOpen: () => this.#do(() => this.fix.connected(this.#clock.wallUs())),
      onData: (bytes) => this.#do(() => this.fix.received(bytes, this.#clock.wallUs())),
      onClose: () =>
        this.#do(() => {
          this.#isClosed = true;
          this.fix.disconnected(this.#clock.wallUs());
        }),
    });
    await this.until(() => this.fix.isLoggedOn || this.#isClosed);
  }

  order(clOrdId: string, over: Partial<OrderFields> = {}): void {
    this.#do(() => this.fix.order(clOrdId, over, this.#clock.wallUs()));
  }

  logout(): void {
    this.#do(() => this.fix.logout(this.#clock.wallUs()));
  }

  /** Ends the connection with RST, as the death of a process with unread bytes does. */
  async kill(): Promise<void> {
    this.#connection?.resetAndDestroy();
    await this.until(() => this.#isClosed);
  }

  /** Resolves when the condition holds, looked at after everything that happens. */
  until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isDone, resolve }));
  }

  #do(act: () => void): void {
    act();
    for (const bytes of this.fix.takeOutgoing()) this.#connection?.write(bytes);
    const done = this.#waiting.filter(({ isDone }) => isDone());
    this.#waiting = this.#waiting.filter((waiter) => !done.includes(waiter));
    for (const { resolve } of done) resolve();
  }
}
