/**
 * A naive venue for property tests: the real FIX session as acceptor, and books so simple that they are their own proof.
 * It trades when told to. What it could not say for want of a connection it says after the next logon.
 */
import {
  type BodyField,
  encodeBody,
  encodeTransmit,
  type FixMessage,
  FixSession,
  type SessionOutput,
} from '@baton/fix';

export interface VenueOrder {
  readonly root: string;
  current: string;
  readonly ids: string[];
  readonly symbol: string;
  readonly side: string;
  quantity: number;
  cum: number;
  state: 'open' | 'filled' | 'canceled' | 'rejected';
  /** What it traded, for questions over HTTP. */
  readonly fills: { readonly execId: string; readonly quantity: number }[];
}

export interface ModelVenueOptions {
  readonly nextExpectedMsgSeqNum: boolean;
  /** Looks at messages only when told to work. */
  readonly isSlow: boolean;
  /** Numbers start at 1 with every logon, and what happens while nobody is logged on is told to nobody. */
  readonly resets: boolean;
}

export class ModelVenue {
  readonly orders: VenueOrder[] = [];
  /** ClOrdIDs of every D, F and G that was acted upon. */
  readonly seen: string[] = [];
  readonly duplicates: string[] = [];
  /** Frames on their way to the client. */
  sent: Uint8Array[] = [];
  /** Received, counted by the session, and not yet looked at by the matching engine. */
  readonly #inbox: FixMessage[] = [];
  readonly #options: ModelVenueOptions;
  #session: FixSession;
  readonly #byId = new Map<string, VenueOrder>();
  #unsaid: [string, BodyField[]][] = [];
  #timeUs = 0;
  #executions = 0;

  constructor(options: ModelVenueOptions) {
    this.#options = options;
    this.#session = this.#newSession('BATON');
  }

