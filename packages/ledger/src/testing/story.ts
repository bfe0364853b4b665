/**
 * Random stories of a cluster and its venue for property tests: orders, cancels, replaces, trades, lost connections and
 * leaders killed with messages committed but not written, written but not received, answered but not read. A story is a
 * list of numbers, so that a failing one can be shrunk and kept.
 */
import { encodeTransmit } from '@baton/fix';
import type { Applied, Horizons } from '../index.ts';
import { Ledger } from '../index.ts';
import { ModelVenue, statusOf } from './model-venue.ts';
import { profiled } from './profiled.ts';
import { Rig } from './rig.ts';
import { configuration, SIM } from './some-configuration.ts';

export interface StoryOptions {
  readonly nextExpectedMsgSeqNum: boolean;
  readonly neverReceivedPolicy: 'void' | 'resend';
  /** The venue's engine answers later than its session counts. */
  readonly slowVenue: boolean;
  readonly horizons?: Horizons;
  /** A venue by its profile; then the first two options are the profile's. */
  readonly profile?: 'deribit-like' | 'binance-like';
}

/** What a step of a story may be; the second number chooses among orders, quantities, how much is lost. */
const STEPS = [
  'submit',
  'submit',
  'submit',
  'retry',
  'cancel',
  'cancel',
  'replace',
  'write',
  'write',
  'arrive',
  'arrive',
  'read',
  'read',
  'flow',
  'flow',
  'flow',
  'flow',
  'flow',
  'trade',
  'trade',
  'trade',
  'trade',
  'kill',
  'drop',
  'tick',
  'snapshot',
  'massCancel',
  'venueCancel',
  'work',
  'work',
  'work',
] as const;

export class Story {
  readonly rig: Rig;
  readonly venue: ModelVenue;
  readonly options: StoryOptions;
  /** Committed and not written. */
  #unwritten: Uint8Array[] = [];
  /** Written and not received. */
  #toVenue: Uint8Array[] = [];
  #lastKey = 0;

  constructor(options: StoryOptions) {
    this.options = options;
    this.rig = new Rig(new Ledger(options.horizons));
    const { neverReceivedPolicy, nextExpectedMsgSeqNum, profile, slowVenue: isSlow } = options;
    const changes = { neverReceivedPolicy, orderMaxAgeMs: 20_000 };
    const classic = { ...SIM, nextExpectedMsgSeqNum, ...changes };
    const configured = profile === undefined ? classic : profiled(profile, changes);
    const resets = configured.facts?.sequence === 'reset-at-logon';
    this.venue = new ModelVenue({ nextExpectedMsgSeqNum: configured.nextExpectedMsgSeqNum, isSlow, resets });
    const venues = [configured];
    this.rig.takeover();
    this.rig.apply({ type: 'Configure', configuration: configuration({ venues }) });
    this.#connect();
    this.settle();
  }

