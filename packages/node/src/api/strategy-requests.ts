/**
 * What people ask of strategies over the API. Code and parameters are tried by this node's desk before anything is
 * proposed; the core itself loads neither. What has to be decided from the present state (which deployment, which
 * parameters remain) is decided by the leader, and said in the command, so that a repeat asks for the same.
 */
import { isAbsolute, resolve } from 'node:path';
import { AS_CONFIGURED, type Command, NO_DEPLOYMENT, STRATEGY_FILE_SIZE_BYTES_MAX } from '@baton/ledger';
import { type Checked, checked, FieldError, FieldReader, type Fields } from './body.ts';
import { problem, type Reply } from './reply.ts';
import { configuredOf, parametersOf } from './strategies.ts';
import type { ApiSubject } from './subject.ts';

const SIGNED = ['by', 'reason'] as const;

interface Signed {
  readonly by: string;
  readonly reason: string;
}

export async function deployFromFields(
  core: ApiSubject,
  strategyId: string,
  fields: Fields,
): Promise<Checked<Command>> {
  const active = core.ledger.deployedStrategy(strategyId);
  const configured = configuredOf(core, strategyId);
  const read = checked(() => {
    const known = ['file', 'parameters', 'mode', 'memoryMb', 'onFailure', 'ordersOnHalt', 'state', ...SIGNED];
    const reader = new FieldReader(fields, known);
    const before = active?.deployments.find(({ deployment }) => deployment === active.active);
    // Left out: as the version that it stands beside.
    const like = before === undefined || before.deployment === AS_CONFIGURED ? configured : before;
    return {
      file: fileFrom(core, reader.text('file')),
      parameters: parametersFrom(fields, parametersOf(core, strategyId, active?.active ?? AS_CONFIGURED)),
      mode: reader.oneOf('mode', ['shadow', 'leader', 'replicated'], like?.mode ?? 'shadow'),
      memoryMb: fields['memoryMb'] === undefined ? (like?.memoryMb ?? 256) : reader.integer('memoryMb', 16, 65_536),
      onFailure: reader.oneOf('onFailure', ['restart', 'halt'], like?.onFailure ?? 'restart'),
      ordersOnHalt: reader.oneOf('ordersOnHalt', ['leave', 'cancel'], like?.ordersOnHalt ?? 'leave'),
      stateFrom: reader.oneOf('state', ['active', 'fresh'], 'active'),
      ...signedFrom(reader),
    } as const;
  });
  if (!read.ok) return read;
  const { file, parameters } = read.value;
  const outcome = await core.desk.check(file, '', parameters);
  if (!outcome.ok) return unfit(outcome.problem);
  const { digest, version } = outcome;
  const isConfigured = configured !== undefined;
  return { ok: true, value: { type: 'DeployStrategy', strategyId, isConfigured, ...read.value, digest, version } };
}

export function promoteFromFields(core: ApiSubject, strategyId: string, fields: Fields): Checked<Command> {
  const strategy = core.ledger.deployedStrategy(strategyId);
  const read = checked(() => {
    const reader = new FieldReader(fields, ['deployment', 'force', ...SIGNED]);
    const deployment =
      fields['deployment'] === undefined
        ? (strategy?.candidate ?? NO_DEPLOYMENT)
        : reader.integer('deployment', 1, 1e9);
    return { deployment, force: reader.flag('force', false), signed: signedFrom(reader) };
  });
  if (!read.ok) return read;
  const { deployment, force, signed } = read.value;
  if (deployment === NO_DEPLOYMENT) {
    return conflict('NO_CANDIDATE', `strategy ${strategyId} has no candidate`, 'deploy a version first');
  }
  const post = core.desk.steering.posts.find(
    (each) => each.strategyId === strategyId && each.deployment === deployment,
  );
  // A repeat of a promotion that worked finds it active, and is not stopped here.
  if (!force && strategy?.active !== deployment && post?.state !== 'running') {
    const why = post === undefined ? 'its desk has not told of it yet' : `it is ${post.state}: ${post.reason}`;
    const text = `deployment ${deployment} of ${strategyId} does not run on ${core.plan.self.name}: ${why}`;
    return conflict('NOT_RUNNING', text, 'mend it, wait a second, or promote with force');
  }
  return { ok: true, value: { type: 'PromoteStrategy', strategyId, deployment, ...signed } };
}

export function rollbackFromFields(core: ApiSubject, strategyId: string, fields: Fields): Checked<Command> {
  const active = core.ledger.deployedStrategy(strategyId)?.active ?? NO_DEPLOYMENT;
  const read = checked(() => {
    const reader = new FieldReader(fields, ['from', ...SIGNED]);
    const from = fields['from'] === undefined ? active : reader.integer('from', 1, 1e9);
    return { from, ...signedFrom(reader) };
  });
  if (!read.ok) return read;
  if (read.value.from <= 0) {
    return conflict('NO_PREVIOUS', `strategy ${strategyId} has no earlier version`, 'see GET /strategies');
  }
  return { ok: true, value: { type: 'RollbackStrategy', strategyId, ...read.value } };
}

