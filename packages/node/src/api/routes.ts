/** What can be asked of a node: method and path to handler. One list, in the order of docs/contracts.md. */
import type { Command } from '@baton/ledger';
import type { TransferResult } from '@baton/replica';
import type { TakeoverMeter } from '../metrics/takeover-meter.ts';
import { recoveryReport } from '../recovery/restart-status.ts';
import { MISDIRECTED } from './act.ts';
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
import { consolePage } from './console-page.ts';
import { drillFromFields, drillsView } from './drills.ts';
import { nodeHealth } from './health.ts';
import { switchHere } from './kill-switch.ts';
import { fillList, orderList, reconciliationList, riskFigures, takeoverList, takeoverOf, timerList } from './lists.ts';
import { addMember, memberViews, removeMember } from './members.ts';
import { metricsPage } from './metrics-page.ts';
import { openApi } from './openapi.ts';
import { configurationFromFields, drainFromFields, tradingFromFields, versionFromFields } from './operations-body.ts';
import { orderReply } from './order-view.ts';
import { leadership, readiness } from './probes.ts';
import { promote } from './promotion.ts';
import { recentLog } from './recent-log.ts';
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
  /** With what who asks may ask another node; '' for nothing. */
  readonly authorization: string;
  readonly meter: TakeoverMeter;
  /** Has a command carried out in the name of who asks. */
  readonly command: (wanted: Checked<Command>) => Reply | Promise<Reply>;
}

type Handler = (request: RouteRequest) => Reply | Promise<Reply>;

interface Route {
  readonly method: 'GET' | 'POST';
  /** `:` stands for one variable segment. */
  readonly path: readonly string[];
  readonly handle: Handler;
}

