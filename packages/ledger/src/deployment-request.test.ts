import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AuthoredCommand, type DeploymentTerms, Ledger, NO_DEPLOYMENT } from './index.ts';
import { Rig } from './testing/rig.ts';

const S = 'maker';
const SIGNED = { by: 'ann', reason: 'a better idea' };
const TERMS: DeploymentTerms = {
  version: 'maker 2',
  file: 'maker.ts',
  digest: 'ab'.repeat(32),
  parameters: '{"symbol":"BTC-USD"}',
  mode: 'shadow',
  memoryMb: 256,
  onFailure: 'restart',
  ordersOnHalt: 'leave',
  stateFrom: 'active',
};

const deploy = (change: Partial<DeploymentTerms> = {}): AuthoredCommand => ({
  type: 'DeployStrategy',
  strategyId: S,
  isConfigured: true,
  ...TERMS,
  ...change,
  ...SIGNED,
});
const promote = (deployment: number): AuthoredCommand => ({
  type: 'PromoteStrategy',
  strategyId: S,
  deployment,
  ...SIGNED,
});
const rollBack = (from: number): AuthoredCommand => ({ type: 'RollbackStrategy', strategyId: S, from, ...SIGNED });
const pause = (strategyId: string, paused: boolean): AuthoredCommand => ({
  type: 'PauseStrategies',
  strategyId,
  paused,
  ...SIGNED,
});
const order = (author: number | undefined, clientKey: string, quantity = '1'): AuthoredCommand => ({
  type: 'SubmitOrder',
  clientKey,
  strategyId: S,
  symbol: 'BTC-USD',
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'day',
  quantity,
  price: '60000',
  ...(author === undefined ? {} : { author }),
});

function codeOf(rig: Rig, command: AuthoredCommand): string {
  const { result } = rig.apply(command);
  if (!result.ok) return result.code;
  return result.duplicate ? 'repeated' : 'ok';
}

function placesOf(rig: Rig): number[] {
  const { active, candidate, previous } = rig.ledger.deployedStrategy(S) ?? {};
  return [active ?? 0, candidate ?? NO_DEPLOYMENT, previous ?? NO_DEPLOYMENT];
}

test('whose orders count changes at the entry that promotes, and at no other', () => {
  const rig = new Rig().open();
  assert.equal(codeOf(rig, deploy()), 'ok');
  assert.equal(codeOf(rig, order(0, 'a')), 'ok');
  assert.equal(codeOf(rig, order(1, 'b')), 'SUPERSEDED');
  assert.equal(codeOf(rig, promote(1)), 'ok');
  assert.equal(codeOf(rig, order(0, 'c')), 'SUPERSEDED');
  assert.equal(codeOf(rig, order(1, 'b')), 'ok');
  assert.deepEqual(placesOf(rig), [1, NO_DEPLOYMENT, 0]);
  assert.equal(codeOf(rig, rollBack(1)), 'ok');
  assert.equal(codeOf(rig, order(1, 'd')), 'SUPERSEDED');
  assert.equal(codeOf(rig, order(0, 'c')), 'ok');
  assert.deepEqual(placesOf(rig), [0, 1, NO_DEPLOYMENT]);
});

test('an intent that both versions ask for under one key is one order, and people are not fenced', () => {
  const rig = new Rig().open();
  rig.apply(deploy());
  rig.apply(order(0, 'a'));
  rig.apply(promote(1));
  assert.equal(codeOf(rig, order(1, 'a')), 'repeated');
  assert.equal(codeOf(rig, order(1, 'a', '2')), 'CLIENT_KEY_REUSED');
  assert.equal(codeOf(rig, order(undefined, 'a')), 'repeated');
  assert.equal(codeOf(rig, order(undefined, 'by-hand')), 'ok');
  assert.equal(rig.ledger.orders({ strategyId: S }).length, 2);
});

test('what is refused because of its author leaves no trace: its key is free for the version that counts', () => {
  const rig = new Rig().open();
  rig.apply(deploy());
  assert.deepEqual(rig.apply(order(1, 'a')).events, []);
  rig.apply(promote(1));
  assert.equal(codeOf(rig, order(1, 'a')), 'ok');
});

test('every request about versions can be repeated', () => {
  const rig = new Rig().open();
  for (const command of [deploy(), promote(1), deploy({ digest: 'cd'.repeat(32) }), promote(2), rollBack(2)]) {
    assert.equal(codeOf(rig, command), 'ok');
    const before = rig.ledger.deployedStrategy(S);
    assert.equal(codeOf(rig, command), 'repeated', command.type);
    assert.deepEqual(rig.ledger.deployedStrategy(S), before);
  }
});

test('only a candidate is promoted, and only to what was active before one goes back', () => {
  const rig = new Rig().open();
  assert.equal(codeOf(rig, promote(1)), 'UNKNOWN_STRATEGY');
  assert.equal(codeOf(rig, rollBack(0)), 'UNKNOWN_STRATEGY');
  rig.apply(deploy());
  assert.equal(codeOf(rig, promote(2)), 'UNKNOWN_DEPLOYMENT');
  assert.equal(codeOf(rig, rollBack(0)), 'UNKNOWN_DEPLOYMENT');
  rig.apply(promote(1));
  rig.apply(rollBack(1));
  assert.equal(codeOf(rig, rollBack(0)), 'UNKNOWN_DEPLOYMENT');
});

