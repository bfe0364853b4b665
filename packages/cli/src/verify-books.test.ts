import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeBooks, VenueBooks } from './books.ts';
import type { FillView, OrderView } from './node-client.ts';
import { type BookVerdict, verifyBooks } from './verify-books.ts';

/** Two orders: A bought 1.5 in two fills and is filled, B rests with a part sold. */
function agreeingVenue(): VenueBooks {
  return {
    acceptances: ['A', 'B', 'C'],
    orders: [
      {
        rootClOrdId: 'A',
        symbol: 'X',
        side: 'buy',
        quantity: '1.5',
        cumQuantity: '1.5',
        closed: true,
        rejected: false,
      },
      {
        rootClOrdId: 'B',
        symbol: 'X',
        side: 'sell',
        quantity: '2',
        cumQuantity: '0.25',
        closed: false,
        rejected: false,
      },
    ],
    fills: [
      { execId: 'e1', clOrdId: 'A', symbol: 'X', side: 'buy', quantity: '1', price: '100' },
      { execId: 'e2', clOrdId: 'A', symbol: 'X', side: 'buy', quantity: '0.5', price: '100.5' },
      { execId: 'e3', clOrdId: 'B', symbol: 'X', side: 'sell', quantity: '0.25', price: '101' },
    ],
    positions: [{ symbol: 'X', netQuantity: '1.25' }],
    connections: [
      { id: 1, loggedOnUs: 10, endedUs: 20 },
      { id: 2, loggedOnUs: 21, endedUs: null },
    ],
    violations: [],
    sequenceResets: 0,
  };
}

function ledgerOrder(order: Partial<OrderView> & { rootClOrdId: string; state: string }): OrderView {
  return {
    clOrdId: order.rootClOrdId,
    orderId: '',
    clientKey: '',
    strategyId: 's',
    venue: 'SIM',
    symbol: 'X',
    side: 'buy',
    quantity: '0',
    price: '0',
    cumQuantity: '0',
    leavesQuantity: '0',
    reason: '',
    createdIndex: 0,
    ...order,
  };
}

function ledgerFill(execId: string, clOrdId: string, side: 'buy' | 'sell', quantity: string, price: string): FillView {
  return { venue: 'SIM', execId, clOrdId, symbol: 'X', side, quantity, price };
}

function agreeingNode(node: string): NodeBooks {
  return {
    node,
    orders: [
      ledgerOrder({ rootClOrdId: 'A', state: 'Filled', quantity: '1.5000', cumQuantity: '1.5000' }),
      ledgerOrder({ rootClOrdId: 'B', state: 'Working', side: 'sell', quantity: '2.0000', cumQuantity: '0.2500' }),
      ledgerOrder({ rootClOrdId: 'D', state: 'Denied' }),
      ledgerOrder({ rootClOrdId: 'V', state: 'Voided' }),
      ledgerOrder({ rootClOrdId: 'H', state: 'Held' }),
    ],
    fills: [
      ledgerFill('e1', 'A', 'buy', '1.0000', '100.00'),
      ledgerFill('e2', 'A', 'buy', '0.5000', '100.50'),
      ledgerFill('e3', 'B', 'sell', '0.2500', '101.00'),
    ],
    positions: [
      {
        account: 'A1',
        symbol: 'X',
        netQuantity: '1.2500',
        boughtQuantity: '1.5000',
        soldQuantity: '0.2500',
        costNotional: '0',
      },
    ],
    stateHashes: [{ index: 7, hash: 'aa' }],
  };
}

const agreeingNodes = (): NodeBooks[] => ['n1', 'n2', 'n3'].map(agreeingNode);

/** Names of the laws that were found broken. */
function broken(verdict: BookVerdict): string[] {
  assert.equal(
    verdict.agree,
    verdict.checks.every((check) => check.faults.length === 0),
  );
  return verdict.checks.filter((check) => check.faults.length > 0).map((check) => check.name);
}

/** The verdict after the venue's books were changed. */
function withVenue(change: Partial<VenueBooks>): string[] {
  return broken(verifyBooks({ ...agreeingVenue(), ...change }, agreeingNodes()));
}

