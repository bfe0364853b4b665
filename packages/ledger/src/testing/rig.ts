/**
 * A ledger under test with a log of its own, and the venue's side of the wire: tests say what happens, the rig makes
 * entries of it, numbers the venue's messages, and keeps what the leader would have written. The other side is not
 * simulated: what the venue says is up to the test.
 */
import { type BodyField, encodeBody, encodeMessage, Tag } from '@baton/fix';
import {
  type Applied,
  type AuthoredCommand,
  type Command,
  type Configuration,
  type Effect,
  encodeCommand,
  Ledger,
  type LedgerEntry,
  type LedgerEvent,
} from '../index.ts';
import { configuration } from './some-configuration.ts';

/** Monday, 5 January 2026, 12:00 UTC. */
export const START_US = 1_767_614_400_000_000;

export interface InboundOptions {
  /** MsgSeqNum; default is the venue's next. */
  readonly seq?: number;
  readonly possDup?: boolean;
}

export class Rig {
  ledger: Ledger;
  readonly log: LedgerEntry[] = [];
  readonly history: Applied[] = [];
  term = 0;
  index = 0;
  timeUs = START_US;
  /** MsgSeqNum of the venue's next message. */
  venueNext = 1;
  connectionId = 0;
  #keys = 0;
  #executions = 0;

  constructor(ledger: Ledger = new Ledger()) {
    this.ledger = ledger;
  }

  apply(command: AuthoredCommand): Applied {
    return this.applyBytes(encodeCommand(command));
  }

  applyBytes(command: Uint8Array): Applied {
    this.index += 1;
    this.timeUs += 100;
    const entry = { index: this.index, term: this.term, timeUs: this.timeUs, command };
    this.log.push(entry);
    const applied = this.ledger.apply(entry);
    this.history.push(applied);
    return applied;
  }

  /** Configured, taken over, logged on, gate open. */
  open(changes: Partial<Configuration> = {}): this {
    this.takeover();
    this.configure(changes);
    this.connect();
    this.logon();
    return this;
  }

  configure(changes: Partial<Configuration> = {}): Applied {
    return this.apply({ type: 'Configure', configuration: configuration(changes) });
  }

  takeover(node = 1): Applied {
    this.term += 1;
    return this.apply({ type: 'TakeoverStarted', node });
  }

  /** Through one of the venue's gateways. Where numbers restart with every logon, the venue's do, too. */
  connect(gateway?: 0 | 1): Applied {
    this.connectionId = Math.max(this.connectionId + 1, this.term * 65_536 + 1);
    const { connectionId } = this;
    const facts = this.ledger.configuration()?.venues[0]?.facts;
    if (facts?.sequence === 'reset-at-logon') this.venueNext = 1;
    return this.apply({
      type: 'TransportUp',
      venue: 'SIM',
      connectionId,
      ...(gateway === undefined ? {} : { gateway }),
    });
  }

  disconnect(reason = 'closed'): Applied {
    return this.apply({ type: 'TransportDown', venue: 'SIM', connectionId: this.connectionId, reason });
  }

  /** The venue's Logon; `nextExpected` defaults to "I have everything". */
  logon(nextExpected: number | null = this.uses789() ? this.nextOut() : null): Applied {
    const fields: BodyField[] = [
      [Tag.EncryptMethod, 0],
      [Tag.HeartBtInt, 5],
    ];
    const facts = this.ledger.configuration()?.venues[0]?.facts;
    if (facts?.resetSeqNumFlag === 'Y') fields.push([Tag.ResetSeqNumFlag, 'Y']);
    if (this.beginString() === 'FIXT.1.1') fields.push([Tag.DefaultApplVerID, '9']);
    if (nextExpected !== null) fields.push([Tag.NextExpectedMsgSeqNum, nextExpected]);
    return this.inbound('A', fields);
  }

  inbound(msgType: string, fields: readonly BodyField[], options: InboundOptions = {}): Applied {
    const bytes = this.frame(msgType, fields, options);
    return this.apply({ type: 'InboundFix', venue: 'SIM', connectionId: this.connectionId, bytes });
  }

  frame(msgType: string, fields: readonly BodyField[], options: InboundOptions = {}): Uint8Array {
    const seq = options.seq ?? this.venueNext;
    if (options.seq === undefined || seq >= this.venueNext) this.venueNext = seq + 1;
    const possDup = options.possDup ?? false;
    return encodeMessage(
      {
        beginString: this.beginString(),
        msgType,
        msgSeqNum: seq,
        senderCompId: 'SIM',
        targetCompId: this.ledger.sessions()[0]?.senderCompId ?? 'BATON',
        sendingTimeUs: this.timeUs,
        ...(possDup ? { possDup, origSendingTimeUs: this.timeUs - 1000 } : {}),
      },
      encodeBody(fields),
    );
  }

  /** An ExecutionReport; ExecID is new unless given among the fields. */
  report(fields: Readonly<Record<number, string>>, options: InboundOptions = {}): Applied {
    this.#executions += 1;
    const all = { 17: `e${this.#executions}`, 55: 'BTC-USD', 54: '1', ...fields };
    return this.inbound(
      '8',
      Object.entries(all).map(([tag, value]) => [Number(tag), value] as const),
      options,
    );
  }

