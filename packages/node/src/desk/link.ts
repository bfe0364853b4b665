/**
 * The core's end of the desk: listens on the node's Unix socket, gives each strategy that connects its snapshot, and then
 * passes events, roles and answers. Without strategies everything still works: nothing waits for them. A strategy that does
 * not read, or asks for too much at once, costs the core a bounded amount.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AuthoredCommand, HeadroomView, LedgerEvent, ReferenceSample } from '@baton/ledger';
import type { RunnerSnapshot } from '@baton/strategy/runner';
import type { FeedSilence } from '../health/market-data-health.ts';
import { type Checkpoints, changesDeployments, type DeployedStrategyPosts } from './deployed.ts';
import { COMMANDS_PER_SECOND_MAX, Flood } from './flood.ts';
import { DeskFrameReader, encodeDeskFrame } from './frame.ts';
import type { CommandAnswer, CoreMessage, DeskMessage, StrategyCommand } from './protocol.ts';
import { StateTraffic, type StateTrafficView } from './state-traffic.ts';
import { type CheckOutcome, Steering } from './steering.ts';

/** A strategy that does not read is cut off before it costs the core memory; its desk starts it again. */
const UNREAD_SIZE_BYTES_MAX = 16 * 1024 * 1024;
/** Commands of one strategy without an answer; more are refused. */
const IN_FLIGHT_MAX = 1_000;

export interface DeskLinkOptions {
  readonly socket: string;
  /** A desk is wanted, and there is none. */
  readonly needed: () => void;
  /** What is true now, for one strategy. */
  readonly snapshot: (strategyId: string, deployment: number) => Omit<RunnerSnapshot, 'type'>;
  /** Prices of this node's market data. */
  readonly references: (prices: readonly ReferenceSample[]) => void;
  /** What an entry has made of the headroom of these strategies. */
  readonly headroom: (events: readonly LedgerEvent[], strategyIds: readonly string[]) => HeadroomView[];
  readonly checkpoints: (strategyId: string, deployment: number) => Checkpoints;
  /** What entries say of versions. */
  readonly deployed: () => DeployedStrategyPosts[];
  readonly activeOf: (strategyId: string) => number;
  readonly command: (command: AuthoredCommand, answer: (answer: CommandAnswer) => void) => void;
  /** The desk tells how long each feed has been silent. */
  readonly marketData: (feeds: readonly FeedSilence[]) => void;
  readonly log: (level: 'info' | 'warn' | 'error', text: string, strategy?: string) => void;
  /** Monotonic; left out: this process's. */
  readonly nowMs?: () => number;
}

interface Line {
  readonly socket: Socket;
  /** '' until it has said hello. */
  strategyId: string;
  deployment: number;
  inFlight: number;
  readonly flood: Flood;
}

export class DeskLink {
  readonly #options: DeskLinkOptions;
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  readonly #states = new StateTraffic();
  readonly #nowMs: () => number;
  readonly steering = new Steering();
  /** 0 while this node does not lead. */
  #term = 0;

