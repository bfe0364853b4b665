/**
 * The capital that one order reserves, in the currency of its instrument: pending while it may still be filled, posted by
 * fills, voided by what can no longer happen. Conserved: `reserved = pending + posted + voided`, always (trading reference
 * §7.2; the two-phase transfers of a bank). What is reserved is rounded half-even, once for each change.
 */
import { amountOf, type Instrument } from './instrument.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

export interface Reservation {
  /** Ever reserved. */
  reserved: bigint;
  pending: bigint;
  posted: bigint;
  voided: bigint;
  /** What a market order is valued at; 0n without a reference price when it came. */
  marketPrice: bigint;
  /** The price that `pending` was reckoned with, and the order's CumQty then. */
  price: bigint;
  cumQuantity: bigint;
  /** What the order counts as in its scopes. */
  isOpen: boolean;
  isInDoubt: boolean;
}

export function newReservation(): Reservation {
  return {
    reserved: 0n,
    pending: 0n,
    posted: 0n,
    voided: 0n,
    marketPrice: 0n,
    price: 0n,
    cumQuantity: 0n,
    isOpen: false,
    isInDoubt: false,
  };
}

/** What an order tells its reservation. */
export interface Reserving {
  readonly instrument: Instrument;
  readonly reservation: Reservation;
  readonly cumQuantity: bigint;
  /** Quantity reserved until now. */
  readonly reserved: bigint;
}

/** Brings the amounts to `wanted` quantity at `price`; returns the change of what is pending. */
export function adjustReservation(order: Reserving, wanted: bigint, price: bigint): bigint {
  const { instrument, reservation } = order;
  const before = reservation.pending;
  const filled = order.cumQuantity - reservation.cumQuantity;
  if (filled > 0n) {
    const left = order.reserved > filled ? order.reserved - filled : 0n;
    const pending = amountOf(instrument, left * reservation.price);
    reservation.posted += reservation.pending - pending;
    reservation.pending = pending;
  } else if (filled < 0n) {
    const amount = amountOf(instrument, -filled * reservation.price);
    const back = amount < reservation.posted ? amount : reservation.posted;
    reservation.posted -= back;
    reservation.pending += back;
  }
  const pending = wanted === 0n ? 0n : amountOf(instrument, wanted * price);
  if (pending > reservation.pending) reservation.reserved += pending - reservation.pending;
  else reservation.voided += reservation.pending - pending;
  reservation.pending = pending;
  reservation.price = price;
  reservation.cumQuantity = order.cumQuantity;
  return pending - before;
}

/** What cannot be reckoned again from the order itself. */
export function writeReservation(to: MsgpackWriter, { marketPrice, posted, price, voided }: Reservation): void {
  to.array(4).bigint(posted).bigint(voided).bigint(marketPrice).bigint(price);
}

/** What is pending joins when the order is taken up. */
export function readReservation(from: MsgpackReader, into: Reservation): void {
  from.arrayOf(4);
  into.posted = from.bigint();
  into.voided = from.bigint();
  into.marketPrice = from.bigint();
  into.price = from.bigint();
  into.reserved = into.posted + into.voided;
}
