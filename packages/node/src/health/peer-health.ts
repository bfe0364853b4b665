/**
 * What this node knows of the others' health: asked once a second, each answer good for three. Who never answered counts
 * as unfit: leadership is given to nobody of whom nothing is known.
 */
import type { Clock, Timer } from '@baton/host';
import { type ClockOffset, ClockOffsetEstimate } from './clock-offset.ts';
import { decodeHealth, encodeHealth, type HealthAnswer } from './health-message.ts';

const ASK_EVERY_MS = 1000;
/** No question's moment. */
const UNASKED = -1;
const GOOD_FOR_MS = 3 * ASK_EVERY_MS;

/** A node's last words about itself. */
export interface PeerReport {
  readonly nodeId: number;
  readonly ageMs: number;
  readonly problems: ReadonlyMap<string, string>;
  readonly reached: readonly string[];
  /** Its wall clock minus ours. */
  readonly clock: ClockOffset | undefined;
}

export interface PeerHealthOptions {
  readonly clock: Clock;
  readonly peers: () => readonly number[];
  readonly tell: (nodeId: number, bytes: Uint8Array) => void;
  /** Venues that this node, leading, cannot reach. */
  readonly venuesDown: () => readonly string[];
  /** What this node says of itself; `venues`: those that are asked about. */
  readonly own: (venues: readonly string[]) => Omit<HealthAnswer, 'kind' | 'sentUs' | 'wallUs'>;
  readonly heardCalm: (remainingMs: number) => void;
}

interface Heard {
  atUs: number;
  answer: HealthAnswer | undefined;
  readonly estimate: ClockOffsetEstimate;
}

export class PeerHealth {
  readonly #options: PeerHealthOptions;
  readonly #heard = new Map<number, Heard>();
  #timer: Timer | undefined;

  constructor(options: PeerHealthOptions) {
    this.#options = options;
  }

  start(): void {
    this.ask();
    this.#timer = this.#options.clock.setTimer(ASK_EVERY_MS, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  ask(): void {
    const { clock, peers, tell, venuesDown } = this.#options;
    const venues = venuesDown();
    for (const id of peers()) tell(id, encodeHealth({ kind: 'ask', sentUs: clock.monotonicUs(), venues }));
  }

  /** Tells the others at once, unasked. */
  announce(): void {
    const { clock, own, peers, tell } = this.#options;
    const words = encodeHealth({ kind: 'told', sentUs: UNASKED, wallUs: clock.wallUs(), ...own([]) });
    for (const id of peers()) tell(id, words);
  }

  /** Bytes of another node's health. */
  heard(from: number, bytes: Uint8Array): void {
    const { clock, heardCalm, own, tell } = this.#options;
    const message = decodeHealth(bytes);
    if (message === undefined) return;
    const { sentUs } = message;
    if (message.kind === 'ask') {
      tell(from, encodeHealth({ kind: 'told', sentUs, wallUs: clock.wallUs(), ...own(message.venues) }));
      return;
    }
    const nowUs = clock.monotonicUs();
    const known = this.#heard.get(from) ?? { atUs: nowUs, answer: undefined, estimate: new ClockOffsetEstimate() };
    known.atUs = nowUs;
    known.answer = message;
    if (sentUs !== UNASKED) known.estimate.add(sentUs, nowUs, clock.wallUs(), message.wallUs);
    this.#heard.set(from, known);
    heardCalm(message.calmMs);
  }

  /** What was heard lately enough to count, by node. */
  reports(): ReadonlyMap<number, PeerReport> {
    const nowUs = this.#options.clock.monotonicUs();
    const found = new Map<number, PeerReport>();
    for (const [nodeId, { answer, atUs, estimate }] of this.#heard) {
      const ageMs = (nowUs - atUs) / 1000;
      if (answer === undefined || ageMs > GOOD_FOR_MS) continue;
      const { problems, reached } = answer;
      found.set(nodeId, { nodeId, ageMs, problems: new Map(problems), reached, clock: estimate.at(nowUs) });
    }
    return found;
  }
}
