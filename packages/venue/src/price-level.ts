/**
 * One price of one side of a book: the resting orders at that price, in the order in which they arrived.
 * A doubly linked list, because orders leave from the middle (cancel) as often as from the front (trade).
 */
import type { Side } from './side.ts';

/** An order that rests in a book. `leaves` is what is still open, in units of the instrument's quantity scale. */
export interface RestingOrder {
  readonly orderId: string;
  readonly side: Side;
  readonly price: bigint;
  leaves: bigint;
}

interface Link {
  readonly order: RestingOrder;
  readonly level: PriceLevel;
  previous: Link | null;
  next: Link | null;
}

/** Handle of an order inside its level: what `PriceLevel.append` gives and `PriceLevel.remove` takes. */
export type { Link as RestingLink };

export class PriceLevel {
  readonly price: bigint;
  /** Open quantity of all orders at this price. */
  quantity = 0n;
  orderCount = 0;
  #head: Link | null = null;
  #tail: Link | null = null;

  constructor(price: bigint) {
    this.price = price;
  }

  /** The order that trades first. */
  get first(): Link | null {
    return this.#head;
  }

  append(order: RestingOrder): Link {
    const link: Link = { order, level: this, previous: this.#tail, next: null };
    if (this.#tail === null) this.#head = link;
    else this.#tail.next = link;
    this.#tail = link;
    this.quantity += order.leaves;
    this.orderCount += 1;
    return link;
  }

  remove(link: Link): void {
    if (link.previous === null) this.#head = link.next;
    else link.previous.next = link.next;
    if (link.next === null) this.#tail = link.previous;
    else link.next.previous = link.previous;
    link.previous = null;
    link.next = null;
    this.quantity -= link.order.leaves;
    this.orderCount -= 1;
  }

  /** Makes an order smaller where it stands; its place in the queue stays. */
  reduce(link: Link, leaves: bigint): void {
    this.quantity -= link.order.leaves - leaves;
    link.order.leaves = leaves;
  }

  *orders(): Generator<RestingOrder> {
    for (let link = this.#head; link !== null; link = link.next) yield link.order;
  }
}
