/**
 * The audit of the API: one line for every request that asked to act, and for every one that was refused at the door; who,
 * what, from where, and what came of it. Never a token, a header or a body.
 */
import type { Reply } from '../api/reply.ts';
import type { CoreLog } from '../core/core-log.ts';
import type { Principal } from './token-book.ts';

export interface AuditedRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly remote: string;
  readonly principal: Principal | undefined;
  /** The caller's own name for what it asks, '' for none. */
  readonly clientKey: string;
  readonly durationMs: number;
}

const PATH_LENGTH_MAX = 200;

export function audit(log: CoreLog, request: AuditedRequest, reply: Reply): void {
  const { clientKey, durationMs, method, path, principal, remote } = request;
  const isRefusedAtDoor = reply.status === 401 || reply.status === 403 || reply.status === 429;
  const isAct = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
  if (!isAct && !isRefusedAtDoor) return;
  const line = {
    event: 'api.audit',
    who: principal?.name ?? 'unknown',
    role: principal?.role ?? '',
    remote,
    method,
    path: path.slice(0, PATH_LENGTH_MAX),
    status: reply.status,
    outcome: outcomeOf(reply),
    ...(clientKey === '' ? {} : { clientKey }),
    durationMs: Math.round(durationMs * 1000) / 1000,
  };
  if (isRefusedAtDoor) log.warn(line, 'request refused');
  else log.info(line, 'request to act');
}

/** `done`, or the code of a refusal; a denial of the ledger is answered with 200. */
function outcomeOf({ body, status }: Reply): string {
  const { code, ok } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof code === 'string') return code;
  return status < 400 && ok !== false ? 'done' : 'refused';
}
