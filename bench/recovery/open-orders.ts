/**
 * A node's folder with a checkpoint of a ledger that holds so many orders working at the venue, as a node finds it at a
 * start: real commands and real FIX messages of the venue, the real ledger, written through the journal itself.
 */
import { type BodyField, encodeBody, encodeMessage, Tag } from '@baton/fix';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { Journal } from '@baton/journal';
import { type Command, type CommandResult, type Configuration, encodeCommand, Ledger } from '@baton/ledger';
import { encodeCheckpointState } from '@baton/replica';

const CONF_STATE = { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
const TERM = 1;
const CONNECTION = TERM * 65_536 + 1;
const STEP_US = 10;

export interface OpenOrders {
  readonly index: number;
  readonly sizeBytes: number;
}

/** @throws Error when an order is not open in the end: a checkpoint of another state would be measured */
export async function prepareOpenOrders(
  folder: string,
  configuration: Configuration,
  orders: number,
): Promise<OpenOrders> {
  const log = new VenueLog(configuration);
  for (let n = 0; n < orders; n += 1) log.workingOrder(n);
  const { open, held, inDoubt } = log.ledger.status().orders;
  if (open !== orders || held + inDoubt > 0) throw new Error(`${open} orders are open, ${held} of them held`);
  const journal = await Journal.open({
    disk: new NodeDisk(),
    clock: new NodeClock(),
    folder,
    durability: 'disk',
    confState: CONF_STATE,
    onFatal: (error) => {
      throw error;
    },
  });
  const data = encodeCheckpointState(log.timeUs, log.ledger.snapshot());
  const snapshot = { index: log.index, term: TERM, confState: CONF_STATE, data };
  const hardState = { term: TERM, vote: 1, commit: log.index };
  await new Promise<void>((resolve) => {
    journal.append({ hardState, entries: [], snapshot }, resolve);
  });
  await journal.close();
  return { index: log.index, sizeBytes: data.length };
}

/** A ledger whose one venue is logged on and answers. */
class VenueLog {
  readonly ledger = new Ledger();
  readonly #venue: Configuration['venues'][number];
  readonly #symbol: string;
  index = 0;
  timeUs = Date.now() * 1000;
  #venueSeq = 0;

  constructor(configuration: Configuration) {
    const [venue] = configuration.venues;
    const [instrument] = configuration.instruments;
    if (venue === undefined || instrument === undefined) throw new Error('the configuration has no venue to trade at');
    this.#venue = venue;
    this.#symbol = instrument.symbol;
    this.#apply({ type: 'TakeoverStarted', node: 1 });
    this.#apply({ type: 'Configure', configuration });
    this.#apply({ type: 'TransportUp', venue: venue.venue, connectionId: CONNECTION });
    this.#hear('A', [
      [Tag.EncryptMethod, 0],
      [Tag.HeartBtInt, venue.heartBtIntS],
      [Tag.NextExpectedMsgSeqNum, 2],
    ]);
    if (!this.ledger.gate(venue.venue).open) throw new Error('the gate did not open');
  }

  workingOrder(n: number): void {
    const side = n % 2 === 0 ? 'buy' : 'sell';
    const result = this.#apply({
      type: 'SubmitOrder',
      clientKey: `order-${n}`,
      strategyId: `s${n % 8}`,
      symbol: this.#symbol,
      side,
      orderType: 'limit',
      timeInForce: 'gtc',
      quantity: '0.01',
      price: `${60_000 + (n % 1000)}`,
    });
    if (!result.ok) throw new Error(`order ${n} was denied: ${result.code} ${result.text}`);
    this.#hear('8', [
      [Tag.OrderID, `V${n}`],
      [Tag.ClOrdID, result.clOrdId],
      [Tag.ExecID, `x${n}`],
      [Tag.ExecType, '0'],
      [Tag.OrdStatus, '0'],
      [Tag.Symbol, this.#symbol],
      [Tag.Side, side === 'buy' ? '1' : '2'],
      [Tag.CumQty, '0'],
      [Tag.LeavesQty, '0.01'],
    ]);
  }

  #hear(msgType: string, fields: readonly BodyField[]): void {
    this.#venueSeq += 1;
    const { beginString, senderCompId, targetCompId, venue } = this.#venue;
    const head = { beginString, msgType, msgSeqNum: this.#venueSeq };
    const bytes = encodeMessage(
      { ...head, senderCompId: targetCompId, targetCompId: senderCompId, sendingTimeUs: this.timeUs },
      encodeBody(fields),
    );
    this.#apply({ type: 'InboundFix', venue, connectionId: CONNECTION, bytes });
  }

  #apply(command: Command): CommandResult {
    this.index += 1;
    this.timeUs += STEP_US;
    return this.ledger.apply({ index: this.index, term: TERM, timeUs: this.timeUs, command: encodeCommand(command) })
      .result;
  }
}