export async function parametersFromFields(
  core: ApiSubject,
  strategyId: string,
  fields: Fields,
): Promise<Checked<Command>> {
  const strategy = core.ledger.deployedStrategy(strategyId);
  const configured = configuredOf(core, strategyId);
  const read = checked(() => {
    const reader = new FieldReader(fields, ['deployment', 'parameters', ...SIGNED]);
    const deployment =
      fields['deployment'] === undefined ? (strategy?.active ?? AS_CONFIGURED) : reader.integer('deployment', 0, 1e9);
    const before = parametersOf(core, strategyId, deployment);
    if (before === undefined) throw new FieldError(`deployment ${deployment} of ${strategyId} is not there`);
    if (fields['parameters'] === undefined) throw new FieldError('parameters is missing; expected {"name": value}');
    return { deployment, parameters: parametersFrom(fields, before), signed: signedFrom(reader) };
  });
  if (!read.ok) return read;
  const { deployment, parameters, signed } = read.value;
  const found = strategy?.deployments.find((each) => each.deployment === deployment);
  const { file, digest } =
    deployment === AS_CONFIGURED ? { file: configured?.file ?? '', digest: '' } : (found ?? { file: '', digest: '' });
  const outcome = await core.desk.check(file, digest, parameters);
  if (!outcome.ok) return unfit(outcome.problem);
  return {
    ok: true,
    value: {
      type: 'SetStrategyParameters',
      strategyId,
      deployment,
      configured: configured === undefined ? '' : JSON.stringify(configured.parameters),
      parameters,
      ...signed,
    },
  };
}

/** `strategyId` '' for all. */
export function pauseFromFields(strategyId: string, paused: boolean, fields: Fields): Checked<Command> {
  return checked(() => {
    const reader = new FieldReader(fields, [...SIGNED]);
    return { type: 'PauseStrategies', strategyId, paused, ...signedFrom(reader) };
  });
}

export function removeFromFields(core: ApiSubject, strategyId: string, fields: Fields): Checked<Command> {
  const strategy = core.ledger.deployedStrategy(strategyId);
  const read = checked(() => {
    const reader = new FieldReader(fields, ['deployment', 'cancelOrders', ...SIGNED]);
    const candidate = strategy?.candidate ?? NO_DEPLOYMENT;
    const deployment = fields['deployment'] === undefined ? candidate : reader.integer('deployment', 0, 1e9);
    return { deployment, cancelOrders: reader.flag('cancelOrders', false), ...signedFrom(reader) };
  });
  if (!read.ok) return read;
  if (read.value.deployment === NO_DEPLOYMENT) {
    return conflict('NO_CANDIDATE', `strategy ${strategyId} has no candidate`, 'name the deployment to be removed');
  }
  return { ok: true, value: { type: 'RemoveStrategy', strategyId, ...read.value } };
}

function signedFrom(reader: FieldReader): Signed {
  return { by: reader.text('by', '').slice(0, 64), reason: reader.text('reason', '') };
}

/** Relative to the folder of the configuration file; where a folder for strategies is configured, below it. */
function fileFrom({ plan }: ApiSubject, file: string): string {
  const path = resolve(plan.strategiesFolder.path, file);
  if (plan.strategiesFolder.isBound && !path.startsWith(`${plan.strategiesFolder.path}/`)) {
    throw new FieldError(`file is ${JSON.stringify(file)}; expected one below ${plan.strategiesFolder.path}`);
  }
  if (Buffer.byteLength(path) > STRATEGY_FILE_SIZE_BYTES_MAX) {
    throw new FieldError(`file has ${path.length} characters; expected at most ${STRATEGY_FILE_SIZE_BYTES_MAX}`);
  }
  return isAbsolute(path) ? path : resolve(path);
}

/** What is named changes, null takes a name away, the rest stays as it was. */
function parametersFrom(fields: Fields, before: unknown): string {
  const value = fields['parameters'] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new FieldError(`parameters is ${JSON.stringify(value)}; expected an object such as {"quantity": "2"}`);
  }
  const merged = { ...(before as object | undefined), ...value };
  return JSON.stringify(Object.fromEntries(Object.entries(merged).filter(([, each]) => each !== null)));
}

function unfit(text: string): { readonly ok: false; readonly reply: Reply } {
  return { ok: false, reply: problem(422, 'BAD_STRATEGY', text, 'correct it and send it again; nothing was proposed') };
}

function conflict(code: string, text: string, remedy: string): { readonly ok: false; readonly reply: Reply } {
  return { ok: false, reply: problem(409, code, text, remedy) };
}
