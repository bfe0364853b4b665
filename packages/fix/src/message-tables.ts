// The messages that Baton and its venue use, as tables: session messages, order
// entry, mass actions, positions, trades, market data, news. Fields that no one
// here reads or writes are left out; the full list is a dictionary's business.

import { MARKET_DATA_TABLES } from './market-data-tables.ts';
import { ORDER_TABLES } from './order-tables.ts';
import { MASS_TABLES, POST_TRADE_TABLES } from './query-tables.ts';
import { SESSION_TABLES } from './session-tables.ts';

/** FIX 4.4 and FIX 5.0SP2, by the standard's message names. */
export const MessageTables = {
  ...SESSION_TABLES,
  ...ORDER_TABLES,
  ...MASS_TABLES,
  ...POST_TRADE_TABLES,
  ...MARKET_DATA_TABLES,
} as const;
