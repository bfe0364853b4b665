import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig } from './testing/rig.ts';
import { configuration } from './testing/some-configuration.ts';

const change = (rig: Rig, key: string, value: string) =>
  rig.apply({ type: 'ChangeConfiguration', key, value, reason: 'test' }).result;

function codeOf(result: ReturnType<typeof change>): string {
  return result.ok ? '' : result.code;
}

test('a key that is set binds from that entry on', () => {
  const rig = new Rig().open();
  assert.equal(change(rig, 'limits.orderQuantityMax', '5').ok, true);
  assert.equal(codeOf(rig.submit().result), 'ORDER_QUANTITY_LIMIT');
  change(rig, 'limits.orderQuantityMax', '50');
  change(rig, 'instruments.BTC-USD.tradable', 'false');
  assert.equal(codeOf(rig.submit().result), 'INSTRUMENT_NOT_TRADABLE');
});

test('limits of a scope that had none are set by key, names with dots included', () => {
  const rig = new Rig().open();
  assert.equal(change(rig, 'limits.strategies.a.b.c.openOrdersMax', '0').ok, true);
  assert.equal(codeOf(rig.submit({ strategyId: 'a.b.c' }).result), 'OPEN_ORDERS_LIMIT');
  rig.order({ strategyId: 'other' });
});

test('what was set stays above the file of later leaders, until it is taken back', () => {
  const rig = new Rig().open();
  change(rig, 'limits.positionMax', '3');
  rig.configure();
  assert.equal(rig.ledger.configuration()?.limits.positionMax, '3');
  assert.deepEqual(rig.ledger.fileConfiguration(), configuration());
  change(rig, 'limits.positionMax', '');
  assert.equal(rig.ledger.configuration()?.limits.positionMax, '');
});

test('a refused change names key, value and what to do, and changes nothing', () => {
  const rig = new Rig().open();
  const before = rig.ledger.configuration();
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['limits.positionMax', 'many', 'BAD_VALUE', /limits\.positionMax is 'many', expected a decimal number/],
    ['instruments.BTC-USD.tradable', 'yes', 'BAD_VALUE', /expected true or false/],
    ['instruments.DOGE.tradable', 'true', 'UNKNOWN_KEY', /names are BTC-USD, ETH-USD/],
    ['limits.symbols.DOGE.positionMax', '1', 'BAD_VALUE', /not configured/],
    ['venues.SIM.account', 'X', 'RESTART_NEEDED', /restart them one at a time/],
    ['nodes.n1.api', '1', 'RESTART_NEEDED', /'nodes\.n1\.api'/],
    ['limit.x', '1', 'UNKNOWN_KEY', /baton config show/],
    ['limits.positionMax', '', 'UNKNOWN_KEY', /as the file has it/],
  ];
  for (const [key, value, code, text] of cases) {
    const result = change(rig, key, value);
    assert.equal(codeOf(result), code, key);
    assert.match(result.ok ? '' : result.text, text);
  }
  assert.deepEqual(rig.ledger.configuration(), before);
});

test('a key is not set where a command of an operator would hide it', () => {
  const rig = new Rig().open();
  rig.apply({ type: 'SetLimits', scope: 'symbol', target: 'BTC-USD', limits: { positionMax: '9' }, reason: '' });
  const result = change(rig, 'limits.symbols.BTC-USD.positionMax', '1');
  assert.match(result.ok ? '' : result.text, /were set by command and hide it/);
});

test('the history says what was before, and survives a restore', () => {
  const rig = new Rig().open();
  change(rig, 'venues.SIM.orderMaxAgeMs', '5000');
  rig.reload();
  const last = rig.ledger.operations().configuration.changes.at(-1);
  assert.deepEqual([last?.key, last?.before, last?.after], ['venues.SIM.orderMaxAgeMs', '1000', '5000']);
  assert.deepEqual(rig.ledger.operations().configuration.overrides, { 'venues.SIM.orderMaxAgeMs': '5000' });
});
