/** Arbitrary commands of risk, strategies and reconciliation: well-formed bytes, and otherwise anything. For property tests. */
import fc from 'fast-check';
import type { AuthoredCommand, Limits } from '../index.ts';
import { anyReconcileCommand } from './any-reconcile-command.ts';

const text = fc.string({ maxLength: 12, unit: 'binary' });
const decimal = fc.oneof(fc.constantFrom('', '0', '-1', '1', '10', '0.001', '1e9', '99999999999999999999', '1.'), text);
const natural = fc.oneof(fc.nat({ max: 5 }), fc.maxSafeNat());
const strategyId = fc.constantFrom('s1', 's2', '', 'a\u0000b');
const symbol = fc.constantFrom('BTC-USD', 'ETH-USD', 'NONE', '');
const clOrdId = fc.integer({ min: 1, max: 60 }).map((n) => `TEST-1-${n.toString(36).toUpperCase()}`);
const where = {
  scope: fc.constantFrom('global', 'venue', 'strategy', 'symbol'),
  target: fc.constantFrom('', 'SIM', 's1', 'BTC-USD', 'NONE'),
  reason: text,
};

export const anyLimits = fc.record(
  {
    orderQuantityMax: decimal,
    orderNotionalMax: decimal,
    positionMax: decimal,
    openOrdersMax: natural,
    usedCapitalMax: decimal,
    dailyLossMax: decimal,
    orderRateMax: natural,
    cancelRateMax: natural,
    rateWindowMs: natural,
    priceCollarPercent: decimal,
    referenceMaxAgeMs: natural,
    duplicateWindowMs: natural,
    inDoubtMax: natural,
    selfMatchGuard: fc.boolean(),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<Limits>;

const order = { clientKey: fc.constantFrom('a', 'b', ''), strategyId, clOrdId };

const signed = { by: text, reason: text };
const parameters = fc.constantFrom('{}', '{"a":1}', '{"a":2}', '[]', '', 'no');
const deployment = fc.nat({ max: 4 });

/** Everything about versions of strategies, and what they ask under a number of theirs. */
const anyDeploymentCommand = fc.oneof(
  fc.record({
    type: fc.constant('DeployStrategy'),
    strategyId,
    isConfigured: fc.boolean(),
    version: fc.constantFrom('v 1', 'v 2'),
    file: text,
    digest: fc.constantFrom('aa', 'bb'),
    parameters,
    mode: fc.constantFrom('shadow', 'leader', 'replicated'),
    memoryMb: natural,
    onFailure: fc.constantFrom('restart', 'halt'),
    ordersOnHalt: fc.constantFrom('leave', 'cancel'),
    stateFrom: fc.constantFrom('active', 'fresh'),
    ...signed,
  }),
  fc.record({ type: fc.constant('PromoteStrategy'), strategyId, deployment, ...signed }),
  fc.record({ type: fc.constant('RollbackStrategy'), strategyId, from: deployment, ...signed }),
  fc.record({
    type: fc.constant('SetStrategyParameters'),
    strategyId,
    deployment,
    configured: parameters,
    parameters,
    ...signed,
  }),
  fc.record({ type: fc.constant('PauseStrategies'), strategyId, paused: fc.boolean(), ...signed }),
  fc.record({ type: fc.constant('RemoveStrategy'), strategyId, deployment, cancelOrders: fc.boolean(), ...signed }),
  fc.record({
    type: fc.constant('SubmitOrder'),
    author: deployment,
    clientKey: fc.constantFrom('a', 'b', 'c'),
    strategyId,
    symbol,
    side: fc.constantFrom('buy', 'sell'),
    orderType: fc.constant('limit'),
    timeInForce: fc.constant('day'),
    quantity: decimal,
    price: decimal,
  }),
  fc.record({
    type: fc.constant('StrategyCheckpoint'),
    author: deployment,
    strategyId,
    sequence: natural,
    version: natural,
    blob: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  }),
);

const anyDoor = fc.constantFrom('hot', 'warm', 'cold');
const anyDrill = fc.record(
  {
    id: fc.constantFrom('hot-1', 'warm-2', ''),
    kind: anyDoor,
    method: text,
    startedUs: natural,
    tookUs: fc.option(natural),
    objectiveUs: natural,
    limitUs: natural,
    outcome: fc.constantFrom('met', 'slow', 'missed', 'failed'),
    by: text,
    document: text,
  },
  { noNullPrototype: true },
);

export const anyDomainCommand = fc.oneof(
  { weight: 5, arbitrary: anyDeploymentCommand },
  { weight: 6, arbitrary: anyReconcileCommand },
  fc.record({
    type: fc.constant('SetTradingState'),
    ...where,
    mode: fc.constantFrom('active', 'active', 'reduce-only', 'cancel-only', 'halted'),
  }),
  fc.record({ type: fc.constant('SetLimits'), ...where, limits: anyLimits }),
  fc.record({ type: fc.constant('ReferencePrice'), symbol, price: decimal }),
  fc.record({
    type: fc.constant('SampleReferences'),
    prices: fc.array(fc.record({ symbol, price: decimal }, { noNullPrototype: true }), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('RampStart'),
    steps: fc.array(fc.record({ percent: natural, durationMs: natural }, { noNullPrototype: true }), { maxLength: 4 }),
    reason: text,
  }),
  fc.record({ type: fc.constant('RampAbort'), reason: text }),
  fc.record({
    type: fc.constant('BookAdjustment'),
    adjustmentId: fc.constantFrom('x', 'y', ''),
    symbol,
    strategyId,
    quantity: decimal,
    price: decimal,
    reason: text,
  }),
  fc.record({ type: fc.constant('StopTrading'), reason: text }),
  fc.record({ type: fc.constant('StartTrading'), reason: text }),
  fc.record({
    type: fc.constant('StartDrain'),
    timeoutMs: fc.oneof(fc.constantFrom(0, 1, 50), natural),
    atDeadline: fc.constantFrom('cancel', 'leave'),
    reason: text,
  }),
  fc.record({ type: fc.constant('CheckpointNoted'), index: natural }),
  fc.record({
    type: fc.constant('RecoveryStarted'),
    door: fc.constantFrom('hot', 'warm', 'cold'),
    node: natural,
    reason: text,
  }),
  fc.record({
    type: fc.constant('RecoveryStep'),
    step: fc.constantFrom('reconcile', 'reconcile', 'warmup', ''),
    venue: fc.constantFrom('SIM', '', 'NONE'),
    ok: fc.boolean(),
    detail: text,
  }),
  fc.record({
    type: fc.constant('ChangeConfiguration'),
    key: fc.constantFrom(
      'limits.positionMax',
      'limits.symbols.BTC-USD.orderRateMax',
      'limits.strategies.s1.openOrdersMax',
      'instruments.BTC-USD.tradable',
      'instruments.NONE.tickSize',
      'venues.SIM.orderMaxAgeMs',
      'venues.SIM.account',
      'nodes',
      '',
    ),
    value: fc.constantFrom('', '1', '0.5', 'true', 'false', 'x', '-1', '1000'),
    reason: text,
  }),
  fc.record({ type: fc.constant('ActivateVersion'), version: fc.nat({ max: 2 }), reason: text }),
  fc.record({ type: fc.constant('AlertsTold'), receiver: fc.constantFrom('ops', 'chat'), upTo: natural }),
  fc.record({ type: fc.constant('StartDrill'), kind: anyDoor, method: text, by: text, node: natural }),
  fc.record({ type: fc.constant('EndDrill'), id: text, reason: text }),
  fc.record({ type: fc.constant('NoteDrill'), drill: anyDrill }),
  fc.record({ type: fc.constant('QueryOrder'), ...order }),
  fc.record({ type: fc.constant('ClaimExternal'), ...order }),
  fc.record({ type: fc.constant('SetTimer'), strategyId, timerId: fc.constantFrom('t', 'u', ''), dueUs: natural }),
  fc.record({ type: fc.constant('CancelTimer'), strategyId, timerId: fc.constantFrom('t', 'u', '') }),
  fc.record({
    type: fc.constant('StrategyCheckpoint'),
    strategyId,
    sequence: natural,
    version: natural,
    blob: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  }),
) as fc.Arbitrary<AuthoredCommand>;
