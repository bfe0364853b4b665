/**
 * The kill switch over the API. This node's gate is closed at once, whoever leads and whether or not there is a quorum;
 * then the whole cluster is told by a log entry, unless the caller asks for this node alone. Opening goes the same way, so
 * that a latch never outlives the state that it was closed for by accident.
 */
import type { Command } from '@baton/ledger';
import type { KillSwitchRequest } from './risk-body.ts';
import type { ApiSubject } from './subject.ts';

/** Acts on this node's gate; the command that tells the others, undefined when nobody else is to be told. */
export function switchHere(core: ApiSubject, wanted: KillSwitchRequest): Command | undefined {
  const { local, on, reason, scope, target } = wanted;
  if (on) core.gate.latches.close({ scope, target, reason: reason || 'kill switch' });
  else core.gate.latches.open(scope, target);
  if (local) return undefined;
  if (scope === 'global') return { type: 'SetKillSwitch', on, reason };
  return { type: 'SetTradingState', scope, target, mode: on ? 'cancel-only' : 'active', reason };
}
