/**
 * Requests for orders, whoever makes them (strategy, HTTP client, FIX client): a request is answered once, and a repeat of
 * it under the same clientKey gets the same answer from memory, without effect.
 */
import { denied } from './denial.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { applyClaimExternal, applyQueryOrder } from './order-claim.ts';
import type { OrderCommand } from './order-command.ts';
import { applyCancelOrder, applyMassCancel, applyReplaceOrder, applySubmitOrder } from './order-entry.ts';

export type Request = OrderCommand;

/** `bytes` is the encoded request: what tells a repeat from another request under the same key. */
export function applyRequest(state: LedgerState, request: Request, bytes: Uint8Array): CommandResult {
  const { clientKey, strategyId } = request;
  if (strategyId.includes('\u0000')) return denied('BAD_COMMAND', 'strategyId contains NUL');
  if (clientKey === '' && request.type === 'SubmitOrder') return denied('BAD_COMMAND', 'clientKey is empty');
  if (state.configured === undefined) return denied('NOT_CONFIGURED');
  if (clientKey === '') return applyIntent(state, request);
  const repeat = state.clientKeys.find(strategyId, clientKey, bytes);
  if (repeat === 'reused') return denied('CLIENT_KEY_REUSED');
  if (repeat !== 'first') return repeat;
  const result = applyIntent(state, request);
  state.clientKeys.remember(strategyId, clientKey, bytes, result);
  return result;
}

function applyIntent(state: LedgerState, request: Request): CommandResult {
  switch (request.type) {
    case 'SubmitOrder':
      return applySubmitOrder(state, request);
    case 'CancelOrder':
      return applyCancelOrder(state, request);
    case 'ReplaceOrder':
      return applyReplaceOrder(state, request);
    case 'MassCancel':
      return applyMassCancel(state, request);
    case 'QueryOrder':
      return applyQueryOrder(state, request);
    case 'ClaimExternal':
      return applyClaimExternal(state, request);
  }
}
