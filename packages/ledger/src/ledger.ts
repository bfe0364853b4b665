/**
 * The ledger: the replicated state machine of a trading cluster. Equal entries give equal state, results, events and
 * effects on every node, because nothing else comes in: no clock, no randomness, no configuration but by command. It does
 * not know Raft or sockets; the leader's shell carries out its effects, followers drop them.
 */
import { applyClientDown, applyClientInbound, applyClientUp, tickClient } from './client-connection.ts';
import { tellClients } from './client-report.ts';
import type { Configuration } from './command.ts';
import { commandBytes, decodeCommand } from './command-encoding.ts';
import { applyConfigure } from './configure.ts';
import { denied, done } from './denial.ts';
import type { DeployedStrategy, StrategyPause } from './deployment.ts';
import { isDeploymentCommand } from './deployment-command.ts';
import { applyDeploymentCommand, authorDenial } from './deployment-request.ts';
import { ageHeld } from './dispatch.ts';
import { advanceDrain, tickDrain } from './drain.ts';
import { applyDrillCommand, type DrillsView, drillsView } from './drill.ts';
import { isDrillCommand } from './drill-command.ts';
import type { Applied, LedgerEntry } from './entry.ts';
import type { CommandResult, FillView, OrderView, TakeoverPhase } from './event.ts';
import { NO_EVIDENCE } from './evidence.ts';
import { type HeadroomView, headroomView } from './headroom.ts';
import { stateViolations } from './invariants/all.ts';
import type { Violation } from './invariants/violation.ts';
import { DEFAULT_HORIZONS, type Horizons, LedgerState } from './ledger-state.ts';
import { nextDeadlineUs } from './next-deadline.ts';
import { applyOperationCommand } from './operation.ts';
import { isOperationCommand } from './operation-command.ts';
import { type OperationsView, operationsView } from './operations-view.ts';
import { viewOf } from './order.ts';
import { pageOf } from './page.ts';
import type { PositionDetail, StrategyPositionDetail } from './position-view.ts';
import { tickCold } from './reconcile/apply-cold.ts';
import { applyReconcileCommand } from './reconcile/apply-reconcile.ts';
import { coldStartView } from './reconcile/cold-pending.ts';
import type { ColdStart } from './reconcile/cold-start.ts';
import {
  accountOf,
  type FindingPage,
  type OurAccount,
  type ReconciliationView,
  reconciliationView,
} from './reconcile/our-account.ts';
import { applyRequest } from './request.ts';
import { isRiskCommand } from './risk-command.ts';
import { applyRiskCommand } from './risk-steering.ts';
import { type RiskPage, type RiskView, riskView } from './risk-view.ts';
import { applyAcceptSequenceReset } from './sequence-reset.ts';
import { applySettleInDoubt } from './settle-in-doubt.ts';
import { restoreState, StateRestorer, snapshotPieces, snapshotState } from './snapshot.ts';
import { stateHash } from './state-hash.ts';
import type { StrategyState } from './strategies.ts';
import { applyStrategyCommand, fireTimers } from './strategy-request.ts';
import type { TakeoverRecord } from './takeover-record.ts';
import type { Timer, TimerPlace } from './timers.ts';
import {
  applyHandover,
  applyInboundFix,
  applyTakeoverStarted,
  applyTransportDown,
  applyTransportUp,
  logoutSession,
  tickSession,
} from './transport.ts';
import { applyVenueAnswer } from './venue-answer.ts';
import {
  type ClientSessionView,
  clientSessionsView,
  type FillFilter,
  fillsView,
  type LedgerStatus,
  type OrderFilter,
  ordersView,
  positionsView,
  type SessionView,
  sessionsView,
  statusView,
  strategyPositionsView,
  type TakeoverFilter,
  takeoversView,
} from './view.ts';

const DONE: CommandResult = done();

/** A restore in pieces; each call takes time for the bytes it is given. Both throw SnapshotError. */
export interface LedgerRestorer {
  add(bytes: Uint8Array): void;
  finish(): Ledger;
}

export class Ledger {
  #state: LedgerState;

  /** Empty. `horizons` must be the same on every node. */
  constructor(horizons: Horizons = DEFAULT_HORIZONS) {
    this.#state = new LedgerState(horizons);
  }

  /** A ledger as it was when `bytes` were made by snapshot(). Throws SnapshotError for anything else. */
  static restore(bytes: Uint8Array): Ledger {
    const ledger = new Ledger();
    ledger.#state = restoreState(bytes);
    return ledger;
  }

  /** Takes a snapshot bit by bit, however it was cut. */
  static restorer(): LedgerRestorer {
    const restorer = new StateRestorer();
    return {
      add: (bytes) => restorer.add(bytes),
      finish() {
        const ledger = new Ledger();
        ledger.#state = restorer.finish();
        return ledger;
      },
    };
  }