/** The verdict after the books of the second of three nodes were changed. */
function withNode(change: Partial<NodeBooks>): string[] {
  const [first, second, third] = agreeingNodes() as [NodeBooks, NodeBooks, NodeBooks];
  return broken(verifyBooks(agreeingVenue(), [first, { ...second, ...change }, third]));
}

const replaceOrder = (rootClOrdId: string, change: Partial<OrderView>): OrderView[] =>
  agreeingNode('n2').orders.map((order) => (order.rootClOrdId === rootClOrdId ? { ...order, ...change } : order));

const replaceFill = (execId: string, change: Partial<FillView>): FillView[] =>
  agreeingNode('n2').fills.map((fill) => (fill.execId === execId ? { ...fill, ...change } : fill));

test('books that tell the same story agree, whatever their number of decimal places', () => {
  const verdict = verifyBooks(agreeingVenue(), agreeingNodes());
  assert.deepEqual(broken(verdict), []);
  const counts = Object.fromEntries(verdict.checks.map((check) => [check.name, check.compared]));
  assert.deepEqual(counts, {
    'accepted-once': 3,
    'sent-is-known': 6,
    'known-was-sent': 6,
    'orders-agree': 6,
    'fills-once': 9,
    'positions-agree': 3,
    'state-hashes': 1,
    'one-voice': 2,
    'sequences-grow': 2,
    'no-violations': 3,
  });
});

test('a ClOrdID accepted twice is a fault', () => {
  assert.deepEqual(withVenue({ acceptances: ['A', 'B', 'A'] }), ['accepted-once']);
});

test('an order that was sent and that the venue does not know is a fault', () => {
  const lost = ledgerOrder({ rootClOrdId: 'L', state: 'Sent' });
  assert.deepEqual(withNode({ orders: [...agreeingNode('n2').orders, lost] }), ['sent-is-known']);
});

test('an order in doubt may be unknown to the venue', () => {
  const doubtful = ledgerOrder({ rootClOrdId: 'Q', state: 'InDoubt' });
  assert.deepEqual(withNode({ orders: [...agreeingNode('n2').orders, doubtful] }), []);
});

test('an order the venue knows and one ledger lacks is a fault', () => {
  const orders = agreeingNode('n2').orders.filter((order) => order.rootClOrdId !== 'B');
  assert.deepEqual(withNode({ orders }), ['known-was-sent']);
});

test('a voided, held or denied order that the venue knows is a fault', () => {
  for (const state of ['Voided', 'Held', 'Denied']) {
    assert.ok(withNode({ orders: replaceOrder('B', { state }) }).includes('known-was-sent'), state);
  }
});

test('a filled quantity that differs is a fault', () => {
  assert.deepEqual(withNode({ orders: replaceOrder('B', { cumQuantity: '0.2501' }) }), ['orders-agree']);
});

test('an order open on one side and ended on the other is a fault', () => {
  assert.deepEqual(withNode({ orders: replaceOrder('B', { state: 'Canceled' }) }), ['orders-agree']);
  assert.deepEqual(withNode({ orders: replaceOrder('A', { state: 'Working' }) }), ['orders-agree']);
});

test('an order rejected on one side only is a fault', () => {
  assert.deepEqual(withNode({ orders: replaceOrder('A', { state: 'Rejected' }) }), ['orders-agree']);
});

test('a fill that is missing, doubled, or unknown to the venue is a fault', () => {
  const { fills } = agreeingNode('n2');
  const invented = ledgerFill('e9', 'A', 'buy', '0', '1');
  assert.ok(withNode({ fills: fills.slice(1) }).includes('fills-once'));
  assert.ok(withNode({ fills: [...fills, ...fills.slice(0, 1)] }).includes('fills-once'));
  assert.deepEqual(withNode({ fills: [...fills, invented] }), ['fills-once']);
});

test('a fill booked with another quantity, price, side, symbol or ClOrdID is a fault', () => {
  assert.ok(withNode({ fills: replaceFill('e1', { quantity: '1.0001' }) }).includes('fills-once'));
  assert.deepEqual(withNode({ fills: replaceFill('e1', { price: '100.01' }) }), ['fills-once']);
  assert.ok(withNode({ fills: replaceFill('e3', { side: 'buy' }) }).includes('fills-once'));
  assert.ok(withNode({ fills: replaceFill('e1', { symbol: 'Y' }) }).includes('fills-once'));
  assert.deepEqual(withNode({ fills: replaceFill('e1', { clOrdId: 'B' }) }), ['fills-once']);
});

