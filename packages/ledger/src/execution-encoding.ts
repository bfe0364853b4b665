/** The executions that a venue has reported, in a snapshot: oldest first, of each venue. */
import { MalformedError } from './msgpack-reader.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';
import type { Fill, VenueSession } from './venue-session.ts';

interface KnownExecution {
  readonly venue: VenueSession;
  readonly execId: string;
  readonly fill: Fill | undefined;
}

export const EXECUTIONS: SnapshotSection<KnownExecution> = {
  name: 'executions',
  *items({ venues }) {
    for (const venue of venues.values()) {
      for (const [execId, fill] of venue.executions.entries()) yield { venue, execId, fill };
    }
  },
  write(to, { venue, execId, fill }) {
    to.text(venue.configuration.venue).text(execId);
    to.boolean(fill !== undefined);
    if (fill === undefined) return;
    to.text(fill.clOrdId).text(fill.rootClOrdId).text(fill.strategyId).text(fill.symbol);
    to.boolean(fill.side === 'buy')
      .bigint(fill.quantity)
      .bigint(fill.price)
      .boolean(fill.busted);
    to.integer(fill.index).integer(fill.timeUs);
  },
  read(from, state) {
    const name = from.text(TEXT_MAX);
    const venue = state.venues.get(name);
    if (venue === undefined) throw new MalformedError(`execution at unknown venue '${name}'`, 0);
    const execId = from.text(TEXT_MAX);
    if (!from.boolean()) {
      venue.executions.add(execId, undefined);
      return;
    }
    venue.executions.add(execId, {
      execId,
      clOrdId: from.text(TEXT_MAX),
      rootClOrdId: from.text(TEXT_MAX),
      strategyId: from.text(TEXT_MAX),
      symbol: from.text(TEXT_MAX),
      side: from.boolean() ? 'buy' : 'sell',
      quantity: from.bigint(),
      price: from.bigint(),
      busted: from.boolean(),
      index: from.natural(),
      timeUs: from.integer(),
    });
  },
};
