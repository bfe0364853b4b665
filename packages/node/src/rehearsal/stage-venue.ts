/**
 * The venue of a rehearsal: one FIX session on loopback that lives on over connections, and answers every new order with
 * its acceptance and its fill. It is no exchange; it says just enough for a takeover to run through all of its code.
 */
import {
  encodeBody,
  encodeTransmit,
  type FixMessage,
  FixSession,
  Framer,
  MsgType,
  type SessionOutput,
  Tag,
} from '@baton/fix';
import type { Address, Clock, Connection, ConnectionHandlers, Listener, Network } from '@baton/host';

export interface StageVenueOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly venueCompId: string;
  readonly clientCompId: string;
  readonly heartBtIntS: number;
}

export class StageVenue {
  readonly #options: StageVenueOptions;
  readonly #session: FixSession;
  readonly #connections = new Set<Connection>();
  #listener: Listener | undefined;
  #holder: Connection | undefined;
  #executions = 0;
  /** New orders that it took. */
  orderCount = 0;

  private constructor(options: StageVenueOptions) {
    this.#options = options;
    this.#session = new FixSession(
      {
        role: 'acceptor',
        beginString: 'FIX.4.4',
        senderCompId: options.venueCompId,
        targetCompId: options.clientCompId,
        heartBtIntS: options.heartBtIntS,
        sendNextExpectedMsgSeqNum: true,
      },
      { onResend: () => 'resend' },
    );
  }

  static async open(options: StageVenueOptions): Promise<StageVenue> {
    const venue = new StageVenue(options);
    const listener = await new Promise<Listener>((resolve, reject) => {
      options.network.listen(
        { host: '127.0.0.1', port: 0 },
        (connection) => venue.#accept(connection),
        (outcome) => (outcome.ok ? resolve(outcome.listener) : reject(outcome.error)),
      );
    });
    venue.#listener = listener;
    return venue;
  }

  get address(): Address {
    return this.#listener?.address ?? { host: '127.0.0.1', port: 0 };
  }

  close(): void {
    for (const connection of this.#connections) connection.resetAndDestroy();
    this.#listener?.close();
  }

  #accept(connection: Connection): ConnectionHandlers {
    const framer = new Framer();
    this.#connections.add(connection);
    return {
      onData: (bytes) => {
        framer.push(bytes);
        for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
          if (frame.type !== 'message') continue;
          try {
            this.#hear(connection, frame.bytes);
          } catch {
            // A rehearsal that goes wrong ends by its time limit, and never the process.
            connection.end();
          }
        }
      },
      onClose: () => {
        this.#connections.delete(connection);
        if (this.#holder !== connection) return;
        this.#holder = undefined;
        this.#session.disconnected(this.#options.clock.wallUs());
      },
    };
  }

  #hear(connection: Connection, bytes: Uint8Array): void {
    const nowUs = this.#options.clock.wallUs();
    if (this.#holder === undefined) {
      this.#holder = connection;
      this.#session.connected(nowUs);
    }
    // As venues do: whoever comes second is not let in.
    if (this.#holder !== connection) connection.end();
    else this.#carryOut(connection, this.#session.received(bytes, nowUs), nowUs);
  }

  #carryOut(connection: Connection, outputs: readonly SessionOutput[], nowUs: number): void {
    for (const output of outputs) {
      if (output.type === 'transmit') connection.write(encodeTransmit(this.#session.config, output, nowUs));
      else if (output.type === 'disconnect') connection.end();
      else if (output.type === 'deliver' && output.message.msgType === MsgType.NewOrderSingle) {
        this.orderCount++;
        for (const isFill of [false, true]) {
          const sent = this.#session.send(MsgType.ExecutionReport, this.#report(output.message, isFill), nowUs);
          if (sent.ok) this.#carryOut(connection, sent.outputs, nowUs);
        }
      }
    }
  }

  #report(order: FixMessage, isFill: boolean): Buffer {
    const text = (tag: number): string => order.getString(tag) ?? '';
    const [quantity, price] = [text(Tag.OrderQty), text(Tag.Price)];
    return encodeBody([
      [Tag.OrderID, `S${this.orderCount}`],
      [Tag.ClOrdID, text(Tag.ClOrdID)],
      [Tag.ExecID, `E${++this.#executions}`],
      [Tag.ExecType, isFill ? 'F' : '0'],
      [Tag.OrdStatus, isFill ? '2' : '0'],
      [Tag.Account, text(Tag.Account)],
      [Tag.Symbol, text(Tag.Symbol)],
      [Tag.Side, text(Tag.Side)],
      [Tag.OrderQty, quantity],
      [Tag.OrdType, '2'],
      [Tag.Price, price],
      [Tag.TimeInForce, '0'],
      ...(isFill
        ? ([
            [Tag.LastQty, quantity],
            [Tag.LastPx, price],
          ] as [number, string][])
        : []),
      [Tag.LeavesQty, isFill ? '0' : quantity],
      [Tag.CumQty, isFill ? quantity : '0'],
      [Tag.AvgPx, isFill ? price : '0'],
    ]);
  }
}
