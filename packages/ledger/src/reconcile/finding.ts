/**
 * A finding: one difference between the ledger's books and what a venue (or its drop copy) tells, with all that is needed to
 * adjust it. Its id follows from what differs, never from when or by whom it was found: whoever finds it again finds the
 * same one. What becomes of each class is decided in `book-finding.ts`. Trading reference §2.1 rows 29–34, §7.2.
 */
import { choice } from '../configuration-encoding.ts';
import { MalformedError, type MsgpackReader } from '../msgpack-reader.ts';
import type { MsgpackWriter } from '../msgpack-writer.ts';
import {
  type AccountFill,
  type AccountOrder,
  readAccountFill,
  readAccountOrder,
  writeAccountFill,
  writeAccountOrder,
} from './account.ts';

export const FINDING_CLASSES = [
  /** The venue tells an execution that we have never heard of. */
  'missing-fill',
  /** We booked an execution that the venue does not tell. */
  'unknown-fill',
  /** The same ExecID, and other figures. */
  'fill-differs',
  /** The venue tells one ExecID twice. */
  'duplicate-execution',
  /** Open there, and never heard of here. */
  'external-order',
  /** Open here, and not among the venue's open ones. */
  'order-missing-there',
  /** Open there, and ended here. */
  'order-closed-here',
  /** Open on both sides, with another quantity or price. */
  'order-differs',
  /** Open on both sides, with another CumQty, once all fills that the venue tells are counted. */
  'order-fills-differ',
  'position-differs',
  'average-price-differs',
  /** Something in a symbol that is not configured here. */
  'unknown-symbol',
  /** Venue and drop copy contradict each other about an execution. */
  'sources-differ',
] as const;
export type FindingClass = (typeof FINDING_CLASSES)[number];

export const FINDING_SOURCES = ['venue', 'drop-copy'] as const;
export type FindingSource = (typeof FINDING_SOURCES)[number];

/** A trade that makes the books agree; decimals as text. */
export interface AdjustingTrade {
  /** Signed: negative sells. */
  readonly quantity: string;
  readonly price: string;
}

export interface Finding {
  readonly id: string;
  readonly class: FindingClass;
  readonly source: FindingSource;
  readonly symbol: string;
  /** ClOrdID of an order, ExecID of a fill, symbol of a position. */
  readonly subject: string;
  /** What each side says, for people. */
  readonly ours: string;
  readonly theirs: string;
  /** Nothing happens before an operator has said so. */
  readonly needsAcknowledgement: boolean;
  /** Entries up to this one were compared: what has moved since is looked at again, not adjusted. */
  readonly sinceIndex: number;
  readonly fill?: AccountFill;
  readonly order?: AccountOrder;
  readonly trade?: AdjustingTrade;
}

const ID_MAX = 512;
const TEXT_MAX = 256;

export function writeFinding(to: MsgpackWriter, finding: Finding): void {
  const { fill, order, trade } = finding;
  to.text(finding.id).integer(FINDING_CLASSES.indexOf(finding.class)).integer(FINDING_SOURCES.indexOf(finding.source));
  to.text(finding.symbol).text(finding.subject).text(finding.ours).text(finding.theirs);
  to.boolean(finding.needsAcknowledgement).integer(finding.sinceIndex);
  to.array(fill === undefined ? 0 : 1);
  if (fill !== undefined) writeAccountFill(to, fill);
  to.array(order === undefined ? 0 : 1);
  if (order !== undefined) writeAccountOrder(to, order);
  to.array(trade === undefined ? 0 : 1);
  if (trade !== undefined) to.text(trade.quantity).text(trade.price);
}

export function readFinding(from: MsgpackReader): Finding {
  const head = {
    id: from.text(ID_MAX),
    class: choice(from, FINDING_CLASSES),
    source: choice(from, FINDING_SOURCES),
    symbol: from.text(TEXT_MAX),
    subject: from.text(TEXT_MAX),
    ours: from.text(TEXT_MAX),
    theirs: from.text(TEXT_MAX),
    needsAcknowledgement: from.boolean(),
    sinceIndex: from.natural(),
  };
  return {
    ...head,
    ...(isThere(from) ? { fill: readAccountFill(from) } : {}),
    ...(isThere(from) ? { order: readAccountOrder(from) } : {}),
    ...(isThere(from) ? { trade: { quantity: from.text(TEXT_MAX), price: from.text(TEXT_MAX) } } : {}),
  };
}

function isThere(from: MsgpackReader): boolean {
  const count = from.array();
  if (count > 1) throw new MalformedError(`${count} where at most one is`, 0);
  return count === 1;
}
