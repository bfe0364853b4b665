/**
 * The desk's own line to the core: for words about strategies that cannot speak for themselves, and for the orders of one
 * that was halted. Its end is the core's end.
 */
import { connect, type Socket } from 'node:net';
import type { ReferenceSample } from '@baton/ledger';
import type { FeedSilence } from '../health/market-data-health.ts';
import { DeskFrameReader, encodeDeskFrame } from './frame.ts';
import type { DeskMessage } from './protocol.ts';
import type { SteeringMessage, SteeringReport } from './steering.ts';

export class DeskControl {
  readonly #path: string;
  readonly #ended: () => void;
  #socket: Socket | undefined;
  #steered: (message: SteeringMessage) => void = () => {};

  constructor(path: string, ended: () => void) {
    this.#path = path;
    this.#ended = ended;
  }

  open(opened: () => void): void {
    const socket = connect(this.#path);
    this.#socket = socket;
    socket.on('connect', opened);
    const reader = new DeskFrameReader();
    socket.on('data', (bytes: Buffer) => {
      for (const message of reader.push(bytes)) this.#steered(message as SteeringMessage);
    });
    socket.on('error', () => {});
    socket.on('close', this.#ended);
  }

  /** Says that the desk is there; the core then says what shall run. */
  steered(hear: (message: SteeringMessage) => void): void {
    this.#steered = hear;
    this.#send({ type: 'desk' });
  }

  report(report: SteeringReport): void {
    this.#send(report);
  }

  log(level: 'info' | 'warn' | 'error', strategyId: string, text: string): void {
    this.say(level, `strategy ${strategyId}: ${text}`);
  }

  say(level: 'info' | 'warn' | 'error', text: string): void {
    this.#send({ type: 'log', level, text });
  }

  /** Takes back the orders of a strategy that was halted; refused on a node that does not lead. */
  cancelAll(strategyId: string, deployment: number, clientKey: string): void {
    this.#send({ type: 'desk-command', deployment, command: { type: 'MassCancel', clientKey, strategyId } });
  }

  marketData(feeds: readonly FeedSilence[]): void {
    this.#send({ type: 'market-data', feeds });
  }

  references(prices: readonly ReferenceSample[]): void {
    this.#send({ type: 'references', prices });
  }

  close(): void {
    this.#socket?.off('close', this.#ended);
    this.#socket?.destroy();
  }

  #send(message: DeskMessage): void {
    this.#socket?.write(encodeDeskFrame(message));
  }
}
