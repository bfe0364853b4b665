/**
 * RPO 0 at the moment that matters: when the gate opens after a takeover, every fill that happened before the session
 * logged on is booked, so that nothing is decided on positions that are not true. Only for venues that send again what was
 * missed, and not of fills that the venue itself tells late (a fault of its own).
 */
import type { World } from '../world/world.ts';

export function watchCompleteAtGate(world: World): void {
  const { exchange } = world.venue;
  if (!exchange.profile.session.resend) return;
  /** Fills that are not known to be booked, and how many of them came before the last logon. */
  let fills: string[] = [];
  let beforeLogon = 0;
  world.moments.on('venue', (event) => {
    if (event.type === 'fill' && !world.venue.tellsLate) fills.push(event.fill.execId);
    if (event.type === 'logged-on') beforeLogon = fills.length;
  });
  world.moments.on('applied', ({ nodeId, core }, { index }, events) => {
    if (core === undefined || core.leadingTerm === 0) return;
    for (const event of events) {
      if (event.type !== 'GateOpened') continue;
      const missing = fills.slice(0, beforeLogon).filter((execId) => !core.ledger.knowsExecution(event.venue, execId));
      if (missing.length > 0)
        world.report(
          'complete at the gate',
          `node ${nodeId} opened the gate at ${index} without fills ${missing.join()}`,
        );
      fills = fills.slice(beforeLogon);
      beforeLogon = 0;
    }
  });
}
