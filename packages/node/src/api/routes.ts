/** What can be asked of a node: method and path to handler. One list, in the order of docs/contracts.md. */
import type { Command, OrderView } from '@baton/ledger';
import type { TransferResult } from '@baton/replica';
import type { CommandAnswer } from '../desk/protocol.ts';
import { recoveryReport } from '../recovery/restart-status.ts';
import { takeoverReports } from '../takeover/report.ts';
import {
  type Checked,
  cancelFromFields,
  type Fields,
  reasonFromFields,
  replaceFromFields,
  submitFromFields,
  targetFromFields,
} from './body.ts';
import { checkpointViews, takeCheckpoint } from './checkpoints.ts';
import { configurationView } from './configuration-view.ts';
import { nodeHealth } from './health.ts';
import { switchHere } from './kill-switch.ts';
import { addMember, memberViews, removeMember } from './members.ts';
import { configurationFromFields, drainFromFields, tradingFromFields, versionFromFields } from './operations-body.ts';
import { promote } from './promotion.ts';
import { acceptColdFromFields, acknowledgeFromFields, reconcileNow } from './reconcile-body.ts';
import { ok, problem, type Reply } from './reply.ts';
import {
  guardFromFields,
  killSwitchFromFields,
  limitsFromFields,
  massCancelFromFields,
  orderRequestFromFields,
  rampFromFields,
  referencePriceFromFields,
  tradingStateFromFields,
} from './risk-body.ts';
import { nodeStatus } from './status.ts';
import { diffOf, strategiesView } from './strategies.ts';
import {
  deployFromFields,
  parametersFromFields,
  pauseFromFields,
  promoteFromFields,
  removeFromFields,
  rollbackFromFields,
} from './strategy-requests.ts';
import type { ApiSubject } from './subject.ts';
import { acceptSequenceResetFromFields, settleFromFields } from './venue-body.ts';
import { activation, versionView } from './version.ts';

export interface RouteRequest {
  readonly core: ApiSubject;
  readonly fields: Fields;
  readonly query: URLSearchParams;
  /** The path's variable part; '' for none. */
  readonly parameter: string;
}

type Handler = (request: RouteRequest) => Reply | Promise<Reply>;

interface Route {
  readonly method: 'GET' | 'POST';
  /** `:` stands for one variable segment. */
  readonly path: readonly string[];
  readonly handle: Handler;
}

/** Status that the server turns into a redirect to the leader. */
const MISDIRECTED = 421;