  constructor(options: DeskLinkOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
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
    for (const { socket } of this.#lines) socket.destroy();
    this.#server.close();
  }

  /** Strategies that have a line and said whose it is. */
  get connected(): readonly string[] {
    return [...this.#lines].map(({ strategyId }) => strategyId).filter((id) => id !== '');
  }

  /** This node leads: its strategies' orders go out. */
  lead(term: number): void {
    this.#term = term;
    for (const line of this.#lines) this.#sendRole(line);
  }

  follow(): void {
    if (this.#term === 0) return;
    this.#term = 0;
    this.#states.rest();
    for (const line of this.#lines) this.#sendRole(line);
  }

  check(file: string, digest: string, parameters: string): Promise<CheckOutcome> {
    if (!this.steering.isOpen) this.#options.needed();
    return this.steering.check(file, digest, parameters);
  }

  /** How the states of strategies get into the cluster. */
  stateTraffic(): StateTrafficView[] {
    return this.#states.view(performance.now());
  }

  publish(events: readonly LedgerEvent[]): void {
    if (this.#lines.size === 0 || events.length === 0) return;
    const strategyIds = [...new Set(this.connected)];
    const headroom = this.#options.headroom(events, strategyIds);
    const frame = encodeDeskFrame({ type: 'events', events, ...(headroom.length === 0 ? {} : { headroom }) });
    for (const line of this.#lines) if (line.strategyId !== '') this.#write(line, frame);
    if (changesDeployments(events)) this.steering.deployed(this.#options.deployed());
  }

  #accept(socket: Socket): void {
    const line: Line = { socket, strategyId: '', deployment: 0, inFlight: 0, flood: new Flood() };
    this.#lines.add(line);
    const reader = new DeskFrameReader();
    socket.on('data', (bytes: Buffer) => {
      try {
        for (const message of reader.push(bytes)) this.#hear(line, message as DeskMessage);
      } catch (error) {
        this.#options.log('error', `line closed: ${error instanceof Error ? error.message : String(error)}`);
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#lines.delete(line));
  }

  #hear(line: Line, message: DeskMessage): void {
    switch (message.type) {
      case 'hello':
        line.strategyId = message.strategyId;
        line.deployment = message.deployment;
        this.#send(line, { type: 'snapshot', ...this.#options.snapshot(line.strategyId, line.deployment) });
        this.#sendRole(line);
        return;
      case 'desk':
        this.steering.open(this.#options.deployed(), (steering) => this.#send(line, steering));
        line.socket.on('close', () => this.steering.closed());
        return;
      case 'checked':
      case 'posts':
        this.steering.hear(message);
        return;
      case 'log':
        this.#options.log(message.level, message.text, line.strategyId);
        return;
      case 'references':
        this.#options.references(message.prices);
        return;
      case 'market-data':
        this.#options.marketData(message.feeds);
        return;
      case 'desk-command':
        // Refused where this node does not lead; where it does, the ledger's events tell the outcome. A version that does
        // not count has no orders: what it would take back are another's.
        if (this.#options.activeOf(message.command.strategyId) !== message.deployment) return;
        this.#options.command(message.command, () => {});
        return;
      case 'command':
        this.#command(line, message.request, message.command);
    }
  }

  #command(line: Line, request: number, command: StrategyCommand): void {
    const respond = (answer: CommandAnswer): void => {
      if (this.#lines.has(line)) this.#send(line, { type: 'answer', request, answer });
    };
    if (command.strategyId !== line.strategyId) {
      const text = `strategy ${line.strategyId} gave a command of ${command.strategyId}`;
      this.#options.log('error', text, line.strategyId);
      respond({ ok: false, code: 'BAD_COMMAND', text, duplicate: false });
    } else if (line.inFlight >= IN_FLIGHT_MAX) {
      respond({ ok: false, code: 'BUSY', text: `${IN_FLIGHT_MAX} commands wait for an answer`, duplicate: false });
    } else if (line.flood.isTooMany(this.#nowMs())) {
      this.#cutOff(line, `floods: more than ${COMMANDS_PER_SECOND_MAX} commands in a second`);
    } else if (command.type === 'StrategyCheckpoint' && this.#states.isShed(command, this.#inFlight())) {
      respond({ ok: false, code: 'BUSY', text: 'orders first: this state was left out', duplicate: false });
    } else {
      line.inFlight += 1;
      this.#options.command({ ...command, author: line.deployment }, (answer) => {
        line.inFlight -= 1;
        if (command.type === 'StrategyCheckpoint' && answer.ok) this.#states.written(command);
        respond(answer);
      });
    }
  }

  #inFlight(): number {
    let inFlight = 0;
    for (const line of this.#lines) inFlight += line.inFlight;
    return inFlight;
  }

  #cutOff(line: Line, reason: string): void {
    if (line.socket.destroyed) return;
    this.#options.log('error', `${reason}: cut off`, line.strategyId);
    this.steering.cutOff(line.strategyId, line.deployment, reason);
    line.socket.destroy();
  }

  #sendRole(line: Line): void {
    if (line.strategyId === '') return;
    const checkpoints = this.#options.checkpoints(line.strategyId, line.deployment);
    this.#send(line, { type: 'role', isLeading: this.#term !== 0, term: this.#term, ...checkpoints });
  }

  #send(line: Line, message: CoreMessage): void {
    this.#write(line, encodeDeskFrame(message));
  }

  #write(line: Line, frame: Buffer): void {
    const { socket } = line;
    if (socket.writableLength > UNREAD_SIZE_BYTES_MAX) {
      this.#cutOff(line, `does not read (${socket.writableLength} bytes waiting)`);
      return;
    }
    socket.write(frame);
  }
}
