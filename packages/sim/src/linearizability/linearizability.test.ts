import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  judgeObject,
  linearizabilityFaults,
  type Model,
  type Operation,
  ORDER,
  type OrderInput,
  type OrderOutput,
  REGISTER,
  type RegisterInput,
  type RegisterOutput,
} from './index.ts';

type RegisterOperation = Operation<RegisterInput, RegisterOutput>;

const NEVER = Number.POSITIVE_INFINITY;

function write(value: string, callUs: number, returnUs: number): RegisterOperation {
  const output = returnUs === NEVER ? undefined : '';
  return { object: 'x', client: 'w', input: { type: 'write', value }, output, callUs, returnUs };
}

function read(output: string, callUs: number, returnUs: number): RegisterOperation {
  return { object: 'x', client: 'r', input: { type: 'read' }, output, callUs, returnUs };
}

function order(type: OrderInput['type'], output: number, callUs: number, returnUs: number) {
  return { object: 'o', client: 'c', input: { type }, output, callUs, returnUs } as Operation<OrderInput, OrderOutput>;
}

/** Every order that respects real time, tried one by one: slow and plainly right. */
function bruteForce(operations: readonly RegisterOperation[], model: Model<RegisterInput, RegisterOutput>): boolean {
  const search = (left: readonly RegisterOperation[], state: string): boolean => {
    if (left.every(({ returnUs }) => returnUs === NEVER)) return true;
    return left.some((candidate) => {
      if (left.some(({ returnUs }) => returnUs < candidate.callUs)) return false;
      const next = model.step(state, candidate.input, candidate.output);
      return (
        next !== undefined &&
        search(
          left.filter((other) => other !== candidate),
          next,
        )
      );
    });
  };
  return search(operations, model.start);
}

describe('registers', () => {
  const good: readonly [string, RegisterOperation[]][] = [
    ['nothing was done', []],
    ['a read after a write sees it', [write('1', 0, 1), read('1', 2, 3)]],
    ['a read beside a write sees the old value', [write('1', 0, 5), read('', 1, 2)]],
    ['a read beside a write sees the new value', [write('1', 0, 5), read('1', 1, 2), read('1', 3, 4)]],
    ['two writes at once, either may be the last', [write('1', 0, 5), write('2', 0, 5), read('1', 6, 7)]],
    ['a write without an answer took effect late', [write('1', 0, NEVER), read('', 1, 2), read('1', 3, 4)]],
    ['a write without an answer never took effect', [write('1', 0, NEVER), read('', 1, 2), read('', 3, 4)]],
    ['at the same moment the call counts as earlier', [write('1', 0, 2), read('', 2, 3)]],
  ];
  for (const [name, operations] of good) {
    test(`good: ${name}`, () => assert.equal(judgeObject(operations, REGISTER).verdict, 'linearizable'));
  }
  const bad: readonly [string, RegisterOperation[]][] = [
    ['a read after a write does not see it', [write('1', 0, 1), read('', 2, 3)]],
    ['a value that nobody wrote', [write('1', 0, 1), read('2', 2, 3)]],
    ['the new value was seen, then the old one', [write('1', 0, 9), read('1', 1, 2), read('', 3, 4)]],
    ['the earlier of two writes is read last', [write('1', 0, 1), write('2', 2, 3), read('1', 4, 5)]],
    [
      'two readers saw two writes in different orders',
      [write('1', 0, 1), write('2', 0, 1), read('1', 2, 3), read('2', 4, 5), read('1', 6, 7)],
    ],
    ['a write without an answer took effect and was undone', [write('1', 0, NEVER), read('1', 1, 2), read('', 3, 4)]],
  ];
  for (const [name, operations] of bad) {
    test(`bad: ${name}`, () => assert.equal(judgeObject(operations, REGISTER).verdict, 'not-linearizable'));
  }

  test('the verdict is that of a search through all orders, for any history', () => {
    const operation = fc
      .record({
        isWrite: fc.boolean(),
        value: fc.constantFrom('', '1', '2'),
        callUs: fc.nat(12),
        lastsUs: fc.nat(6),
        isLost: fc.boolean(),
      })
      .map(({ isWrite, value, callUs, lastsUs, isLost }) => {
        if (!isWrite) return read(value, callUs, callUs + lastsUs);
        return write(value, callUs, isLost ? NEVER : callUs + lastsUs);
      });
    const seen = { good: 0, bad: 0 };
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 7 }), (operations) => {
        const isGood = bruteForce(operations, REGISTER);
        seen[isGood ? 'good' : 'bad'] += 1;
        assert.equal(judgeObject(operations, REGISTER).verdict === 'linearizable', isGood);
      }),
      { numRuns: 3000 },
    );
    assert.ok(seen.good > 100 && seen.bad > 100, JSON.stringify(seen));
  });

  test('a history of a real register, made by threads that overlap, is linearizable whatever their moments were', () => {
    const plan = fc.array(fc.record({ isWrite: fc.boolean(), before: fc.nat(5), after: fc.nat(5) }), { maxLength: 60 });
    fc.assert(
      fc.property(plan, (steps) => {
        let value = '';
        const operations = steps.map(({ isWrite, before, after }, n) => {
          const at = n * 2;
          if (isWrite) value = String(n);
          return isWrite ? write(value, at - before, at + after + 1) : read(value, at - before, at + after + 1);
        });
        assert.equal(judgeObject(operations, REGISTER).verdict, 'linearizable');
      }),
    );
  });
});

describe('orders', () => {
  test('good: seen first beside its submission, then further and further', () => {
    const operations = [
      order('submit', 1, 0, 5),
      order('look', 0, 1, 2),
      order('look', 1, 2, 3),
      order('look', 7, 6, 8),
    ];
    assert.equal(judgeObject(operations, ORDER).verdict, 'linearizable');
  });
  test('bad: absent after its submission was answered', () => {
    assert.equal(judgeObject([order('submit', 1, 0, 1), order('look', 0, 2, 3)], ORDER).verdict, 'not-linearizable');
  });
  test('bad: a later look finds it less far', () => {
    const operations = [order('submit', 1, 0, 1), order('look', 9, 2, 3), order('look', 5, 4, 5)];
    assert.equal(judgeObject(operations, ORDER).verdict, 'not-linearizable');
  });
});

describe('whole histories', () => {
  test('objects are judged apart, and the one that is wrong is named with what cannot follow', () => {
    const right = [write('1', 0, 1), read('1', 2, 3)].map((operation) => ({ ...operation, object: 'right' }));
    const wrong = [write('1', 0, 1), read('', 2, 3)].map((operation) => ({ ...operation, object: 'wrong' }));
    const faults = linearizabilityFaults([...right, ...wrong], REGISTER);
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? '', /^wrong is not-linearizable: 1 of 2.*cannot follow:\n.*read → ''/s);
  });

  test('what could not be decided within its bound is not called good', () => {
    const many = Array.from({ length: 30 }, (_, n) => write(String(n), 0, 100));
    const { verdict } = judgeObject([...many, read('none', 101, 102)], REGISTER, 1000);
    assert.equal(verdict, 'undecided');
  });
});
