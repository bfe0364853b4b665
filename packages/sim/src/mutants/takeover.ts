/** Seeded bugs of the takeover: what is believed to have arrived, and what is sent again. */
import type { Mutant } from './mutant.ts';

export const TAKEOVER_MUTANTS: readonly Mutant[] = [
  {
    name: 'voids what is in doubt without a proof',
    file: 'ledger/src/never-received.ts',
    find: 'return slot >= venue.nextExpected && slot < venue.logonSlot && !venue.session.state.outbox.has(slot);',
    replace: 'return true;',
  },
  {
    name: 'sends again what was never proven not to have arrived, as a new message',
    file: 'ledger/src/never-received.ts',
    find: "  if (!order.inDoubt || order.instrument.venue !== venue.configuration.venue) continue;\n    if (order.phase === 'Sent'",
    replace:
      "  if (!order.inDoubt || order.instrument.venue !== venue.configuration.venue) continue;\n    if (order.phase === 'Sent') { order.phase = 'Held'; order.slot = 0; order.inDoubt = false; venue.held.push(order.rootClOrdId); continue; }\n    if (order.phase === 'Sent'",
  },
  {
    name: 'takes any later resend for a proof',
    file: 'ledger/src/never-received.ts',
    find: 'return venue.nextExpected === 0 && slot < venue.logonSlot;',
    replace: 'return true;',
    rows: ['4'],
  },
  {
    name: 'holds a message that left for one that did not',
    file: 'ledger/src/takeover.ts',
    find: '    order.inDoubt = true;\n    state.orderChanged(order);\n  }\n  recordDoubts(state, venue);',
    replace: '    state.orderChanged(order);\n  }\n  recordDoubts(state, venue);',
  },
  {
    name: 'opens the gate before the venue has sent what was missed',
    file: 'ledger/src/takeover.ts',
    find: "if (venue.phase === 'OutboundResolved' && venue.inboundSynced) {",
    replace: "if (venue.phase === 'OutboundResolved') {",
  },
  {
    name: 'opens the gate before doubts are asked about',
    file: 'ledger/src/takeover.ts',
    find: 'if (isReconciled(venue) && !isColdPending(state, venue.configuration.venue)) reachPhase',
    replace: 'venue.queries.clear(); reachPhase',
  },
  {
    name: 'fills the gap that a venue asks for with nothing, every other message',
    file: 'fix/src/session-resend.ts',
    find: '    if (isResent(context, slot)) {',
    replace: '    if (isResent(context, slot) && slot.seq % 2 === 0) {',
  },
  {
    name: 'a half-open line is never noticed',
    file: 'ledger/src/transport.ts',
    find: 'if (venue.connectionId !== 0) carryOut(state, venue, venue.session.tick(state.entry.timeUs));',
    replace: '',
  },
];
