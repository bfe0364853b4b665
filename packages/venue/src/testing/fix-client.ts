/**
 * A FIX 4.4 client over bytes for tests of the venue: the initiator session of `fix`, with everything it sent and got. It
 * outlives its connections as a cluster does, so a reconnect goes on with the same numbers.
 */
import {
  type BodyField,
  encodeBody,
  encodeTransmit,
  type FixMessage,
  FixSession,
  Framer,
  formatUtcTimestamp,
  MsgType,
  parseMessage,
  type SessionOutput,
  Tag,
} from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';

export interface Delivered {
  readonly message: FixMessage;
  readonly seq: number;
  readonly possDup: boolean;
}

export interface FixClientOptions {
  readonly nextExpected?: boolean;
  readonly targetCompId?: string;
  /** Whose session it speaks; default: FIX 4.4 with numbers that live on. */
  readonly profile?: VenueProfile;
  readonly heartBtIntS?: number;
  readonly resetOnLogon?: boolean;
  readonly logonFields?: readonly BodyField[];
}

export class FixClient {
  readonly session: FixSession;
  /** Application messages in sequence. */
  readonly delivered: Delivered[] = [];
  /** Every message that came off the wire, admin included, over all connections. */
  readonly wire: FixMessage[] = [];
  readonly alarms: string[] = [];
  #framer = new Framer();
  #outgoing: Buffer[] = [];

  constructor(compId: string, options: FixClientOptions = {}) {
    const { profile } = options;
    this.session = new FixSession(
      {
        role: 'initiator',
        beginString: profile?.session.beginString ?? 'FIX.4.4',
        defaultApplVerId: profile?.session.defaultApplVerId,
        senderCompId: compId,
        targetCompId: options.targetCompId ?? 'SIM',
        heartBtIntS: options.heartBtIntS ?? 5,
        resetOnLogon: options.resetOnLogon ?? profile?.session.sequence === 'reset-at-logon',
        sendNextExpectedMsgSeqNum: options.nextExpected ?? profile?.session.nextExpectedMsgSeqNum ?? true,
        logonFields: options.logonFields,
      },
      { onResend: () => 'gap-fill' },
    );
  }

  get isLoggedOn(): boolean {
    return this.session.state.status === 'active';
  }

  /** Bytes to write since the last call. */
  takeOutgoing(): Buffer[] {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    return outgoing;
  }

  connected(timeUs: number): void {
    this.#framer = new Framer();
    this.#carryOut(this.session.connected(timeUs), timeUs);
  }

  disconnected(timeUs: number): void {
    this.#outgoing = [];
    this.#carryOut(this.session.disconnected(timeUs), timeUs);
  }

  received(bytes: Uint8Array, timeUs: number): void {
    this.#framer.push(bytes);
    for (let frame = this.#framer.next(); frame !== undefined; frame = this.#framer.next()) {
      if (frame.type === 'garbled') throw new Error(`the venue sent ${frame.byteCount} garbled bytes: ${frame.reason}`);
      const message = parseMessage(frame.bytes);
      this.wire.push(message);
      this.#carryOut(this.session.received(message, timeUs), timeUs);
    }
  }

  tick(timeUs: number): void {
    this.#carryOut(this.session.tick(timeUs), timeUs);
  }

  logout(timeUs: number): void {
    this.#carryOut(this.session.logout('', timeUs), timeUs);
  }

  send(msgType: string, fields: readonly BodyField[], timeUs: number): void {
    const sent = this.session.send(msgType, encodeBody(fields), timeUs);
    if (!sent.ok) throw new Error(`cannot send 35=${msgType}: ${sent.reason}`);
    this.#carryOut(sent.outputs, timeUs);
  }

  order(clOrdId: string, over: Partial<OrderFields>, timeUs: number): void {
    const { side, quantity, price, timeInForce, symbol, extra } = { ...DEFAULT_ORDER, ...over };
    this.send(
      MsgType.NewOrderSingle,
      [
        [Tag.ClOrdID, clOrdId],
        [Tag.Account, 'A1'],
        [Tag.Symbol, symbol],
        [Tag.Side, side],
        [Tag.TransactTime, formatUtcTimestamp(timeUs)],
        [Tag.OrderQty, quantity],
        [Tag.OrdType, price === null ? '1' : '2'],
        ...(price === null ? [] : [[Tag.Price, price] as const]),
        [Tag.TimeInForce, timeInForce],
        ...extra,
      ],
      timeUs,
    );
  }

  /** ExecutionReports and the like as short text: type, ClOrdID, ExecType or '', OrdStatus, CumQty, PossDup. */
  told(): string[] {
    return this.delivered.map(({ message, possDup }) => {
      const facts = [Tag.ClOrdID, Tag.ExecType, Tag.OrdStatus, Tag.CumQty].map((tag) => message.getString(tag) ?? '');
      return [message.msgType, ...facts].join(' ').trimEnd() + (possDup ? ' dup' : '');
    });
  }

  #carryOut(outputs: readonly SessionOutput[], timeUs: number): void {
    for (const output of outputs) {
      if (output.type === 'transmit') this.#outgoing.push(encodeTransmit(this.session.config, output, timeUs));
      else if (output.type === 'deliver') this.delivered.push(output);
      else if (output.type === 'alarm') this.alarms.push(`${output.code}: ${output.text}`);
    }
  }
}

export interface OrderFields {
  readonly side: '1' | '2';
  readonly quantity: string;
  /** Null: a market order. */
  readonly price: string | null;
  readonly timeInForce: '0' | '1' | '3' | '4';
  readonly symbol: string;
  readonly extra: readonly BodyField[];
}

const DEFAULT_ORDER: OrderFields = {
  side: '1',
  quantity: '10',
  price: '100.00',
  timeInForce: '0',
  symbol: 'ACME',
  extra: [],
};