test('a strategy that no file knows is nobody until its first version is promoted', () => {
  const rig = new Rig().open();
  rig.apply({ ...(deploy() as Extract<AuthoredCommand, { type: 'DeployStrategy' }>), isConfigured: false });
  assert.deepEqual(placesOf(rig), [NO_DEPLOYMENT, 1, NO_DEPLOYMENT]);
  assert.equal(codeOf(rig, order(0, 'a')), 'SUPERSEDED');
  assert.equal(codeOf(rig, order(1, 'a')), 'SUPERSEDED');
  rig.apply(promote(1));
  assert.equal(codeOf(rig, order(1, 'a')), 'ok');
  assert.equal(codeOf(rig, rollBack(1)), 'UNKNOWN_DEPLOYMENT');
});

test('a version that was replaced keeps what the strategy kept then', () => {
  const rig = new Rig().open();
  rig.apply(deploy());
  const blob = Buffer.from('{"old":1}');
  rig.apply({ type: 'StrategyCheckpoint', strategyId: S, sequence: 1, version: 1, blob, author: 0 });
  rig.apply(promote(1));
  rig.apply({ type: 'StrategyCheckpoint', strategyId: S, sequence: 2, version: 2, blob, author: 1 });
  assert.equal(
    codeOf(rig, { type: 'StrategyCheckpoint', strategyId: S, sequence: 3, version: 1, blob, author: 0 }),
    'SUPERSEDED',
  );
  const old = rig.ledger.deployedStrategy(S)?.deployments.find(({ deployment }) => deployment === 0);
  assert.equal(old?.kept?.version, 1);
  assert.equal(rig.ledger.strategyState(S)?.version, 2);
});

test('a paused strategy adds nothing and may take back; a pause outlives leaders and restores', () => {
  const rig = new Rig().open();
  const first = rig.apply(order(0, 'a')).result;
  assert.ok(first.ok);
  for (const target of [S, '']) {
    assert.equal(codeOf(rig, pause(target, true)), 'ok');
    assert.equal(codeOf(rig, pause(target, true)), 'repeated');
    rig.ledger = Ledger.restore(rig.ledger.snapshot());
    rig.takeover(2);
    assert.equal(codeOf(rig, order(0, `in-${target}`)), 'STRATEGY_PAUSED');
    assert.equal(rig.ledger.strategyPauses().length, 1);
    assert.equal(codeOf(rig, pause(target, false)), 'ok');
    assert.equal(codeOf(rig, order(0, `in-${target}`)), 'ok');
  }
  rig.apply(pause('', true));
  const cancel = { type: 'CancelOrder', clientKey: 'x', strategyId: S, clOrdId: first.clOrdId, author: 0 } as const;
  assert.equal(codeOf(rig, cancel), 'ok');
  assert.equal(rig.events('StrategiesPaused').length, 5);
});

test('a change of parameters is told with who, why, the old and the new, and of a configured strategy too', () => {
  const rig = new Rig().open();
  const set = (deployment: number, parameters: string): AuthoredCommand => ({
    type: 'SetStrategyParameters',
    strategyId: S,
    deployment,
    configured: '{"a":1}',
    parameters,
    ...SIGNED,
  });
  assert.equal(codeOf(rig, set(0, '{"a":2}')), 'ok');
  assert.equal(codeOf(rig, set(0, '{"a":2}')), 'repeated');
  assert.equal(codeOf(rig, set(0, '{"a":3}')), 'ok');
  assert.equal(codeOf(rig, set(1, '{}')), 'UNKNOWN_DEPLOYMENT');
  assert.equal(codeOf(rig, set(0, '[]')), 'BAD_COMMAND');
  assert.deepEqual(
    rig.events('StrategyParametersChanged').map(({ after, before, by }) => `${by}: ${before} → ${after}`),
    ['ann: {"a":1} → {"a":2}', 'ann: {"a":2} → {"a":3}'],
  );
});

test('a strategy that is removed while it is active gives no more orders, and those it has are taken back if asked for', () => {
  const rig = new Rig().open();
  rig.apply(order(0, 'a'));
  rig.apply({ type: 'RemoveStrategy', strategyId: S, deployment: 0, cancelOrders: true, ...SIGNED });
  assert.equal(codeOf(rig, order(0, 'b')), 'SUPERSEDED');
  assert.equal(rig.ledger.orders({ strategyId: S })[0]?.state, 'PendingCancel');
});

test('at any time at most one deployment counts, the one that the last change named, after a restore too', () => {
  const step = fc.oneof(
    fc.nat({ max: 2 }).map((n) => deploy({ digest: String(n) })),
    fc.nat({ max: 5 }).map(promote),
    fc.nat({ max: 5 }).map(rollBack),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const rig = new Rig().open();
      let active = 0;
      for (const [n, command] of steps.entries()) {
        for (const event of rig.apply(command).events) if (event.type === 'StrategyPromoted') active = event.deployment;
        if (n % 7 === 3) {
          const restored = Ledger.restore(rig.ledger.snapshot());
          assert.equal(restored.hash(), rig.ledger.hash());
          rig.ledger = restored;
        }
        const counted = [0, 1, 2, 3, 4, 5].filter((author) => codeOf(rig, order(author, `${n}.${author}`)) === 'ok');
        assert.deepEqual(counted, [active]);
      }
    }),
    { numRuns: 60 },
  );
});