const ROUTES: readonly Route[] = [
  route('GET', '/status', ({ core }) => ok(nodeStatus(core))),
  route('GET', '/health', ({ core }) => nodeHealth(core)),
  route('GET', '/orders', ({ core, query }) => {
    const state = query.get('state');
    const orders = ordersPage(core, query).filter((order) => state === null || order.state === state);
    return ok(orders);
  }),
  route('GET', '/orders/:', ({ core, parameter }) => {
    const order = core.ledger.order(parameter);
    if (order !== undefined) return ok(order);
    return problem(404, 'UNKNOWN_ORDER', `no order ${parameter}`, 'use a ClOrdID as answered to POST /orders');
  }),
  route('GET', '/fills', ({ core, query }) => {
    const after = Number(query.get('after') ?? '0');
    return ok(core.ledger.fills({ after: Number.isFinite(after) ? after : 0, limit: limitOf(query) }));
  }),
  route('GET', '/positions', ({ core }) => ok(core.ledger.positions())),
  route('GET', '/sessions', ({ core }) => ok(core.ledger.sessions())),
  route('GET', '/clients', ({ core }) => ok(core.ledger.clientSessions())),
  route('GET', '/takeovers', ({ core }) => ok(takeoverReports(core))),
  route('GET', '/takeovers/:', ({ core, parameter }) => takeoverReport(core, parameter)),
  route('POST', '/venues/:/accept-sequence-reset', ({ core, fields, parameter }) =>
    command(core, acceptSequenceResetFromFields(parameter, fields)),
  ),
  route('GET', '/reconciliation', ({ core }) =>
    ok({ ...core.ledger.reconciliation(), coldStart: core.ledger.coldStart() ?? null }),
  ),
  route('POST', '/venues/:/reconcile', ({ core, parameter }) => reconcileNow(core, parameter)),
  route('POST', '/venues/:/acknowledge', ({ core, fields, parameter }) =>
    command(core, acknowledgeFromFields(parameter, fields)),
  ),
  route('POST', '/venues/:/accept-cold-start', ({ core, fields, parameter }) =>
    command(core, acceptColdFromFields(parameter, fields)),
  ),
  route('POST', '/orders/:/settle', ({ core, fields, parameter }) =>
    command(core, settleFromFields(parameter, fields)),
  ),
  route('GET', '/checkpoints', ({ core }) => ok(checkpointViews(core))),
  route('POST', '/checkpoints', ({ core, fields }) => takeCheckpoint(core, fields)),
  route('GET', '/members', ({ core }) => ok(memberViews(core))),
  route('POST', '/members', ({ core, fields }) => addMember(core, fields)),
  route('POST', '/members/:/remove', ({ core, parameter }) => removeMember(core, parameter)),
  route('POST', '/orders', ({ core, fields }) => command(core, submitFromFields(fields))),
  route('POST', '/orders/:/cancel', ({ core, fields, parameter }) =>
    command(core, cancelFromFields(parameter, fields)),
  ),
  route('POST', '/orders/:/replace', ({ core, fields, parameter }) =>
    command(core, replaceFromFields(parameter, fields)),
  ),
  route('POST', '/orders/:/query', ({ core, fields, parameter }) =>
    command(core, orderRequestFromFields('QueryOrder', parameter, fields)),
  ),
  route('POST', '/orders/:/claim', ({ core, fields, parameter }) =>
    command(core, orderRequestFromFields('ClaimExternal', parameter, fields)),
  ),
  route('POST', '/mass-cancel', ({ core, fields }) => command(core, massCancelFromFields(fields))),
  route('GET', '/risk', ({ core }) => ok({ ...core.ledger.risk(), latches: core.gate.latches.list() })),
  route('GET', '/timers', ({ core }) => ok(core.ledger.timers())),
  route('POST', '/kill-switch', ({ core, fields }) => {
    const wanted = killSwitchFromFields(fields);
    if (!wanted.ok) return wanted.reply;
    const told = switchHere(core, wanted.value);
    if (told === undefined) return ok({ latches: core.gate.latches.list() });
    return command(core, { ok: true, value: told });
  }),
  route('POST', '/trading-state', ({ core, fields }) => command(core, tradingStateFromFields(fields))),
  route('POST', '/limits', ({ core, fields }) => command(core, limitsFromFields(fields))),
  route('POST', '/reference-prices', ({ core, fields }) => command(core, referencePriceFromFields(fields))),
  route('POST', '/ramp', ({ core, fields }) => command(core, rampFromFields(fields))),
  route('POST', '/ramp/guard', ({ core, fields }) => command(core, guardFromFields(fields))),
  route('POST', '/ramp/abort', ({ core, fields }) => {
    const reason = reasonFromFields(fields);
    return reason.ok ? command(core, { ok: true, value: { type: 'RampAbort', reason: reason.value } }) : reason.reply;
  }),
  route('POST', '/logout', ({ core, fields }) => {
    const reason = reasonFromFields(fields);
    if (!reason.ok) return reason.reply;
    // A leader that dialled again at once would undo the logout.
    if (core.leadingTerm !== 0) core.suspendVenues();
    return command(core, { ok: true, value: { type: 'LogoutSessions', reason: reason.value || 'planned stop' } });
  }),
  route('POST', '/logon', ({ core }) => {
    if (core.leadingTerm === 0)
      return problem(MISDIRECTED, 'NOT_LEADING', 'this node does not lead', 'follow Location');
    core.resumeVenues();
    return ok({ resumed: true });
  }),
  route('GET', '/strategies', ({ core }) => ok(strategiesView(core))),
  route('GET', '/strategies/:/diff', ({ core, parameter }) => diffOf(core, parameter)),
  route('POST', '/strategies/pause', ({ core, fields }) => command(core, pauseFromFields('', true, fields))),
  route('POST', '/strategies/resume', ({ core, fields }) => command(core, pauseFromFields('', false, fields))),
  route('POST', '/strategies/:/pause', ({ core, fields, parameter }) =>
    command(core, pauseFromFields(parameter, true, fields)),
  ),
  route('POST', '/strategies/:/resume', ({ core, fields, parameter }) =>
    command(core, pauseFromFields(parameter, false, fields)),
  ),
  route('POST', '/strategies/:/deploy', asLeader(deployFromFields)),
  route('POST', '/strategies/:/promote', asLeader(promoteFromFields)),
  route('POST', '/strategies/:/rollback', asLeader(rollbackFromFields)),
  route('POST', '/strategies/:/parameters', asLeader(parametersFromFields)),
  route('POST', '/strategies/:/remove', asLeader(removeFromFields)),
  route('POST', '/drain', ({ core, fields }) => command(core, drainFromFields(fields))),
  route('POST', '/stop-trading', ({ core, fields }) => command(core, tradingFromFields('StopTrading', fields))),
  route('POST', '/start-trading', ({ core, fields }) => command(core, tradingFromFields('StartTrading', fields))),
  route('GET', '/recovery', ({ core }) => ok(recoveryReport(core))),
  route('GET', '/restart-status', ({ core }) =>
    ok(core.replica === undefined ? 'PENDING' : recoveryReport(core).status),
  ),
  route('GET', '/trading-status', ({ core }) => ok(recoveryReport(core).trading)),
  route('GET', '/role', ({ core }) => ok(core.leadingTerm === 0 ? 'BACKUP' : 'PRIMARY')),
  route('GET', '/configuration', ({ core }) => ok(configurationView(core))),
  route('POST', '/configuration', ({ core, fields }) => command(core, configurationFromFields(fields))),
  route('GET', '/version', ({ core }) => ok(versionView(core))),
  route('POST', '/version/activate', async ({ core, fields }) => {
    const wanted = versionFromFields(fields);
    if (!wanted.ok) return wanted.reply;
    if (core.leadingTerm === 0)
      return problem(MISDIRECTED, 'NOT_LEADING', 'this node does not lead', 'follow Location');
    return command(core, await activation(core, wanted.value));
  }),
  route('POST', '/transfer', transfer),
  route('POST', '/promote-to-primary', ({ core }) => promote(core)),
];