  /** Applies one entry. Never throws for what the entry holds: bytes that make no sense are answered with BAD_COMMAND. */
  apply(entry: LedgerEntry): Applied {
    const { entry: current } = this.#state;
    current.index = entry.index;
    current.term = entry.term;
    // The leader's clock is forced monotone when it proposes; a later leader's may still be behind.
    if (entry.timeUs > current.timeUs) current.timeUs = entry.timeUs;
    current.events = [];
    current.effects = [];
    current.toldEvents = 0;
    current.clientReports = 0;
    current.evidence = NO_EVIDENCE;
    const result = this.#applyCommand(entry.command);
    advanceDrain(this.#state);
    tellClients(this.#state);
    this.#state.settle();
    const { events, effects } = current;
    current.events = [];
    current.effects = [];
    return { result, events, effects };
  }

  /** When a Tick has something to do, µs since 1970; undefined when never. */
  nextDeadlineUs(): number | undefined {
    return nextDeadlineUs(this.#state);
  }

  /** For which term the takeover of a venue is where. An unknown venue is Idle. */
  gate(venue: string): { readonly term: number; readonly phase: TakeoverPhase; readonly open: boolean } {
    const phase = this.#state.venues.get(venue)?.phase ?? 'Idle';
    return { term: this.#state.takeoverTerm, phase, open: phase === 'GateOpen' };
  }

  /** The configuration in force; undefined before the first. */
  configuration(): Configuration | undefined {
    return this.#state.configured?.configuration;
  }

  /** The file that the configuration came from, without what was changed since by `ChangeConfiguration`. */
  fileConfiguration(): Configuration | undefined {
    return this.#state.operations.file;
  }

  /** Stop, drain, recovery, changes of configuration, version. */
  /** By receiver of alerts: the last entry of which it has been told everything. */
  alertsTold(): ReadonlyMap<string, number> {
    return this.#state.operations.alertsTold;
  }

  /** The last drills, and the one that is under way. */
  drills = (): DrillsView => drillsView(this.#state);

  operations(): OperationsView {
    return operationsView(this.#state);
  }

  /** 16 hex digits, equal on nodes with equal state at the same index. Cost follows what changed since the last call. */
  hash(): string {
    return stateHash(this.#state);
  }

  /** The whole state; equal states give equal bytes. */
  snapshot(): Uint8Array {
    return snapshotState(this.#state);
  }

  /** The snapshot in pieces of about 32 KiB, made when asked for: no entry may be applied before the last was taken. */
  snapshotPieces(): Generator<Uint8Array, void, undefined> {
    return snapshotPieces(this.#state);
  }

  /** Orders still held: all open ones and the last closed ones. */
  orders(filter: OrderFilter = {}): OrderView[] {
    return ordersView(this.#state, filter);
  }

  /** The order of any ClOrdID of its chain. */
  order(clOrdId: string): OrderView | undefined {
    const order = this.#state.orders.peek(clOrdId);
    return order === undefined ? undefined : viewOf(order);
  }

  positions(): PositionDetail[] {
    return positionsView(this.#state);
  }

  /** Positions that one strategy's orders made; '' for what none of ours did. */
  strategyPositions(strategyId: string): StrategyPositionDetail[] {
    return strategyPositionsView(this.#state, strategyId);
  }

  /** Fills still remembered, oldest first. */
  fills(filter: FillFilter = {}): FillView[] {
    return fillsView(this.#state, filter);
  }

  /** Has this execution been heard of and remembered? */
  knowsExecution(venue: string, execId: string): boolean {
    return this.#state.venues.get(venue)?.executions.has(execId) ?? false;
  }

  /** Recoveries of venues' sessions, oldest first: failovers, and lines that were lost. */
  takeovers(filter: TakeoverFilter = {}): TakeoverRecord[] {
    return takeoversView(this.#state, filter);
  }

  /** How far the cold start of this incarnation is; undefined if it had none. */
  coldStart = (): ColdStart | undefined => coldStartView(this.#state);

  /** The books of a venue's account, to be compared with what the venue tells; undefined for an unknown venue. */
  account = (venue: string): OurAccount | undefined => accountOf(this.#state, venue);

  /** Runs, and findings that wait or were settled lately. */
  reconciliation = (page: FindingPage = {}): ReconciliationView => reconciliationView(this.#state, page);

  /** Limits, trading states, figures and headroom. */
  risk = (page: RiskPage = {}): RiskView => riskView(this.#state, page);

  /** How much more a strategy may trade of a symbol; undefined for a symbol that is not configured. */
  headroom(strategyId: string, symbol: string): HeadroomView | undefined {
    const instrument = this.#state.instrument(symbol);
    return instrument === undefined ? undefined : headroomView(this.#state, instrument, strategyId);
  }

  /** Timers that have not fired, in the order in which they will; at most `limit`, those behind `last`. */
  timers(limit = Number.POSITIVE_INFINITY, last?: TimerPlace): Timer[] {
    return pageOf(this.#state.timers.all(last), { limit });
  }

  /** What all strategies have kept, in the order in which they first did. */
  strategyStates(): StrategyState[] {
    return structuredClone([...this.#state.strategies.all()]);
  }

  /** What a strategy has kept; undefined when it has kept nothing. */
  strategyState(strategyId: string): StrategyState | undefined {
    const kept = this.#state.strategies.find(strategyId);
    return kept === undefined ? undefined : { ...kept, blob: Uint8Array.from(kept.blob) };
  }

  /** Strategies of which versions were deployed, in the order in which they first were. */
  deployedStrategies(): DeployedStrategy[] {
    return structuredClone([...this.#state.deployments.all()]);
  }

  deployedStrategy(strategyId: string): DeployedStrategy | undefined {
    return structuredClone(this.#state.deployments.find(strategyId));
  }

  /** Strategies that rest; '' stands for all. */
  strategyPauses(): StrategyPause[] {
    return [...this.#state.deployments.pauses()];
  }

  sessions(): SessionView[] {
    return sessionsView(this.#state);
  }

  /** The sessions of clients who enter orders by FIX. */
  clientSessions(): ClientSessionView[] {
    return clientSessionsView(this.#state);
  }

  /** Closed orders still held. */
  closedCount(): number {
    return this.#state.orders.closedCount;
  }

  status(): LedgerStatus {
    return statusView(this.#state);
  }

  /** Broken invariants of the state: none, ever. Walks everything; for tests and simulators, not for each entry. */
  violations(): Violation[] {
    return stateViolations(this.#state);
  }

  #applyCommand(bytes: Uint8Array): CommandResult {
    const state = this.#state;
    const command = decodeCommand(bytes);
    const isAuthored = command.type !== 'Malformed' && command.author !== undefined;
    if (isAuthored && 'strategyId' in command) {
      const code = authorDenial(state, command.author ?? 0, command);
      if (code !== undefined) return denied(code);
    }
    switch (command.type) {
      case 'SubmitOrder':
      case 'CancelOrder':
      case 'ReplaceOrder':
      case 'MassCancel':
      case 'QueryOrder':
      case 'ClaimExternal':
        return applyRequest(state, command, isAuthored ? commandBytes(bytes) : bytes);
      case 'InboundFix':
        applyInboundFix(state, command.venue, command.connectionId, command.bytes);
        return DONE;
      case 'Tick':
        this.#tick();
        return DONE;
      case 'TransportUp':
        applyTransportUp(state, command.venue, command.connectionId, command.gateway ?? 0);
        return DONE;
      case 'TransportDown':
        applyTransportDown(state, command.venue, command.connectionId, command.reason);
        return DONE;
      case 'AcceptSequenceReset':
        return applyAcceptSequenceReset(state, command);
      case 'SettleInDoubt':
        return applySettleInDoubt(state, command.clOrdId, command.outcome, command.reason);
      case 'VenueAnswer':
        applyVenueAnswer(state, command.venue, command.question, command.reports);
        return DONE;
      case 'TakeoverTimed':
        state.takeovers.noteTimings(command.term, command.timings);
        return DONE;
      case 'SessionHandedOver':
        applyHandover(state, command.venue, command);
        return DONE;
      case 'TakeoverStarted':
        applyTakeoverStarted(state, command.node, command.cause ?? '');
        return DONE;
      case 'Configure':
        return applyConfigure(state, command.configuration);
      case 'SetTimer':
      case 'CancelTimer':
      case 'StrategyCheckpoint':
        return applyStrategyCommand(state, command);
      case 'LogoutSessions':
        for (const venue of state.venues.values()) logoutSession(state, venue, command.reason);
        return DONE;
      case 'ClientUp':
        applyClientUp(state, command.client, command.connectionId);
        return DONE;
      case 'ClientDown':
        applyClientDown(state, command.client, command.connectionId);
        return DONE;
      case 'ClientInbound':
        applyClientInbound(state, command.client, command.connectionId, command.bytes);
        return DONE;
      case 'Malformed':
        state.alarm('BAD_COMMAND', command.reason);
        return denied('BAD_COMMAND', command.reason);
      default:
        if (isRiskCommand(command)) return applyRiskCommand(state, command);
        if (isOperationCommand(command)) return applyOperationCommand(state, command);
        if (isDrillCommand(command)) return applyDrillCommand(state, command);
        if (isDeploymentCommand(command)) return applyDeploymentCommand(state, command);
        return applyReconcileCommand(state, command);
    }
  }

  #tick(): void {
    for (const venue of this.#state.venues.values()) {
      tickSession(this.#state, venue);
      ageHeld(this.#state, venue);
    }
    for (const client of this.#state.clients.values()) tickClient(this.#state, client);
    fireTimers(this.#state);
    tickDrain(this.#state);
    tickCold(this.#state);
  }
}