  #newSession(targetCompId: string): FixSession {
    return new FixSession(
      {
        role: 'acceptor',
        beginString: 'FIX.4.4',
        senderCompId: 'SIM',
        targetCompId,
        heartBtIntS: 5,
        sendNextExpectedMsgSeqNum: this.#options.nextExpectedMsgSeqNum,
      },
      { onResend: () => 'resend' },
    );
  }

  get isActive(): boolean {
    return this.#session.state.status === 'active';
  }

  /** Somebody has connected who will log on under that CompID. */
  connected(timeUs: number, compId: string): void {
    this.#timeUs = timeUs;
    if (this.#options.resets) this.#session = this.#newSession(compId);
    this.#act(this.#session.connected(timeUs));
  }

  /** Whatever was on its way to the client is lost. */
  disconnected(timeUs: number): void {
    this.#timeUs = timeUs;
    this.#act(this.#session.disconnected(timeUs));
    this.sent = [];
  }

  received(frame: Uint8Array, timeUs: number): void {
    this.#timeUs = timeUs;
    this.#act(this.#session.received(frame, timeUs));
    this.#sayUnsaid();
  }

  tick(timeUs: number): void {
    this.#timeUs = timeUs;
    this.#act(this.#session.tick(timeUs));
  }

  openOrders(): VenueOrder[] {
    return this.orders.filter((order) => order.state === 'open');
  }

  trade(order: VenueOrder, quantity: number, timeUs: number): void {
    this.#timeUs = timeUs;
    order.cum += quantity;
    if (order.cum === order.quantity) order.state = 'filled';
    const execId = `x${this.#executions + 1}`;
    order.fills.push({ execId, quantity });
    this.#report(order, 'F', [
      [32, quantity],
      [31, 100],
    ]);
  }

  /** Cancels without having been asked. */
  cancel(order: VenueOrder, timeUs: number): void {
    this.#timeUs = timeUs;
    order.state = 'canceled';
    this.#report(order, '4', []);
  }

  find(clOrdId: string): VenueOrder | undefined {
    return this.#byId.get(clOrdId);
  }

  #act(outputs: readonly SessionOutput[]): void {
    for (const output of outputs) {
      if (output.type === 'transmit') this.sent.push(encodeTransmit(this.#session.config, output, this.#timeUs));
    }
    // After all that the session has numbered already: answers must not overtake it.
    for (const output of outputs) if (output.type === 'deliver') this.#inbox.push(output.message);
    if (!this.#options.isSlow) this.work(this.#inbox.length);
  }

  get backlog(): number {
    return this.#inbox.length;
  }

  /** The matching engine takes up to `count` messages, in their order. */
  work(count: number): void {
    for (const message of this.#inbox.splice(0, count)) this.#deliver(message);
  }

  #deliver(message: FixMessage): void {
    const id = message.getString(11) ?? '';
    if (message.msgType !== 'H' && message.msgType !== 'AF') {
      if (this.seen.includes(id)) this.duplicates.push(id);
      this.seen.push(id);
    }
    const order = this.#byId.get(message.getString(41) ?? id);
    switch (message.msgType) {
      case 'D':
        this.#accept(message, id);
        return;
      case 'F':
        if (order?.state !== 'open') {
          this.#refuse(message, id, order);
          return;
        }
        this.#byId.set(id, order);
        order.state = 'canceled';
        this.#report(order, '4', [[41, order.current]], id);
        return;
      case 'G':
        this.#replace(message, id, order);
        return;
      case 'H':
      case 'AF':
        this.#status(id, order, message);
        return;
    }
  }

  #accept(message: FixMessage, id: string): void {
    const order: VenueOrder = {
      root: id,
      current: id,
      ids: [id],
      symbol: message.getString(55) ?? '',
      side: message.getString(54) ?? '',
      quantity: Number(message.getString(38)),
      cum: 0,
      state: 'open',
      fills: [],
    };
    this.orders.push(order);
    this.#byId.set(id, order);
    // Price 13 is refused, so that rejections occur.
    if (message.getString(44) === '13') {
      order.state = 'rejected';
      this.#report(order, '8', [[103, 99]]);
    } else this.#report(order, '0', []);
  }

  #replace(message: FixMessage, id: string, order: VenueOrder | undefined): void {
    const quantity = Number(message.getString(38));
    if (order?.state !== 'open' || quantity <= order.cum) {
      this.#refuse(message, id, order);
      return;
    }
    const before = order.current;
    order.current = id;
    order.ids.push(id);
    order.quantity = quantity;
    this.#byId.set(id, order);
    this.#report(order, '5', [[41, before]]);
  }

  #refuse(message: FixMessage, id: string, order: VenueOrder | undefined): void {
    this.#say('9', [
      [37, order === undefined ? 'NONE' : `V-${order.root}`],
      [11, id],
      [41, message.getString(41) ?? ''],
      [39, order === undefined ? '8' : statusOf(order)],
      [434, message.msgType === 'F' ? 1 : 2],
      [102, order === undefined ? 1 : 0],
    ]);
  }

  #status(id: string, order: VenueOrder | undefined, message: FixMessage): void {
    if (order !== undefined) {
      this.#report(order, 'I', echoOf(message), order.current, '0');
      return;
    }
    this.#say('8', [
      [37, 'NONE'],
      [11, id],
      [17, '0'],
      [150, 'I'],
      [39, '8'],
      [103, 5],
      ...echoOf(message),
      [55, message.getString(55) ?? ''],
      [54, message.getString(54) ?? '1'],
      [14, 0],
      [151, 0],
    ]);
  }

  #report(order: VenueOrder, execType: string, extra: BodyField[], id = order.current, execId?: string): void {
    this.#executions += 1;
    this.#say('8', [
      [37, `V-${order.root}`],
      [11, id],
      [17, execId ?? `x${this.#executions}`],
      [150, execType],
      [39, statusOf(order)],
      [55, order.symbol],
      [54, order.side],
      [38, order.quantity],
      [14, order.cum],
      [151, order.state === 'open' ? order.quantity - order.cum : 0],
      [6, order.cum > 0 ? 100 : 0],
      ...extra,
    ]);
  }

  #say(msgType: string, fields: BodyField[]): void {
    if (this.#options.resets && !this.isActive) return;
    this.#unsaid.push([msgType, fields]);
    this.#sayUnsaid();
  }

  #sayUnsaid(): void {
    while (this.isActive) {
      const next = this.#unsaid[0];
      if (next === undefined) return;
      const outcome = this.#session.send(next[0], encodeBody(next[1]), this.#timeUs);
      if (!outcome.ok) return;
      this.#unsaid.shift();
      this.#act(outcome.outputs);
    }
  }
}

function echoOf(message: FixMessage): BodyField[] {
  return [790, 584].flatMap((tag) => (message.has(tag) ? [[tag, message.getString(tag) ?? ''] as const] : []));
}

export function statusOf(order: VenueOrder): string {
  switch (order.state) {
    case 'open':
      return order.cum > 0 ? '1' : '0';
    case 'filled':
      return '2';
    case 'canceled':
      return '4';
    case 'rejected':
      return '8';
  }
}
