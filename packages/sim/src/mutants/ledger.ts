/** Seeded bugs of the ledger: orders, fills, clients' keys, what a snapshot holds. */
import type { Mutant } from './mutant.ts';

export const LEDGER_MUTANTS: readonly Mutant[] = [
  {
    name: 'books a repeated execution again',
    file: 'ledger/src/execution.ts',
    find: "if (report.execId === '' || !venue.executions.has(report.execId)) return false;",
    replace: 'if (true) return false;',
  },
  {
    name: 'makes a second order of a repeated clientKey',
    file: 'ledger/src/client-keys.ts',
    find: "if (record === NOWHERE) return 'first';",
    replace: "if (record === NOWHERE || clientKey.endsWith('7')) return 'first';",
  },
  {
    name: 'the checkpoint misses what clients were answered',
    file: 'ledger/src/snapshot.ts',
    find: '  RECORDS,\n',
    replace: '',
  },
  {
    name: 'the checkpoint misses what the sessions have sent',
    file: 'ledger/src/snapshot.ts',
    find: '  OUTBOXES,\n',
    replace: '',
  },
  {
    name: 'looks at the clock of the machine',
    file: 'ledger/src/order-entry.ts',
    find: 'noteOrder(state, question);\n  if (order.phase',
    replace:
      'noteOrder(state, question);\n  order.price += BigInt(Math.floor(performance.now() * 1000) % 2);\n  if (order.phase',
  },
  {
    name: 'lets a fill pass that takes an order beyond its quantity',
    file: 'ledger/src/fill.ts',
    find: '  order.cumQuantity += quantity;',
    replace: '  order.cumQuantity += quantity > 5n ? quantity - 1n : quantity;',
  },
  {
    name: 'a cancel that the venue confirms leaves the order open',
    file: 'ledger/src/state-report.ts',
    find: "      closeIfOpen(state, order, 'Canceled', report.text);",
    replace: "      if (order.pending !== undefined) closeIfOpen(state, order, 'Canceled', report.text);",
  },
  {
    name: 'an accepted replace keeps the old quantity',
    file: 'ledger/src/state-report.ts',
    find: 'order.quantity = figures.orderQuantity ?? (isOurs ? pending.quantity : order.quantity);',
    replace: 'order.quantity = order.quantity > 0n ? order.quantity : pending?.quantity ?? 0n;',
  },
  {
    // On a line of TCP nothing is lost between two messages: a gap is what a Logon finds.
    name: "counts the one message that the venue's Logon is ahead by as received",
    file: 'fix/src/session-logon.ts',
    find: '  const early = seq > state.nextIn;\n  if (!early) {\n    state.nextIn++;',
    replace: '  const early = seq > state.nextIn + 1;\n  if (!early) {\n    state.nextIn = seq + 1;',
  },
  {
    name: 'the checkpoint misses the open orders',
    file: 'ledger/src/snapshot.ts',
    find: '  OPEN_ORDERS,\n',
    replace: '',
  },
];