  /** The venue's answers over HTTP, brought by the leader: reports with 150=I unless they say otherwise. */
  answer(question: number, reports: readonly Readonly<Record<number, string>>[]): Applied {
    const bytes = reports.map((fields) => {
      const all = { 17: '0', 150: 'I', 55: 'BTC-USD', 54: '1', ...fields };
      const body = encodeBody(Object.entries(all).map(([tag, value]) => [Number(tag), value] as const));
      const header = { beginString: this.beginString(), senderCompId: 'SIM', targetCompId: 'BATON' };
      return encodeMessage({ ...header, msgType: '8', msgSeqNum: 1, sendingTimeUs: this.timeUs }, body);
    });
    return this.apply({ type: 'VenueAnswer', venue: 'SIM', question, reports: bytes });
  }

  /** The ledger becomes what its snapshot holds. */
  reload(): void {
    const before = this.ledger.hash();
    this.ledger = Ledger.restore(this.ledger.snapshot());
    if (this.ledger.hash() !== before) throw new Error('the restored ledger differs');
  }

  submit(changes: Partial<Extract<Command, { type: 'SubmitOrder' }>> = {}): Applied {
    this.#keys += 1;
    return this.apply({
      type: 'SubmitOrder',
      clientKey: `k${this.#keys}`,
      strategyId: 's1',
      symbol: 'BTC-USD',
      side: 'buy',
      orderType: 'limit',
      timeInForce: 'day',
      quantity: '10',
      price: '100',
      ...changes,
    });
  }

  /** Submits and returns the ClOrdID; throws when it was denied. */
  order(changes: Partial<Extract<Command, { type: 'SubmitOrder' }>> = {}): string {
    return acceptedId(this.submit(changes));
  }

  /** An order that the venue has acknowledged. */
  workingOrder(changes: Partial<Extract<Command, { type: 'SubmitOrder' }>> = {}): string {
    const clOrdId = this.order(changes);
    this.acknowledge(clOrdId);
    return clOrdId;
  }

  acknowledge(clOrdId: string): Applied {
    const { quantity, side } = this.view(clOrdId);
    return this.report({
      11: clOrdId,
      37: `V-${clOrdId}`,
      150: '0',
      39: '0',
      14: '0',
      151: quantity,
      54: side === 'buy' ? '1' : '2',
    });
  }

  /** A trade with figures that agree with the ledger's. */
  fill(clOrdId: string, quantity: number, price = '100', extra: Readonly<Record<number, string>> = {}): Applied {
    const view = this.view(clOrdId);
    const cum = Number(view.cumQuantity) + quantity;
    const leaves = Number(view.quantity) - cum;
    return this.report({
      11: view.clOrdId,
      37: `V-${clOrdId}`,
      150: 'F',
      39: leaves > 0 ? '1' : '2',
      32: String(quantity),
      31: price,
      14: String(cum),
      151: String(Math.max(0, leaves)),
      54: view.side === 'buy' ? '1' : '2',
      55: view.symbol,
      ...extra,
    });
  }

  cancel(clOrdId: string): Applied {
    this.#keys += 1;
    return this.apply({ type: 'CancelOrder', clientKey: `k${this.#keys}`, strategyId: 's1', clOrdId });
  }

  replace(clOrdId: string, quantity: string, price: string): Applied {
    this.#keys += 1;
    const clientKey = `k${this.#keys}`;
    return this.apply({ type: 'ReplaceOrder', clientKey, strategyId: 's1', clOrdId, quantity, price });
  }

  tick(afterMs = 0): Applied {
    this.timeUs += afterMs * 1000;
    return this.apply({ type: 'Tick' });
  }

  view(clOrdId: string) {
    const view = this.ledger.order(clOrdId);
    if (view === undefined) throw new Error(`no order ${clOrdId}`);
    return view;
  }

  /** ClOrdID of the last change that was sent for an order; undefined when none was. */
  pendingOf(clOrdId: string): string | undefined {
    const { clOrdId: working } = this.view(clOrdId);
    const asked = this.written().filter((text) => /^35=[FG] /.test(text) && text.includes(` 41=${working} `));
    return / 11=(\S+)/.exec(asked.at(-1) ?? '')?.[1];
  }

  beginString(): string {
    return this.ledger.configuration()?.venues[0]?.beginString ?? 'FIX.4.4';
  }

  uses789(): boolean {
    return this.ledger.configuration()?.venues[0]?.nextExpectedMsgSeqNum ?? true;
  }

  nextOut(): number {
    const session = this.ledger.sessions()[0];
    if (session === undefined) throw new Error('no session yet');
    return session.nextOut;
  }

  /** Everything written since the beginning, or since `from` entries, as wire text. */
  written(from = 0): string[] {
    return this.history.slice(from).flatMap((applied) => wire(applied.effects));
  }

  events<Type extends LedgerEvent['type']>(type: Type, from = 0): Extract<LedgerEvent, { type: Type }>[] {
    return this.history
      .slice(from)
      .flatMap((applied) => applied.events)
      .filter((event): event is Extract<LedgerEvent, { type: Type }> => event.type === type);
  }

  alarms(from = 0): string[] {
    return this.events('Alarm', from).map((event) => event.code);
  }
}

export function acceptedId(applied: Applied): string {
  if (!applied.result.ok) throw new Error(`denied: ${applied.result.code} ${applied.result.text}`);
  return applied.result.clOrdId;
}

/** `35=… 34=… [43=Y] body` with blanks between the fields: a message without what the shell adds (8, 9, 49, 56, 52, 122, 10). */
export function wire(effects: readonly Effect[]): string[] {
  return effects
    .filter((effect) => effect.type === 'SendFix')
    .map((effect) => {
      const body = Buffer.from(effect.body).toString('latin1').split('\u0001').slice(0, -1);
      return [`35=${effect.msgType}`, `34=${effect.msgSeqNum}`, ...(effect.possDup ? ['43=Y'] : []), ...body].join(' ');
    });
}
