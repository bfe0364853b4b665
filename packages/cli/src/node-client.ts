/**
 * What a trading node answers over its API (docs/contracts.md, "API of a node"), and a client for it. The shapes are those
 * of the contract; decimals stay text.
 */

import type {
  ColdStart,
  ConfigurationView,
  FindingView,
  MemberView,
  RecoveryReport,
  RunRecord,
  TakeoverReport,
  VersionView,
} from '@baton/node';
import { type ApiAccess, OPEN_ACCESS } from './api-access.ts';
import { type JsonRequest, requestJson } from './http-json.ts';
import { PAGE, wholeFills, wholeOrders } from './whole-lists.ts';

/** `starting`: the node answers and takes no part yet. */
export type NodeRole = 'leader' | 'follower' | 'candidate' | 'pre-candidate' | 'starting';

export interface GateStatus {
  readonly open: boolean;
  readonly phase: string;
  readonly venue: string;
}

export interface PositionView {
  readonly account: string;
  readonly symbol: string;
  readonly netQuantity: string;
  readonly boughtQuantity: string;
  readonly soldQuantity: string;
  readonly costNotional: string;
}

export interface NodeStatus {
  readonly node: string;
  readonly id: number;
  /** Process id of the core; `parentPid` is its supervisor, `baton node`. */
  readonly pid: number;
  readonly parentPid: number;
  readonly role: NodeRole;
  readonly term: number;
  readonly leader: string | null;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
  readonly lagEntries: number;
  readonly gate: readonly GateStatus[];
  readonly leaseRemainingUs: number;
  readonly orders: {
    readonly total: number;
    readonly open: number;
    readonly held: number;
    readonly inDoubt: number;
    readonly voided: number;
  };
  readonly fills: number;
  readonly positions: readonly PositionView[];
  readonly stateHash: { readonly index: number; readonly hash: string };
  /** Check and text of what makes the node unfit to lead; absent from older builds. */
  readonly problems?: Readonly<Record<string, string>>;
  readonly sessions: readonly {
    readonly venue: string;
    readonly status: string;
    readonly nextOut: number;
    readonly nextIn: number;
  }[];
  readonly links: readonly { readonly node: string; readonly up: boolean }[];
  readonly uptimeMs: number;
  /** Strategies whose threads run on this node and are told what happens. */
  readonly strategiesConnected: readonly string[];
  /** How its scribe follows; null while there is none. */
  readonly scribe: { readonly index: number; readonly lagEntries: number } | null;
  readonly durability: string;
}

/** An order in a node's ledger. States are those of the ledger (`Sent`, `Working`, `Voided`, …). */
export interface OrderView {
  readonly clOrdId: string;
  readonly rootClOrdId: string;
  readonly orderId: string;
  readonly clientKey: string;
  readonly strategyId: string;
  readonly venue: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly cumQuantity: string;
  readonly leavesQuantity: string;
  readonly state: string;
  readonly reason: string;
  /** Entry that made it. */
  readonly createdIndex: number;
}

/** A fill in a node's ledger. */
export interface FillView {
  readonly venue: string;
  readonly execId: string;
  readonly clOrdId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
}

/** How one leader took over; times are wall clock, µs since 1970. */
export interface Takeover {
  readonly term: number;
  readonly node: string;
  readonly evidence: string;
  readonly phasesUs: Readonly<Record<string, number>>;
  readonly proof: { readonly venue: string; readonly nextExpected: number; readonly source: string } | null;
  readonly orders: readonly { readonly clOrdId: string; readonly outcome: string }[];
}

export interface ReconciliationState {
  readonly runs: readonly RunRecord[];
  readonly findings: readonly FindingView[];
  readonly coldStart: ColdStart | null;
}

export interface ReconcileAnswer {
  readonly run: number;
  readonly findings: number;
  readonly waiting: number;
  readonly untold: string;
}

/** What the kill switch stops; `target` is '' for everything. */
export interface KillSwitchBody {
  readonly on: boolean;
  readonly scope: 'global' | 'venue' | 'strategy' | 'symbol';
  readonly target: string;
  readonly reason: string;
  readonly local?: boolean;
}

