// The acceptor under test: one session, and an application that echoes. It has no
// I/O either: connections are numbers, time comes in, bytes go to a sink. Both
// modes of the runner drive this same code.

import {
  type BodyField,
  encodeBody,
  encodeTransmit,
  type FixMessage,
  FixSession,
  Framer,
  identifyLogon,
  MAX_BODY_LENGTH_BEFORE_LOGON_BYTES,
  MAX_BODY_LENGTH_BYTES,
  parseMessage,
  reverseRoute,
  type SessionOptions,
  type SessionOutput,
  Tag,
} from '../../src/index.ts';

export interface Sink {
  write(connection: number, bytes: Buffer): void;
  close(connection: number): void;
}

const ECHOED: ReadonlySet<string> = new Set(['D', 'd', 'C']);
const HEADER_AND_TRAILER: ReadonlySet<number> = new Set([
  8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 89, 90, 91, 93, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145, 212, 213,
  347, 369, 627, 628, 629, 630, 1128, 1129, 1156,
]);

interface Connection {
  readonly framer: Framer;
  readonly openedUs: number;
}

export class EchoAcceptor {
  readonly session: FixSession;
  readonly #sink: Sink;
  readonly #connections = new Map<number, Connection>();
  /** The connection that the session is on; undefined when on none. */
  #owner: number | undefined;
  readonly #seen = new Set<string>();

  constructor(options: SessionOptions, sink: Sink) {
    this.session = new FixSession(options, { onResend: () => 'resend' });
    this.#sink = sink;
  }

  connect(connection: number, timeUs: number): void {
    const framer = new Framer({ maxBodyLengthBytes: MAX_BODY_LENGTH_BEFORE_LOGON_BYTES });
    this.#connections.set(connection, { framer, openedUs: timeUs });
  }

  disconnect(connection: number, timeUs: number): void {
    this.#connections.delete(connection);
    if (this.#owner === connection) {
      this.#owner = undefined;
      this.#carryOut(connection, this.session.disconnected(timeUs), timeUs);
    }
  }

  receive(connection: number, chunk: Buffer, timeUs: number): void {
    const framer = this.#connections.get(connection)?.framer;
    framer?.push(chunk);
    for (let frame = framer?.next(); frame !== undefined; frame = framer?.next()) {
      if (!this.#connections.has(connection)) {
        return;
      }
      if (frame.type === 'message') {
        this.#receiveMessage(connection, parseMessage(frame.bytes), timeUs);
      } else if (this.#owner === connection) {
        this.#carryOut(connection, this.session.garbled(frame.reason, timeUs), timeUs);
      } else {
        this.#close(connection);
      }
    }
  }

  tick(timeUs: number): void {
    for (const [connection, { openedUs }] of this.#connections) {
      if (connection !== this.#owner && timeUs >= openedUs + this.session.config.logonTimeoutMs * 1000) {
        this.#close(connection);
      }
    }
    if (this.#owner !== undefined) {
      this.#carryOut(this.#owner, this.session.tick(timeUs), timeUs);
    }
  }

  nextDeadlineUs(): number | undefined {
    const deadlines = [...this.#connections]
      .filter(([connection]) => connection !== this.#owner)
      .map(([, { openedUs }]) => openedUs + this.session.config.logonTimeoutMs * 1000);
    const own = this.#owner === undefined ? undefined : this.session.nextDeadlineUs();
    const all = own === undefined ? deadlines : [...deadlines, own];
    return all.length === 0 ? undefined : Math.min(...all);
  }

  #close(connection: number): void {
    this.#connections.delete(connection);
    this.#sink.close(connection);
  }

  #receiveMessage(connection: number, message: FixMessage, timeUs: number): void {
    if (this.#owner === connection) {
      this.#carryOut(connection, this.session.received(message, timeUs), timeUs);
      return;
    }
    const { config } = this.session;
    const identity = identifyLogon(message);
    if (
      identity?.senderCompId !== config.targetCompId ||
      identity.targetCompId !== config.senderCompId ||
      this.#owner !== undefined
    ) {
      this.#close(connection);
      return;
    }
    this.#owner = connection;
    this.#connections.get(connection)!.framer.setMaxBodyLength(MAX_BODY_LENGTH_BYTES);
    this.#carryOut(connection, this.session.connected(timeUs), timeUs);
    this.#carryOut(connection, this.session.received(message, timeUs), timeUs);
  }

  #carryOut(connection: number, outputs: readonly SessionOutput[], timeUs: number): void {
    for (const output of outputs) {
      if (output.type === 'transmit') {
        this.#sink.write(connection, encodeTransmit(this.session.config, output, timeUs));
      } else if (output.type === 'deliver') {
        this.#answer(connection, output.message, timeUs);
      } else if (output.type === 'disconnect') {
        this.#owner = undefined;
        this.#close(connection);
      } else if (output.type === 'logged-out') {
        this.#seen.clear();
      }
    }
  }

  #answer(connection: number, message: FixMessage, timeUs: number): void {
    const { msgType, possResend } = message;
    const route = reverseRoute(message);
    if (!ECHOED.has(msgType)) {
      this.#send(connection, 'j', [...route, ...unsupported(message)], timeUs);
      return;
    }
    const id = message.getString(Tag.ClOrdID);
    if (id !== undefined) {
      const known = this.#seen.has(id);
      this.#seen.add(id);
      if (possResend && known) {
        return;
      }
    }
    const body = message.fields().filter(({ tag }) => !HEADER_AND_TRAILER.has(tag));
    const flag: BodyField[] = possResend ? [[Tag.PossResend, 'Y']] : [];
    this.#send(
      connection,
      msgType,
      [...flag, ...route, ...body.map(({ tag, value }): BodyField => [tag, value])],
      timeUs,
    );
  }

  #send(connection: number, msgType: string, fields: readonly BodyField[], timeUs: number): void {
    const outcome = this.session.send(msgType, encodeBody(fields.filter(([, value]) => value !== '')), timeUs);
    if (outcome.ok) {
      this.#carryOut(connection, outcome.outputs, timeUs);
    }
  }
}

function unsupported(message: FixMessage): BodyField[] {
  return [
    [Tag.RefSeqNum, message.msgSeqNum ?? 0],
    [Tag.Text, 'Unsupported Message Type'],
    [Tag.RefMsgType, message.msgType],
    [Tag.BusinessRejectReason, 3],
  ];
}
