/**
 * A FIX client of a ledger under test: a real session of `fix` as initiator, whose bytes become ClientInbound commands and
 * which receives what the leader would write. What is in flight when a leader dies or a line breaks is lost, as it would be.
 */
import {
  type BodyField,
  encodeBody,
  encodeTransmit,
  type FixMessage,
  FixSession,
  parseMessage,
  type SessionOptions,
  type SessionOutput,
} from '@baton/fix';
import type { Applied, ClientConfiguration, Effect } from '../index.ts';
import { Rig } from './rig.ts';

export const DESK: ClientConfiguration = {
  client: 'desk',
  beginString: 'FIX.4.4',
  senderCompId: 'DESK',
  targetCompId: 'BATON',
  account: '',
  heartBtIntS: 30,
  resetOnLogon: false,
};

type SendClientFix = Extract<Effect, { readonly type: 'SendClientFix' }>;

export class ClientRig {
  readonly rig: Rig;
  readonly configuration: ClientConfiguration;
  readonly session: FixSession;
  /** Application messages received, in order, each once. */
  readonly received: FixMessage[] = [];
  connectionId = 0;
  /** What it sends goes nowhere: the line is dead and it does not know yet. */
  isLineDead = false;
  #connected = false;

  constructor(rig: Rig, configuration: ClientConfiguration = DESK, options: Partial<SessionOptions> = {}) {
    this.rig = rig;
    this.configuration = configuration;
    this.session = new FixSession(
      {
        role: 'initiator',
        beginString: configuration.beginString,
        senderCompId: configuration.senderCompId,
        targetCompId: configuration.targetCompId,
        heartBtIntS: 10,
        ...options,
      },
      { onResend: () => 'resend' },
    );
  }

  /** Connects to the leader of now and logs on. */
  logon(): this {
    this.connectionId = Math.max(this.connectionId + 1, this.rig.term * 65_536 + 1);
    this.isLineDead = false;
    this.#connected = true;
    const { connectionId } = this;
    this.deliver(this.rig.apply({ type: 'ClientUp', client: this.configuration.client, connectionId }));
    this.#carryOut(this.session.connected(this.rig.timeUs));
    return this;
  }

  /** The line breaks and both ends notice. */
  drop(): void {
    const { connectionId } = this;
    this.lose();
    this.rig.apply({ type: 'ClientDown', client: this.configuration.client, connectionId, reason: 'reset' });
  }

  /** The client's end notices that its line is gone; the leader has died, or will be told otherwise. */
  lose(): void {
    this.#connected = false;
    this.session.disconnected(this.rig.timeUs);
  }

  /** Takes numbers of both sides as a follower's Logout does: the client has counted a message that no ledger gave. */
  turnedAway(): void {
    this.session.connected(this.rig.timeUs);
    const { nextIn, nextOut } = this.session.state;
    this.session.disconnected(this.rig.timeUs);
    this.session.setSequenceNumbers({ nextIn: nextIn + 1, nextOut: nextOut + 1 });
  }

  /** Knocks at a follower, which says Logout (counted by the client) only if the client has provably everything. */
  knock(): void {
    const view = this.rig.ledger.clientSessions().find((session) => session.client === this.configuration.client);
    if (view?.mayMiss === false) this.turnedAway();
    else this.session.setSequenceNumbers({ nextOut: this.session.state.nextOut + 1 });
  }

  /** Sends an application message; returns what its entry did. */
  send(msgType: string, fields: readonly BodyField[]): Applied | undefined {
    const outcome = this.session.send(msgType, encodeBody(fields), this.rig.timeUs);
    if (!outcome.ok) throw new Error(`client cannot send: ${outcome.reason}`);
    return this.#carryOut(outcome.outputs);
  }

  order(clOrdId: string, changes: Readonly<Record<number, string>> = {}): Applied | undefined {
    const fields = { 11: clOrdId, 55: 'BTC-USD', 54: '1', 38: '10', 40: '2', 44: '100', 59: '0', ...changes };
    return this.send('D', fieldsOf(fields));
  }

  cancel(clOrdId: string, origClOrdId: string): Applied | undefined {
    return this.send('F', fieldsOf({ 11: clOrdId, 41: origClOrdId, 54: '1', 55: 'BTC-USD' }));
  }

  replace(clOrdId: string, origClOrdId: string, quantity: string, price: string): Applied | undefined {
    return this.send(
      'G',
      fieldsOf({ 11: clOrdId, 41: origClOrdId, 54: '1', 55: 'BTC-USD', 38: quantity, 40: '2', 44: price }),
    );
  }

  /** Gives the client what an entry wrote on its connection. */
  deliver(applied: Applied): void {
    for (const effect of applied.effects) {
      if (effect.type === 'SendClientFix' && effect.client === this.configuration.client) this.#receive(effect);
      else if (effect.type === 'CloseClient' && effect.connectionId === this.connectionId) this.lose();
    }
  }

  /** What the client was told since the last call, as `35=… 11=… …` with the tags given. */
  told(...tags: readonly number[]): string[] {
    return this.received.splice(0).map((message) => {
      const fields = tags.flatMap((tag) => (message.has(tag) ? [`${tag}=${message.getString(tag)}`] : []));
      return [`35=${message.msgType}`, ...fields].join(' ');
    });
  }

  /** Reports since the last call, as far as an order's life goes. */
  reports(): string[] {
    return this.told(11, 41, 150, 39, 102, 434, 14, 151, 6, 58);
  }

  #receive(effect: SendClientFix): void {
    if (!this.#connected || effect.connectionId !== this.connectionId) return;
    const { senderCompId: targetCompId, targetCompId: senderCompId, beginString } = this.configuration;
    const config = { beginString, senderCompId, targetCompId, timestampPrecision: 'ms' } as const;
    const { body, msgSeqNum: seq, msgType, possDup, timeUs } = effect;
    const bytes = encodeTransmit(config, { slot: { seq, msgType, body, timeUs, key: '' }, possDup }, this.rig.timeUs);
    this.#carryOut(this.session.received(bytes, this.rig.timeUs));
  }

  #carryOut(outputs: readonly SessionOutput[]): Applied | undefined {
    let applied: Applied | undefined;
    for (const output of outputs) {
      if (output.type === 'deliver') this.received.push(parseMessage(Uint8Array.from(output.message.bytes)));
      else if (output.type === 'disconnect') this.drop();
      else if (output.type === 'transmit' && !this.isLineDead) {
        const bytes = encodeTransmit(this.session.config, output, this.rig.timeUs);
        const { client } = this.configuration;
        applied = this.rig.apply({ type: 'ClientInbound', client, connectionId: this.connectionId, bytes });
        this.deliver(applied);
      }
    }
    return applied;
  }
}

/** A ledger with an open gate and a client logged on. */
export function clientScene(changes: Partial<ClientConfiguration> = {}): { rig: Rig; client: ClientRig } {
  const desk = { ...DESK, ...changes };
  const rig = new Rig().open({ clients: [desk] });
  return { rig, client: new ClientRig(rig, desk).logon() };
}

/** Our first ClOrdID of the client's `n`th order. */
export function rootOf(rig: Rig, n = 0): string {
  const order = rig.ledger.orders({ strategyId: DESK.client })[n];
  if (order === undefined) throw new Error(`the client has no order ${n}`);
  return order.rootClOrdId;
}

function fieldsOf(fields: Readonly<Record<number, string>>): BodyField[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([tag, value]) => [Number(tag), value] as const);
}
