/**
 * May the books be opened from this reading? A cold start believes the venue, so what it believes is looked at first: is
 * everything told that the books need, and is it within the bands that an operator set. Refused, it waits for one.
 */
import { factsOf, type Ledger } from '@baton/ledger';
import type { AccountReading } from './account-reader.ts';
import { isBeyond } from './decimal-bound.ts';
import type { SanityBands } from './reconcile-settings.ts';

/** What forbids it, in words; '' for nothing. What an operator has accepted is not asked for again. */
export function openingFault(ledger: Ledger, venue: string, reading: AccountReading, bands: SanityBands): string {
  const at = ledger.coldStart()?.venues.find((one) => one.venue === venue);
  if (at?.detail.startsWith('accepted by') === true) return '';
  const { failed, notOffered, read } = reading;
  if (failed !== '') return `not read: ${failed}`;
  const configuration = ledger.configuration();
  const own = configuration?.venues.find((one) => one.venue === venue);
  // A replay of all executions books every fill there was: the positions follow from it.
  const isReplayed = own !== undefined && factsOf(own).statusBy[0] === 'F1F3';
  if (notOffered.includes('orders')) return 'the venue does not tell its open orders';
  if (notOffered.includes('positions') && !isReplayed) return 'the venue does not tell positions';
  const { orders = [], positions = [] } = read;
  if (orders.length > bands.openOrdersMax) {
    return `${orders.length} open orders, more than the ${bands.openOrdersMax} of the band openOrdersMax`;
  }
  const limitOf = (symbol: string): string =>
    bands.positionMax[symbol] ?? ledger.configuration()?.limits.positionMax ?? '';
  const beyond = positions.find(({ quantity, symbol }) => isBeyond(quantity, limitOf(symbol)));
  if (beyond === undefined) return '';
  return `position of ${beyond.quantity} ${beyond.symbol}, beyond the ${limitOf(beyond.symbol)} of its band`;
}