/** What the present state decides is decided where it is newest. */
function asLeader(
  read: (core: ApiSubject, parameter: string, fields: Fields) => Checked<Command> | Promise<Checked<Command>>,
): Handler {
  return async ({ core, fields, parameter }) => {
    if (core.leadingTerm === 0) {
      return problem(MISDIRECTED, 'NOT_LEADING', 'this node does not lead', 'follow Location');
    }
    return command(core, await read(core, parameter, fields));
  };
}

function takeoverReport(core: ApiSubject, parameter: string): Reply {
  const found = takeoverReports(core).find(({ n }) => String(n) === parameter);
  if (found !== undefined) return ok(found);
  return problem(404, 'UNKNOWN_TAKEOVER', `no takeover ${parameter}`, 'see GET /takeovers for their numbers');
}

export type FoundRoute =
  | { readonly type: 'found'; readonly handle: Handler; readonly parameter: string }
  | { readonly type: 'method'; readonly allowed: readonly string[] }
  | { readonly type: 'none' };

/** Finds the route of a request. */
export function findRoute(method: string, pathname: string): FoundRoute {
  const segments = pathname.split('/').slice(1);
  const allowed: string[] = [];
  for (const candidate of ROUTES) {
    const parameter = match(candidate.path, segments);
    if (parameter === undefined) continue;
    if (candidate.method === method) return { type: 'found', handle: candidate.handle, parameter };
    allowed.push(candidate.method);
  }
  return allowed.length > 0 ? { type: 'method', allowed } : { type: 'none' };
}