/** A node to be added. */
export interface NewMember {
  readonly id: number;
  readonly name: string;
  readonly raft: string;
  readonly api: string;
  /** Where FIX clients connect, if they may. */
  readonly fix?: string;
}

/** What the ledger answered to a command. */
export interface Answered {
  readonly ok: boolean;
  readonly code?: string;
  readonly text?: string;
}

/** `changed` is false when everything was as asked for already. */
export interface MembersChange {
  readonly changed: boolean;
  readonly members: readonly MemberView[];
}

/** A client of one node's API. Every method throws `CliError` (BATON_CLI_UNREACHABLE, BATON_CLI_ACCESS, BATON_CLI_API). */
export class NodeClient {
  readonly address: string;
  readonly #access: ApiAccess;
  readonly #timeoutMs: number;

  /** `address` is `host:port` of the node's `api`, with or without `http://` or `https://`. */
  constructor(address: string, timeoutMs = 5_000, access: ApiAccess = OPEN_ACCESS) {
    this.address = address;
    this.#timeoutMs = timeoutMs;
    this.#access = access;
  }

  /** The same node, with more or less patience. */
  patient(timeoutMs: number): NodeClient {
    return new NodeClient(this.address, timeoutMs, this.#access);
  }

  status(): Promise<NodeStatus> {
    return this.#ask('/status');
  }

  /** Of the state as it is now; the status tells the one that the nodes compared last. */
  stateHash(): Promise<{ readonly index: number; readonly hash: string }> {
    return this.#ask('/state-hash');
  }

  /** Every order the node's ledger holds, terminal ones included. */
  orders(): Promise<OrderView[]> {
    return wholeOrders((path) => this.#ask(path));
  }

  /** Every fill the node's ledger holds. */
  fills(): Promise<FillView[]> {
    return wholeFills((path) => this.#ask(path));
  }

  positions(): Promise<PositionView[]> {
    return this.#ask('/positions');
  }

  takeovers(): Promise<Takeover[]> {
    return this.#ask('/takeovers');
  }

  /** All recoveries that the node knows of, whole. */
  async takeoverReports(): Promise<TakeoverReport[]> {
    const found: TakeoverReport[] = [];
    for (;;) {
      const before = found[0] === undefined ? '' : `?before=${found[0].n}`;
      const page = await this.#ask<TakeoverReport[]>(`/takeovers${before}`);
      // A node of an earlier version tells of all of them each time.
      if (page[0] === undefined || page[0].n >= (found[0]?.n ?? Number.POSITIVE_INFINITY)) return found;
      found.unshift(...page);
    }
  }

  acceptSequenceReset(
    venue: string,
    body: { readonly nextOut: number; readonly nextIn: number; readonly reason: string },
  ): Promise<{ readonly ok: boolean; readonly text?: string }> {
    return this.#ask(`/venues/${encodeURIComponent(venue)}/accept-sequence-reset`, { method: 'POST', body });
  }

  /** Runs, all findings, and how far a cold start is. */
  async reconciliation(): Promise<ReconciliationState> {
    const first = await this.#ask<ReconciliationState>('/reconciliation');
    const findings = [...first.findings];
    for (let page = first.findings; page.length >= PAGE; findings.push(...page)) {
      const after = page.at(-1)?.firstIndex ?? 0;
      page = (await this.#ask<ReconciliationState>(`/reconciliation?after=${after}`)).findings;
      // A node of an earlier version tells of all of them each time.
      if ((page[0]?.firstIndex ?? 0) <= after) break;
    }
    return { ...first, findings };
  }

  /** Compares a venue's account now; takes some seconds. */
  reconcile(venue: string): Promise<ReconcileAnswer> {
    return this.#ask(`/venues/${encodeURIComponent(venue)}/reconcile`, { method: 'POST', body: {} });
  }

  acknowledge(
    venue: string,
    body: { readonly id: string; readonly approve: boolean; readonly by: string; readonly reason: string },
  ): Promise<{ readonly ok: boolean; readonly text?: string }> {
    return this.#ask(`/venues/${encodeURIComponent(venue)}/acknowledge`, { method: 'POST', body });
  }

  acceptColdStart(
    venue: string,
    body: { readonly by: string; readonly reason: string },
  ): Promise<{ readonly ok: boolean; readonly text?: string }> {
    return this.#ask(`/venues/${encodeURIComponent(venue)}/accept-cold-start`, { method: 'POST', body });
  }

  settleOrder(
    clOrdId: string,
    body: { readonly outcome: string; readonly reason: string },
  ): Promise<{ readonly ok: boolean; readonly text?: string }> {
    return this.#ask(`/orders/${encodeURIComponent(clOrdId)}/settle`, { method: 'POST', body });
  }

  /** Acts on the node's own gate at once; `local` on nothing else. */
  killSwitch(body: KillSwitchBody): Promise<{ readonly ok?: boolean; readonly text?: string }> {
    return this.#ask('/kill-switch', { method: 'POST', body });
  }

  /** A checkpoint of what the node has applied now; resolves when it is written and verified. */
  takeCheckpoint(): Promise<{
    readonly index: number;
    readonly sizeBytes: number;
    readonly file: string;
    readonly stateHash: string;
  }> {
    return this.#ask('/checkpoints', { method: 'POST', body: {} });
  }

  members(): Promise<MemberView[]> {
    return this.#ask('/members');
  }

  /** Adds a node as a learner; it becomes a voter by itself. */
  addMember(member: NewMember): Promise<MembersChange> {
    return this.#ask('/members', { method: 'POST', body: member });
  }

  removeMember(name: string): Promise<MembersChange> {
    return this.#ask(`/members/${encodeURIComponent(name)}/remove`, { method: 'POST', body: {} });
  }

  cancelOrder(clOrdId: string, clientKey: string, strategyId: string): Promise<unknown> {
    return this.#ask(`/orders/${encodeURIComponent(clOrdId)}/cancel`, {
      method: 'POST',
      body: { clientKey, strategyId },
    });
  }

  /** Hands leadership to a node, or ('') to whoever has most of the log; asked of the leader. */
  transfer(to: string): Promise<{ readonly leader: string; readonly term: number }> {
    return this.#ask('/transfer', { method: 'POST', body: to === '' ? {} : { to } });
  }

  pauseStrategies(): Promise<unknown> {
    return this.#ask('/strategies/pause', { method: 'POST', body: {} });
  }

  resumeStrategies(): Promise<unknown> {
    return this.#ask('/strategies/resume', { method: 'POST', body: {} });
  }

  /** Stop, drain, recovery and restart status, as the log has them. */
  recovery(): Promise<RecoveryReport> {
    return this.#ask('/recovery');
  }

  drain(body: { readonly timeoutMs: number; readonly atDeadline: 'cancel' | 'leave'; readonly reason: string }) {
    return this.#ask<unknown>('/drain', { method: 'POST', body });
  }

  setTrading(what: 'stop-trading' | 'start-trading', reason: string): Promise<unknown> {
    return this.#ask(`/${what}`, { method: 'POST', body: { reason } });
  }

  configuration(): Promise<ConfigurationView> {
    return this.#ask('/configuration');
  }

  /** A refusal is an answer: `ok` is false, and `text` says why. */
  setConfiguration(body: { readonly key: string; readonly value: string; readonly reason: string }): Promise<Answered> {
    return this.#ask('/configuration', { method: 'POST', body });
  }

  version(): Promise<VersionView> {
    return this.#ask('/version');
  }

  activateVersion(body: { readonly version?: number; readonly reason: string }): Promise<Answered> {
    return this.#ask('/version/activate', { method: 'POST', body });
  }

  /** Logs the venue sessions out (FIX Logout) before a planned stop. */
  logout(reason: string): Promise<unknown> {
    return this.#ask('/logout', { method: 'POST', body: { reason } });
  }

  /** Any question of its API. */
  ask<T>(path: string, request: JsonRequest = {}): Promise<T> {
    return this.#ask(path, request);
  }

  #ask<T>(path: string, request: JsonRequest = {}): Promise<T> {
    return requestJson<T>(this.address, path, { timeoutMs: this.#timeoutMs, ...request }, this.#access);
  }
}