test('an ExecID that the venue used twice is a fault', () => {
  const { fills } = agreeingVenue();
  assert.deepEqual(withVenue({ fills: [...fills, ...fills.slice(2)] }), ['fills-once']);
});

test('a position that differs from the venue, or from the fills of its own ledger, is a fault', () => {
  assert.deepEqual(withVenue({ positions: [{ symbol: 'X', netQuantity: '1' }] }), ['positions-agree']);
  assert.deepEqual(withVenue({ positions: [] }), ['positions-agree']);
  assert.deepEqual(withNode({ positions: [] }), ['positions-agree']);
});

test('state hashes that differ at one index are a fault', () => {
  assert.deepEqual(withNode({ stateHashes: [{ index: 7, hash: 'bb' }] }), ['state-hashes']);
});

test('two state hashes of one node at one index are a fault', () => {
  const stateHashes = [
    { index: 6, hash: 'aa' },
    { index: 6, hash: 'bb' },
    { index: 7, hash: 'aa' },
  ];
  assert.deepEqual(withNode({ stateHashes }), ['state-hashes']);
});

test('without an index at which all nodes showed a hash nothing is proved, and that is a fault', () => {
  assert.deepEqual(withNode({ stateHashes: [{ index: 8, hash: 'aa' }] }), ['state-hashes']);
  assert.deepEqual(broken(verifyBooks(agreeingVenue(), [])), ['state-hashes']);
});

test('two connections logged on at once are a fault', () => {
  const overlapping = [
    { id: 1, loggedOnUs: 10, endedUs: 22 },
    { id: 2, loggedOnUs: 21, endedUs: null },
  ];
  const unended = [
    { id: 2, loggedOnUs: 21, endedUs: 30 },
    { id: 1, loggedOnUs: 10, endedUs: null },
  ];
  assert.deepEqual(withVenue({ connections: overlapping }), ['one-voice']);
  assert.deepEqual(withVenue({ connections: unended }), ['one-voice']);
});

test('connections of several sessions may be logged on at once, of one session not', () => {
  const silent = [
    { id: 1, sessionId: 'BN1', loggedOnUs: 10, endedUs: null },
    { id: 2, sessionId: 'BN2', loggedOnUs: 11, endedUs: 20 },
    { id: 3, sessionId: 'BN2', loggedOnUs: 21, endedUs: null },
  ];
  assert.deepEqual(withVenue({ connections: silent }), []);
  const twice = [...silent, { id: 4, sessionId: 'BN2', loggedOnUs: 30, endedUs: null }];
  assert.deepEqual(withVenue({ connections: twice }), ['one-voice']);
});

test('a fill that had to be inferred stands for executions that nobody heard, of its order only', () => {
  const fills = agreeingNode('n1').fills.map((fill) =>
    fill.execId === 'e2' ? { ...fill, execId: 'INFERRED-7-A' } : fill,
  );
  assert.deepEqual(withNode({ fills }), []);
  const wrong = fills.map((fill) => (fill.execId === 'e3' ? { ...fill, execId: 'other' } : fill));
  assert.deepEqual(withNode({ fills: wrong }), ['fills-once']);
});

test('a sequence reset is a fault', () => {
  assert.deepEqual(withVenue({ sequenceResets: 1 }), ['sequences-grow']);
});

test('a breach the venue saw is a fault; a suspicion is told and is none', () => {
  assert.deepEqual(withVenue({ violations: [{ code: 'garbled', severity: 'breach', text: 'bad checksum' }] }), [
    'no-violations',
  ]);
  const late = { code: 'write-after-rival-logon', severity: 'suspicion', text: 'late bytes' } as const;
  const verdict = verifyBooks({ ...agreeingVenue(), violations: [late] }, agreeingNodes());
  assert.deepEqual(broken(verdict), []);
  assert.deepEqual(verdict.checks.at(-1)?.suspicions, ['write-after-rival-logon: late bytes']);
});
