import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LedgerEvent, OrderView } from '@baton/ledger';
import type { StrategyCommand } from './protocol.ts';
import { Runner } from './runner.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

function order(clOrdId: string, state: OrderView['state'], strategyId = 'mine'): OrderView {
  return {
    clOrdId,
    rootClOrdId: clOrdId,
    orderId: '',
    clientKey: clOrdId,
    strategyId,
    venue: 'SIM',
    symbol: 'BTC-USD',
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'day',
    quantity: '1',
    price: '60000',
    cumQuantity: '0',
    leavesQuantity: '1',
    state,
    reason: '',
    createdIndex: 1,
    createdTimeUs: 1,
  } as OrderView;
}

const changed = (view: OrderView): LedgerEvent => ({ type: 'OrderChanged', order: view, index: 1, n: 0, timeUs: 0 });

function scene(strategy: Partial<Strategy>) {
  const commands: StrategyCommand[] = [];
  const log: string[] = [];
  let context: StrategyContext | undefined;
  const runner = new Runner({
    strategyId: 'mine',
    parameters: {},
    strategy: {
      start: (given) => {
        context = given;
      },
      ...strategy,
    },
    command: (command) => {
      commands.push(command);
      return Promise.resolve({ ok: true, clOrdId: 'X', duplicate: false });
    },
    log: (level, _id, text) => log.push(`${level} ${text}`),
  });
  return { runner, commands, log, context: () => context };
}

describe('a strategy in the desk', () => {
  it('sees its own open orders and no others', () => {
    const { runner, context } = scene({});
    runner.restore([order('a', 'Working'), order('b', 'Filled'), order('c', 'Working', 'other')], []);
    runner.start(3);
    runner.hear(changed(order('d', 'Sent')));
    runner.hear(changed(order('a', 'Canceled')));
    assert.deepEqual(
      context()
        ?.openOrders()
        .map((view) => view.clOrdId),
      ['d'],
    );
  });

  it('never repeats a key it made, over stop and start in the same term', () => {
    const { runner, commands, context } = scene({});
    const intent = { symbol: 'BTC-USD', side: 'buy', quantity: '1', price: '60000' } as const;
    runner.start(3);
    void context()?.submit(intent);
    runner.stop('paused');
    runner.start(3);
    void context()?.submit(intent);
    void context()?.submit(intent);
    const keys = commands.map((command) => command.clientKey);
    assert.equal(new Set(keys).size, 3);
  });

  it('that throws is stopped and named, and hears nothing more', () => {
    let heard = 0;
    const { runner, log } = scene({
      event: () => {
        heard++;
        throw new Error('no');
      },
    });
    runner.start(3);
    runner.hear(changed(order('a', 'Sent')));
    runner.hear(changed(order('a', 'Working')));
    assert.equal(heard, 1);
    assert.match(log.join('\n'), /error stopped after a throw: Error: no/);
  });

  it('hears nothing while it is not active, but its view stays true', () => {
    let heard = 0;
    const { runner, context } = scene({ event: () => heard++ });
    runner.hear(changed(order('a', 'Sent')));
    assert.equal(heard, 0);
    runner.start(4);
    assert.equal(context()?.openOrders().length, 1);
  });
});