const ROUTES: readonly Route[] = [
  route('GET', '/status', ({ core }) => ok(nodeStatus(core))),
  // Made now: its cost follows what changed since a hash was last made.
  route('GET', '/state-hash', ({ core }) =>
    ok({ index: core.replica?.status().applied ?? 0, hash: core.ledger.hash() }),
  ),
  route('GET', '/health', ({ core }) => nodeHealth(core)),
  route('GET', '/livez', () => ok('ok')),
  route('GET', '/readyz', ({ core }) => readiness(core)),
  route('GET', '/leader', ({ core }) => leadership(core)),
  route('GET', '/openapi.json', () => openApi()),
  route('GET', '/console', ({ core }) => consolePage(core, '')),
  route('GET', '/console/:', ({ core, parameter }) => consolePage(core, parameter)),
  route('GET', '/metrics', ({ core, meter }) => metricsPage(core, meter)),
  route('GET', '/log', ({ core, query }) => recentLog(core.plan.feedSocket, query)),
  route('GET', '/orders', ({ core, query }) => orderList(core, query)),
  route('GET', '/orders/:', ({ core, parameter }) => orderReply(core, parameter)),
  route('GET', '/fills', ({ core, query }) => fillList(core, query)),
  route('GET', '/positions', ({ core }) => ok(core.ledger.positions())),
  route('GET', '/sessions', ({ core }) => ok(core.ledger.sessions())),
  route('GET', '/clients', ({ core }) => ok(core.ledger.clientSessions())),
  route('GET', '/takeovers', ({ core, query }) => takeoverList(core, query)),
  route('GET', '/takeovers/:', ({ core, parameter }) => takeoverOf(core, parameter)),
  route('POST', '/venues/:/accept-sequence-reset', ({ command, fields, parameter }) =>
    command(acceptSequenceResetFromFields(parameter, fields)),
  ),
  route('GET', '/reconciliation', ({ core, query }) => reconciliationList(core, query)),
  route('POST', '/venues/:/reconcile', ({ core, parameter }) => reconcileNow(core, parameter)),
  route('POST', '/venues/:/acknowledge', ({ command, fields, parameter }) =>
    command(acknowledgeFromFields(parameter, fields)),
  ),
  route('POST', '/venues/:/accept-cold-start', ({ command, fields, parameter }) =>
    command(acceptColdFromFields(parameter, fields)),
  ),
  route('POST', '/orders/:/settle', ({ command, fields, parameter }) => command(settleFromFields(parameter, fields))),
  route('GET', '/checkpoints', ({ core }) => ok(checkpointViews(core))),
  route('POST', '/checkpoints', ({ core, fields }) => takeCheckpoint(core, fields)),
  route('POST', '/checkpoint', ({ core, fields }) => takeCheckpoint(core, fields)),
  route('GET', '/members', ({ core }) => ok(memberViews(core))),
  route('POST', '/members', ({ core, fields }) => addMember(core, fields)),
  route('POST', '/members/:/remove', ({ core, parameter }) => removeMember(core, parameter)),
  route('POST', '/orders', ({ command, fields }) => command(submitFromFields(fields))),
  route('POST', '/orders/:/cancel', ({ command, fields, parameter }) => command(cancelFromFields(parameter, fields))),
  route('POST', '/orders/:/replace', ({ command, fields, parameter }) => command(replaceFromFields(parameter, fields))),
  route('POST', '/orders/:/query', ({ command, fields, parameter }) =>
    command(orderRequestFromFields('QueryOrder', parameter, fields)),
  ),
  route('POST', '/orders/:/claim', ({ command, fields, parameter }) =>
    command(orderRequestFromFields('ClaimExternal', parameter, fields)),
  ),
  route('POST', '/mass-cancel', ({ command, fields }) => command(massCancelFromFields(fields))),
  route('GET', '/risk', ({ core, query }) => riskFigures(core, query)),
  route('GET', '/timers', ({ core, query }) => timerList(core, query)),
  route('POST', '/kill-switch', ({ command, core, fields }) => {
    const wanted = killSwitchFromFields(fields);
    if (!wanted.ok) return wanted.reply;
    const told = switchHere(core, wanted.value);
    if (told === undefined) return ok({ latches: core.gate.latches.list() });
    return command({ ok: true, value: told });
  }),
  route('POST', '/trading-state', ({ command, fields }) => command(tradingStateFromFields(fields))),
  route('POST', '/limits', ({ command, fields }) => command(limitsFromFields(fields))),
  route('POST', '/reference-prices', ({ command, fields }) => command(referencePriceFromFields(fields))),
  route('POST', '/ramp', ({ command, fields }) => command(rampFromFields(fields))),
  route('POST', '/ramp/guard', ({ command, fields }) => command(guardFromFields(fields))),
  route('POST', '/ramp/abort', ({ command, fields }) => {
    const reason = reasonFromFields(fields);
    return reason.ok ? command({ ok: true, value: { type: 'RampAbort', reason: reason.value } }) : reason.reply;
  }),
  route('POST', '/logout', ({ command, core, fields }) => {
    const reason = reasonFromFields(fields);
    if (!reason.ok) return reason.reply;
    // A leader that dialled again at once would undo the logout.
    if (core.leadingTerm !== 0) core.suspendVenues();
    return command({ ok: true, value: { type: 'LogoutSessions', reason: reason.value || 'planned stop' } });
  }),
  route('POST', '/logon', ({ core }) => {
    if (core.leadingTerm === 0)
      return problem(MISDIRECTED, 'NOT_LEADING', 'this node does not lead', 'follow Location');
    core.resumeVenues();
    return ok({ resumed: true });
  }),
  route('GET', '/strategies', ({ core }) => ok(strategiesView(core))),
  route('GET', '/strategies/:/diff', ({ core, parameter }) => diffOf(core, parameter)),
  route('POST', '/strategies/pause', ({ command, fields }) => command(pauseFromFields('', true, fields))),
  route('POST', '/strategies/resume', ({ command, fields }) => command(pauseFromFields('', false, fields))),
  route('POST', '/strategies/:/pause', ({ command, fields, parameter }) =>
    command(pauseFromFields(parameter, true, fields)),
  ),
  route('POST', '/strategies/:/resume', ({ command, fields, parameter }) =>
    command(pauseFromFields(parameter, false, fields)),
  ),
  route('POST', '/strategies/:/deploy', asLeader(deployFromFields)),
  route('POST', '/strategies/:/promote', asLeader(promoteFromFields)),
  route('POST', '/strategies/:/rollback', asLeader(rollbackFromFields)),
  route('POST', '/strategies/:/parameters', asLeader(parametersFromFields)),
  route('POST', '/strategies/:/remove', asLeader(removeFromFields)),
  route('POST', '/drain', ({ command, fields }) => command(drainFromFields(fields))),
  route('POST', '/stop-trading', ({ command, fields }) => command(tradingFromFields('StopTrading', fields))),
  route('POST', '/start-trading', ({ command, fields }) => command(tradingFromFields('StartTrading', fields))),
  route('GET', '/recovery', ({ core }) => ok(recoveryReport(core))),
  route('GET', '/restart-status', ({ core }) => ok(recoveryReport(core).status)),
  route('GET', '/trading-status', ({ core }) => ok(recoveryReport(core).trading)),
  route('GET', '/role', ({ core }) => ok(core.leadingTerm === 0 ? 'BACKUP' : 'PRIMARY')),
  route('GET', '/drills', ({ core }) => ok(drillsView(core))),
  route('POST', '/drills', ({ command, fields }) => command(drillFromFields(fields))),
  route('GET', '/configuration', ({ core }) => ok(configurationView(core))),
  route('POST', '/configuration', ({ command, fields }) => command(configurationFromFields(fields))),
  route('GET', '/version', ({ core }) => ok(versionView(core))),
  route('POST', '/version/activate', async ({ authorization, command, core, fields }) => {
    const wanted = versionFromFields(fields);
    if (!wanted.ok) return wanted.reply;
    if (core.leadingTerm === 0)
      return problem(MISDIRECTED, 'NOT_LEADING', 'this node does not lead', 'follow Location');
    return command(await activation(core, wanted.value, authorization));
  }),
  route('POST', '/transfer', transfer),
  route('POST', '/promote-to-primary', ({ core, authorization }) => promote(core, authorization)),
];

/** What the present state decides is decided where it is newest. */
function asLeader(
  read: (core: ApiSubject, parameter: string, fields: Fields) => Checked<Command> | Promise<Checked<Command>>,
): Handler {
  return async ({ command, core, fields, parameter }) => {
    if (core.leadingTerm === 0) {
      return problem(MISDIRECTED, 'NOT_LEADING', 'this node does not lead', 'follow Location');
    }
    return command(await read(core, parameter, fields));
  };
}

export type FoundRoute =
  | { readonly type: 'found'; readonly handle: Handler; readonly parameter: string; readonly path: string }
  | { readonly type: 'method'; readonly allowed: readonly string[] }
  | { readonly type: 'none' };

/** Finds the route of a request. */
/** `segments`: decoded, without the first slash. */
export function findRoute(method: string, segments: readonly string[]): FoundRoute {
  const allowed: string[] = [];
  for (const candidate of ROUTES) {
    const parameter = match(candidate.path, segments);
    if (parameter === undefined) continue;
    if (candidate.method === method)
      return { type: 'found', handle: candidate.handle, parameter, path: `/${candidate.path.join('/')}` };
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

/** What can be asked, for documents and checks: `POST /orders/:/cancel`. */
export function routeNames(): string[] {
  return ROUTES.map(({ method, path }) => `${method} /${path.join('/')}`);
}
