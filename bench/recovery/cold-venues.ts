/**
 * Three venues as a process of their own, with an account that has a history: fills of the last 20 hours, open orders, and a
 * position in every symbol. Put straight into their markets. Says their addresses to its parent, and ends with it.
 */
import { findProfile } from '@baton/profiles';
import { type Instant, runVenue, type Side, type Venue } from '@baton/venue';

export interface VenueWish {
  readonly name: string;
  readonly profile: string;
  readonly symbols: readonly string[];
  readonly openOrders: number;
  readonly fills: number;
}

export interface VenueAddress {
  readonly name: string;
  readonly fix: string;
  readonly http: string;
}

export const OWNER = 'BATON';
export const PRICE_SCALE = 2;
export const QUANTITY_SCALE = 4;
const PRICE = 10_000n;
const FILL = 100n;
/** One order of the account is filled so often. */
const FILLS_AN_ORDER = 20;
const HISTORY_US = 20 * 3_600_000_000;

async function open(wish: VenueWish): Promise<VenueAddress> {
  const profile = findProfile(wish.profile);
  if (profile === undefined) throw new Error(`no profile ${wish.profile}`);
  const instruments = wish.symbols.map((symbol) => ({
    symbol,
    priceScale: PRICE_SCALE,
    quantityScale: QUANTITY_SCALE,
    referencePrice: '100',
  }));
  const venue = await runVenue({
    profile,
    sessions: [{ senderCompId: wish.name, targetCompId: OWNER }],
    instruments,
    counterFlow: { enabled: false },
  });
  live(venue, wish);
  const text = ({ host, port }: { host: string; port: number }): string => `${host}:${port}`;
  return { name: wish.name, fix: text(venue.address), http: text(venue.httpAddress ?? { host: '', port: 0 }) };
}

/** The life of the account before the cold start. */
function live(venue: Venue, { fills, name, openOrders, symbols }: VenueWish): void {
  const { market } = venue.exchange;
  const startUs = Date.now() * 1000 - HISTORY_US;
  let count = 0;
  const submit = (owner: string, symbol: string, side: Side, price: bigint, quantity: bigint, at: Instant): void => {
    count += 1;
    const ids = { owner, clOrdId: `${owner}-${name}-${count}`, account: owner };
    const terms = { symbol, side, price, quantity, orderType: 'limit', timeInForce: 'gtc', origin: null } as const;
    const refused = market.submit({ ...ids, ...terms }, at).find(({ type }) => type === 'rejected');
    if (refused !== undefined) throw new Error(`${name} refused what it should have done: ${refused.text}`);
  };
  for (let n = 0; n < fills; n += FILLS_AN_ORDER) {
    const symbol = symbols[(n / FILLS_AN_ORDER) % symbols.length] ?? '';
    const ofThis = Math.min(FILLS_AN_ORDER, fills - n);
    const at = (m: number): Instant => {
      const afterUs = Math.floor((HISTORY_US * (n + m)) / fills);
      return { wallUs: startUs + afterUs, monotonicUs: afterUs };
    };
    // Three buys to each sell: a position in every symbol.
    const side = Math.floor(n / FILLS_AN_ORDER / symbols.length) % 4 === 3 ? 'sell' : 'buy';
    submit(OWNER, symbol, side, PRICE, FILL * BigInt(ofThis), at(0));
    for (let m = 0; m < ofThis; m += 1) submit('OTHER', symbol, side === 'buy' ? 'sell' : 'buy', PRICE, FILL, at(m));
  }
  for (let n = 0; n < openOrders; n += 1) {
    const symbol = symbols[n % symbols.length] ?? '';
    submit(OWNER, symbol, 'buy', PRICE / 2n, FILL, { wallUs: startUs + HISTORY_US, monotonicUs: HISTORY_US });
  }
}

process.on('disconnect', () => process.exit(0));
process.once('message', (wishes: readonly VenueWish[]) => {
  void Promise.all(wishes.map(open)).then((addresses) => process.send?.(addresses));
});