  step(kind: number, choice: number): void {
    const { rig, venue } = this;
    switch (STEPS[kind % STEPS.length] as (typeof STEPS)[number]) {
      case 'submit':
        this.#lastKey += 1;
        this.#submit(this.#lastKey, choice);
        return;
      case 'retry':
        this.#submit(this.#lastKey, choice);
        return;
      case 'cancel':
        this.#withOrder(choice, (clOrdId) => this.#take(rig.cancel(clOrdId)));
        return;
      case 'replace':
        this.#withOrder(choice, (clOrdId) =>
          this.#take(rig.replace(clOrdId, String(1 + (choice % 15)), String(90 + (choice % 7)))),
        );
        return;
      case 'write':
        this.#write();
        return;
      case 'arrive':
        this.#arrive(1 + (choice % 4));
        return;
      case 'read':
        this.#read(1 + (choice % 4));
        return;
      case 'flow':
        this.#write();
        this.#arrive(this.#toVenue.length);
        this.#read(this.venue.sent.length);
        return;
      case 'trade':
        this.#trade(choice);
        return;
      case 'kill':
        if (choice % 2 === 0) return;
        this.#lose(choice);
        this.#take(rig.takeover(1 + (choice % 3)));
        this.#connect();
        return;
      case 'drop':
        if (choice % 2 === 0) return;
        this.#lose(choice);
        this.#take(rig.disconnect());
        this.#connect();
        return;
      case 'tick':
        this.#tick(choice % 4000);
        return;
      case 'snapshot':
        rig.ledger = Ledger.restore(rig.ledger.snapshot());
        return;
      case 'massCancel':
        if (choice % 4 === 0) {
          const strategyId = choice % 8 === 0 ? 's1' : '';
          this.#take(rig.apply({ type: 'MassCancel', clientKey: `m${rig.index}`, strategyId }));
        }
        return;
      case 'work':
        venue.work(1 + (choice % 5));
        return;
      case 'venueCancel': {
        const open = venue.openOrders();
        const order = open[choice % Math.max(1, open.length)];
        if (order !== undefined) venue.cancel(order, rig.timeUs);
      }
    }
  }

  /** Lets everything arrive, until nobody has anything to say. */
  settle(): void {
    for (let round = 0; round < 200; round += 1) {
      if (this.rig.ledger.sessions()[0]?.connectionId === 0) this.#connect();
      this.#write();
      const quiet = this.#toVenue.length === 0 && this.venue.sent.length === 0 && this.venue.backlog === 0;
      if (this.#toVenue.length === 0 && this.venue.sent.length === 0) this.venue.work(this.venue.backlog);
      this.#arrive(this.#toVenue.length);
      this.#read(this.venue.sent.length);
      if (quiet && !this.venue.isActive && this.rig.ledger.sessions()[0]?.connectionId !== 0) {
        // The venue has heard nothing for too long and hung up: what it was sent after that is lost, and the line ends.
        this.#take(this.rig.disconnect());
        continue;
      }
      if (quiet && this.rig.ledger.gate('SIM').open) return;
      if (quiet) this.#tick(1000);
    }
    throw new Error(`did not settle: ${JSON.stringify(this.rig.ledger.sessions())}`);
  }

  #submit(key: number, choice: number): void {
    const { rig } = this;
    this.#take(
      rig.submit({
        clientKey: `c${key}`,
        strategyId: key % 2 === 0 ? 's1' : 's2',
        side: key % 3 === 0 ? 'sell' : 'buy',
        quantity: String(1 + (key % 9)),
        price: choice % 11 === 0 ? '13' : '100',
      }),
    );
  }

  #withOrder(choice: number, act: (clOrdId: string) => void): void {
    const orders = this.rig.ledger.orders();
    const order = orders[choice % Math.max(1, orders.length)];
    if (order !== undefined) act(order.rootClOrdId);
  }

  #trade(choice: number): void {
    const open = this.venue.openOrders();
    const order = open[choice % Math.max(1, open.length)];
    if (order === undefined) return;
    this.venue.trade(order, 1 + (choice % (order.quantity - order.cum)), this.rig.timeUs);
  }

  /** The connection ends: some of what was committed is still written, some of what was written still arrives. */
  #lose(choice: number): void {
    const written = this.#unwritten.slice(0, choice % (this.#unwritten.length + 1));
    this.#toVenue.push(...written);
    this.#unwritten = [];
    this.#arrive((choice >> 3) % (this.#toVenue.length + 1));
    this.#toVenue = [];
    this.venue.disconnected(this.rig.timeUs);
  }

  #connect(): void {
    this.#unwritten = [];
    this.#toVenue = [];
    this.venue.disconnected(this.rig.timeUs);
    const connected = this.rig.connect();
    this.venue.connected(this.rig.timeUs, this.rig.ledger.sessions()[0]?.senderCompId ?? '');
    this.#take(connected);
  }

  #tick(afterMs: number): void {
    this.#take(this.rig.tick(afterMs));
    this.venue.tick(this.rig.timeUs);
  }

  #write(): void {
    this.#toVenue.push(...this.#unwritten);
    this.#unwritten = [];
  }

  #arrive(count: number): void {
    for (const frame of this.#toVenue.splice(0, count)) this.venue.received(frame, this.rig.timeUs);
  }

  #read(count: number): void {
    for (const bytes of this.venue.sent.splice(0, count)) {
      const { connectionId } = this.rig;
      this.#take(this.rig.apply({ type: 'InboundFix', venue: 'SIM', connectionId, bytes }));
    }
  }

  /** Over HTTP: the venue's engine has looked at everything that it received before. */
  #answer(question: number, clOrdIds: readonly string[]): void {
    this.venue.work(this.venue.backlog);
    const reports = clOrdIds.flatMap((clOrdId): Record<number, string>[] => {
      const order = this.venue.find(clOrdId);
      if (order === undefined) return [{ 11: clOrdId, 39: '8', 103: '5' }];
      const { cum, current, fills, quantity, root, side, symbol } = order;
      const names = { 37: `V-${root}`, 11: current, 54: side, 55: symbol };
      const executions = fills.map((fill) => {
        return { ...names, 17: fill.execId, 150: 'F', 39: '1', 32: String(fill.quantity), 31: '100' };
      });
      const open = order.state === 'open' ? quantity - cum : 0;
      const state = { ...names, 39: statusOf(order), 38: String(quantity), 14: String(cum), 151: String(open) };
      return [...executions, { ...state, ...(order.state === 'rejected' ? { 103: '99' } : {}) }];
    });
    this.#take(this.rig.answer(question, reports));
  }

  /** What the leader does with the effects of an entry: queue what belongs to its connection. */
  #take(applied: Applied): void {
    for (const effect of applied.effects) {
      if (effect.connectionId !== this.rig.connectionId) continue;
      if (effect.type === 'AskVenue') this.#answer(effect.question, effect.clOrdIds);
      if (effect.type === 'CloseTransport') {
        this.#write();
        this.#arrive(this.#toVenue.length);
        this.venue.disconnected(this.rig.timeUs);
        continue;
      }
      if (effect.type !== 'SendFix') continue;
      const { body, clOrdId: key, msgSeqNum: seq, msgType, possDup, timeUs } = effect;
      const slot = { seq, msgType, body, timeUs, key };
      const header = {
        beginString: 'FIX.4.4',
        senderCompId: effect.senderCompId,
        targetCompId: 'SIM',
        timestampPrecision: 'ms',
      } as const;
      this.#unwritten.push(encodeTransmit(header, { slot, possDup }, this.rig.timeUs));
    }
  }
}
