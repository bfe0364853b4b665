/**
 * The entries of a trading day, made without a ledger: orders in blocks, first all submitted, then all acknowledged, then
 * all filled but a few that stay open. The ClOrdIDs in the venue's answers are those that the ledger makes from the index,
 * so the maker of entries needs none of the memory that is measured.
 */
import { formatUtcTimestamp } from '@baton/fix';
import { type Configuration, encodeCommand } from '@baton/ledger';

export const START_US = 1_767_614_400_000_000;
export const CONNECTION = 65_537;
/** Time from one entry to the next. */
export const STEP_US = 10;

export const CONFIGURATION: Configuration = {
  clusterId: 'bench',
  incarnation: 1,
  instruments: [{ symbol: 'BTC-USD', venue: 'SIM', priceScale: 2, quantityScale: 6 }],
  venues: [
    {
      venue: 'SIM',
      beginString: 'FIX.4.4',
      senderCompId: 'BATON',
      targetCompId: 'SIM',
      account: 'ACC1',
      heartBtIntS: 0,
      nextExpectedMsgSeqNum: true,
      neverReceivedPolicy: 'void',
      orderMaxAgeMs: 1000,
    },
  ],
  limits: {
    orderQuantityMax: '1000',
    orderNotionalMax: '100000000',
    positionMax: '1000000000',
    openOrdersMax: 100_000,
  },
};

/** What an entry is; its number stands in the pipe. */
export const ENTRY_KINDS = ['begin', 'setup', 'submit', 'acknowledge', 'fill'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface WorkloadEntry {
  readonly kind: EntryKind;
  readonly command: Uint8Array;
}

export interface WorkloadOptions {
  /** Orders in all. */
  readonly orders: number;
  /** Orders of one block. */
  readonly block: number;
  /** Of each block so many stay open, until `openMax` are. */
  readonly keptOpen: number;
  readonly openMax: number;
}

export class Workload {
  #index = 0;
  #venueSeq = 0;
  #order = 0;
  #execution = 0;
  #open = 0;

  /** A ledger that begins anew, with the gate open. */
  *begin(): Generator<WorkloadEntry, void, undefined> {
    this.#index = 0;
    this.#venueSeq = 0;
    this.#order = 0;
    this.#execution = 0;
    this.#open = 0;
    yield { kind: 'begin', command: new Uint8Array(0) };
    yield this.#entry('setup', encodeCommand({ type: 'TakeoverStarted', node: 1 }));
    yield this.#entry('setup', encodeCommand({ type: 'Configure', configuration: CONFIGURATION }));
    yield this.#entry('setup', encodeCommand({ type: 'TransportUp', venue: 'SIM', connectionId: CONNECTION }));
    yield this.#entry('setup', this.#frame('A', '98=0|108=0|789=2'));
  }

  *orders(options: WorkloadOptions): Generator<WorkloadEntry, void, undefined> {
    for (let left = options.orders; left > 0; left -= options.block) {
      const ids: string[] = [];
      const count = Math.min(left, options.block);
      for (let n = 0; n < count; n += 1) {
        // The ledger makes ClOrdIDs of the index, in base 36.
        ids.push(`BENC-1-${(this.#index + 1).toString(36).toUpperCase()}`);
        yield this.#entry('submit', this.#submit());
      }
      for (let n = 0; n < count; n += 1) yield this.#entry('acknowledge', this.#answer(ids[n] as string, false, n));
      const kept = Math.min(options.keptOpen, options.openMax - this.#open, count);
      this.#open += kept;
      for (let n = kept; n < count; n += 1) yield this.#entry('fill', this.#answer(ids[n] as string, true, n));
    }
  }

  #entry(kind: EntryKind, command: Uint8Array): WorkloadEntry {
    this.#index += 1;
    return { kind, command };
  }

  #submit(): Uint8Array {
    this.#order += 1;
    return encodeCommand({
      type: 'SubmitOrder',
      clientKey: `maker-${this.#order}`,
      strategyId: 'maker',
      symbol: 'BTC-USD',
      side: this.#order % 2 === 0 ? 'buy' : 'sell',
      orderType: 'limit',
      timeInForce: 'day',
      quantity: '0.125',
      price: '64000.5',
    });
  }

  /** The venue's answer to an order: acknowledged, or filled. */
  #answer(clOrdId: string, filled: boolean, n: number): Uint8Array {
    this.#execution += 1;
    const side = n % 2 === 0 ? '1' : '2';
    const what = filled ? '150=F|39=2|32=0.125|31=64000.5|14=0.125|151=0|6=64000.5' : '150=0|39=0|14=0|151=0.125|6=0';
    const ids = `37=V${this.#execution}|11=${clOrdId}|17=E${this.#execution}`;
    return this.#frame('8', `${ids}|55=BTC-USD|54=${side}|38=0.125|${what}|60=20260105-12:00:00.000`);
  }

  /** Put together as text, with `|` for the separator: three million of these must not be what takes the time. */
  #frame(msgType: string, fields: string): Uint8Array {
    this.#venueSeq += 1;
    const sendingTime = formatUtcTimestamp(START_US + this.#index * STEP_US);
    const head = `35=${msgType}|34=${this.#venueSeq}|49=SIM|56=BATON|52=${sendingTime}|`;
    const body = `${head}${fields}|`;
    const text = `8=FIX.4.4|9=${body.length}|${body}`.replaceAll('|', '\u0001');
    let sum = 0;
    for (let at = 0; at < text.length; at += 1) sum += text.charCodeAt(at);
    const bytes = Buffer.from(`${text}10=${String(sum % 256).padStart(3, '0')}\u0001`, 'latin1');
    return encodeCommand({ type: 'InboundFix', venue: 'SIM', connectionId: CONNECTION, bytes });
  }
}
