/**
 * The core's end of the desk: listens on the node's Unix socket, gives a desk that connects its snapshot, and then passes
 * events, activity and answers. Without a desk everything still works: events are dropped, nothing waits.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { LedgerEvent } from '@baton/ledger';
import { DeskFrameReader, encodeDeskFrame } from './frame.ts';
import type { CommandAnswer, CoreMessage, DeskMessage, StrategyCommand } from './protocol.ts';

/** A desk that does not read is cut off before it costs the core memory; its parent starts a new one. */
const UNREAD_SIZE_BYTES_MAX = 16 * 1024 * 1024;

export interface DeskLinkOptions {
  readonly socket: string;
  readonly snapshot: () => Extract<CoreMessage, { type: 'snapshot' }>;
  readonly command: (command: StrategyCommand, answer: (answer: CommandAnswer) => void) => void;
  readonly log: (level: 'info' | 'warn' | 'error', text: string, strategy?: string) => void;
}

export class DeskLink {
  readonly #options: DeskLinkOptions;
  readonly #server: Server;
  #desk: Socket | undefined;
  #activity: CoreMessage = { type: 'inactive', reason: 'not leading' };

  constructor(options: DeskLinkOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Listens; an old socket file of a killed process is removed first (the journal's lock says that we are alone). */
  start(): Promise<void> {
    rmSync(this.#options.socket, { force: true });
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.socket, () => resolve());
    });
  }

  stop(): void {
    this.#desk?.destroy();
    this.#server.close();
  }

  activate(term: number): void {
    this.#setActivity({ type: 'active', term });
  }

  deactivate(reason: string): void {
    if (this.#activity.type === 'active') this.#setActivity({ type: 'inactive', reason });
  }

  publish(events: readonly LedgerEvent[]): void {
    if (this.#desk !== undefined && events.length > 0) this.#send({ type: 'events', events });
  }

  #setActivity(activity: CoreMessage): void {
    this.#activity = activity;
    if (this.#desk !== undefined) this.#send(activity);
  }

  #accept(socket: Socket): void {
    this.#desk?.destroy();
    this.#desk = socket;
    const reader = new DeskFrameReader();
    socket.on('data', (bytes: Buffer) => {
      try {
        for (const message of reader.push(bytes)) this.#hear(socket, message as DeskMessage);
      } catch (error) {
        this.#options.log('error', `desk link closed: ${error instanceof Error ? error.message : String(error)}`);
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#desk === socket) this.#desk = undefined;
    });
    this.#send(this.#options.snapshot());
    this.#send(this.#activity);
  }

  #hear(socket: Socket, message: DeskMessage): void {
    if (message.type === 'log') {
      this.#options.log(message.level, message.text, message.strategy);
      return;
    }
    this.#options.command(message.command, (answer) => {
      if (this.#desk === socket) this.#send({ type: 'answer', request: message.request, answer });
    });
  }

  #send(message: CoreMessage): void {
    const desk = this.#desk;
    if (desk === undefined) return;
    if (desk.writableLength > UNREAD_SIZE_BYTES_MAX) {
      this.#options.log('error', `desk does not read (${desk.writableLength} bytes waiting): cut off`);
      desk.destroy();
      return;
    }
    desk.write(encodeDeskFrame(message));
  }
}