function match(path: readonly string[], segments: readonly string[]): string | undefined {
  if (path.length !== segments.length) return undefined;
  let parameter = '';
  for (const [i, part] of path.entries()) {
    const segment = segments[i] ?? '';
    if (part === ':') parameter = segment;
    else if (part !== segment) return undefined;
  }
  return parameter;
}

function route(method: 'GET' | 'POST', path: string, handle: Handler): Route {
  return { method, path: path.split('/').slice(1), handle };
}

/** A page of this size costs the core's loop a few milliseconds; there is always a next page. */
const PAGE_MAX = 500;

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? PAGE_MAX);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, PAGE_MAX) : PAGE_MAX;
}

/** All open orders behind the newest closed ones; with `skip`, a page of closed ones only, further back. */
function ordersPage(core: ApiSubject, query: URLSearchParams): OrderView[] {
  const limit = limitOf(query);
  const skip = Number(query.get('skip') ?? '0');
  if (!Number.isSafeInteger(skip) || skip <= 0) return core.ledger.orders({ closedMax: limit });
  const count = core.ledger.closedCount();
  const take = Math.max(0, Math.min(limit, count - skip));
  return core.ledger.orders({ open: false, closedMax: Math.min(skip + limit, count), closedTake: take });
}

function command(core: ApiSubject, wanted: Checked<Command>): Promise<Reply> | Reply {
  if (!wanted.ok) return wanted.reply;
  return new Promise((resolve) => core.proposer.external(wanted.value, (answer) => resolve(replyFromAnswer(answer))));
}

function replyFromAnswer(answer: CommandAnswer): Reply {
  if (answer.ok) return ok(answer);
  switch (answer.code) {
    case 'NOT_LEADING':
      return problem(MISDIRECTED, answer.code, answer.text, 'follow Location');
    case 'BUSY':
      return problem(429, answer.code, answer.text, 'send fewer commands at once', { 'retry-after': '1' });
    case 'OUTCOME_UNKNOWN':
      return problem(504, answer.code, answer.text, 'repeat the command with the same clientKey');
    default:
      // The ledger's answer, kept for this clientKey: a denial is a result, not a failure of the request.
      return ok(answer);
  }
}

async function transfer({ core, fields }: RouteRequest): Promise<Reply> {
  const wanted = targetFromFields(fields);
  if (!wanted.ok) return wanted.reply;
  const target = core.knownNodes().find((node) => node.name === wanted.value);
  if (wanted.value !== '' && target === undefined) {
    const names = core
      .knownNodes()
      .map((node) => node.name)
      .join(', ');
    return problem(
      422,
      'BAD_FIELD',
      `to is "${wanted.value}"; expected one of ${names}`,
      'name a node of this cluster',
    );
  }
  const outcome = await handOver(core, target?.id ?? 0);
  if (outcome === undefined || (!outcome.ok && outcome.reason === 'not-leader')) {
    return problem(MISDIRECTED, 'NOT_LEADING', 'this node does not lead', 'follow Location');
  }
  if (!outcome.ok) {
    return problem(409, 'TRANSFER_FAILED', `leadership was not handed over: ${outcome.reason}`, 'see GET /status');
  }
  return ok({ leader: core.knownNodes().find((node) => node.id === outcome.leader)?.name ?? null, term: outcome.term });
}

/** A hand-over has little time, for nobody trades meanwhile: on a busy machine it may need another try. */
const HAND_OVER_TRIES = 3;

async function handOver(core: RouteRequest['core'], to: number): Promise<TransferResult | undefined> {
  let outcome = await core.replica?.transfer(to);
  for (let tries = 1; tries < HAND_OVER_TRIES && outcome?.ok === false && outcome.reason === 'timeout'; tries++) {
    outcome = await core.replica?.transfer(to);
  }
  return outcome;
}
