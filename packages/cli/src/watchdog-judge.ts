/**
 * The watchdog's judgement (requirements §2.4-3, done safely): from one look at all nodes to what people are told, who is
 * shown to load balancers, and whether a transfer is asked for. Rules decided here: it never decides who leads: it asks a
 * node to ask the leader to hand over, which Raft does or does not; it asks only when it sees more than half of the nodes,
 * the leader itself answers and calls itself unhealthy for several looks, and another node is healthy, level and follows
 * this very leader; and not again before a pause is over. A leader that it cannot see is Raft's to replace: perhaps only
 * the watchdog is cut off.
 */
import type { Condition } from '@baton/herald';

/** One node as seen now; `status` null: no answer. */
export interface Seen {
  /** As the watchdog was told to find it. */
  readonly address: string;
  readonly status: SeenStatus | null;
  /** It is there, and does not take the watchdog's token, or shows a certificate that is not trusted; '' for no answer. */
  readonly refusal?: string;
}

export interface SeenStatus {
  readonly node: string;
  readonly role: string;
  readonly term: number;
  readonly leader: string | null;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly gateOpen: boolean;
  /** `GET /health` said 200. */
  readonly healthy: boolean;
  /** What it said was wrong; '' for nothing. */
  readonly problem: string;
}

export interface WatchdogSettings {
  /** Looks in a row in which the leader must be unhealthy. */
  readonly unhealthyLooks: number;
  /** Looks in a row without an answer before a node is told as down. */
  readonly downLooks: number;
  readonly coolDownMs: number;
  /** false: it watches and tells only. */
  readonly transfers: boolean;
}

export interface Verdict {
  readonly conditions: readonly Condition[];
  /** Who leads with an open gate, for load balancers; null: not known, leave them as they are. */
  readonly primary: SeenStatus | null;
  /** Node that should lead; null: nothing is to be asked. */
  readonly transferTo: SeenStatus | null;
}

/** Entries that the next leader may lack: what is under way. */
const LAG_ENTRIES_MAX = 64;

export class WatchdogJudge {
  readonly #settings: WatchdogSettings;
  /** By address: looks in a row without an answer. */
  readonly #silent = new Map<string, number>();
  /** By node's name, once it was heard. */
  readonly #names = new Map<string, string>();
  #unhealthyLooks = 0;
  #unhealthyLeader = '';
  #askedMs = Number.NEGATIVE_INFINITY;
  #leaderless = 0;

  constructor(settings: WatchdogSettings) {
    this.#settings = settings;
  }

  look(seen: readonly Seen[], nowMs: number): Verdict {
    const alive = seen.flatMap(({ status }) => (status === null ? [] : [status]));
    for (const { address, status } of seen) {
      this.#silent.set(address, status === null ? (this.#silent.get(address) ?? 0) + 1 : 0);
      if (status !== null) this.#names.set(address, status.node);
    }
    const leader = alive.filter(({ role }) => role === 'leader').sort((a, b) => b.term - a.term)[0];
    this.#leaderless = leader === undefined ? this.#leaderless + 1 : 0;
    this.#countUnhealthy(leader);
    const isBlind = seen.some(({ refusal = '' }) => refusal !== '');
    const transferTo = this.#successor(seen.length, alive, leader, nowMs);
    if (transferTo !== null) this.#askedMs = nowMs;
    return {
      conditions: [
        ...this.#nodeConditions(seen, leader),
        ...this.#leaderConditions(seen.length, alive, leader, isBlind),
      ],
      primary: leader?.gateOpen === true && isFollowed(leader, alive, seen.length) ? leader : null,
      transferTo,
    };
  }

  /** A leader of the same name in a later term is judged anew. */
  #countUnhealthy(leader: SeenStatus | undefined): void {
    const key = leader === undefined ? '' : `${leader.node} ${leader.term}`;
    const isIll = leader !== undefined && !leader.healthy;
    this.#unhealthyLooks = isIll ? (key === this.#unhealthyLeader ? this.#unhealthyLooks + 1 : 1) : 0;
    this.#unhealthyLeader = key;
  }

  #successor(
    total: number,
    alive: readonly SeenStatus[],
    leader: SeenStatus | undefined,
    nowMs: number,
  ): SeenStatus | null {
    const { coolDownMs, transfers, unhealthyLooks } = this.#settings;
    if (!transfers || leader === undefined || alive.length <= total / 2) return null;
    if (this.#unhealthyLooks < unhealthyLooks || nowMs - this.#askedMs < coolDownMs) return null;
    const fit = alive.filter(
      ({ appliedIndex, healthy, leader: follows, node, role, term }) =>
        healthy &&
        role === 'follower' &&
        node !== leader.node &&
        follows === leader.node &&
        term === leader.term &&
        leader.commitIndex - appliedIndex <= LAG_ENTRIES_MAX,
    );
    return fit.toSorted((a, b) => b.appliedIndex - a.appliedIndex)[0] ?? null;
  }

  #nodeConditions(seen: readonly Seen[], leader: SeenStatus | undefined): Condition[] {
    return seen.flatMap(({ address, refusal = '', status }) => {
      const subject = status?.node ?? this.#names.get(address) ?? address;
      if (status === null) {
        if (refusal !== '')
          return [condition('NODE_REFUSES', subject, 'critical', `the watchdog is blind: ${refusal}`)];
        if ((this.#silent.get(address) ?? 0) < this.#settings.downLooks) return [];
        return [condition('NODE_DOWN', subject, 'critical', `${address} does not answer`)];
      }
      if (status.healthy) return [];
      const severity = status.node === leader?.node ? 'critical' : 'warning';
      return [condition('NODE_UNHEALTHY', subject, severity, status.problem || 'GET /health says 503')];
    });
  }

  #leaderConditions(
    total: number,
    alive: readonly SeenStatus[],
    leader: SeenStatus | undefined,
    isBlind: boolean,
  ): Condition[] {
    if (leader === undefined) {
      // Whom it may not ask may well lead.
      if (isBlind || this.#leaderless < this.#settings.downLooks) return [];
      return [condition('NO_LEADER', '', 'critical', `nobody leads; ${alive.length} of ${total} nodes answer`)];
    }
    const twice = alive.filter(
      ({ node, role, term }) => role === 'leader' && term === leader.term && node !== leader.node,
    );
    const split = twice.map(({ node, term }) =>
      condition('TWO_LEADERS', `term ${term}`, 'critical', `${leader.node} and ${node} both say that they lead it`),
    );
    const closed = leader.gateOpen
      ? []
      : [condition('GATE_CLOSED', leader.node, 'warning', 'the leader cannot trade: a gate is closed')];
    return [...split, ...closed];
  }
}

/** An old leader that is cut off must not take the clients with it: more than half must know it, itself included. */
function isFollowed(leader: SeenStatus, alive: readonly SeenStatus[], total: number): boolean {
  const followers = alive.filter(
    ({ leader: follows, node, term }) => node === leader.node || (follows === leader.node && term === leader.term),
  );
  return followers.length > total / 2;
}

function condition(code: string, subject: string, severity: Condition['severity'], text: string): Condition {
  return { code, subject, severity, text };
}
