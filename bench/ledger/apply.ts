/**
 * What does applying one entry cost, and does it depend on history? Times and allocations of SubmitOrder and of the
 * ExecutionReports that answer it, on a ledger that has seen 0, 10,000 and 1,000,000 orders (all filled but the last few).
 *
 *   node --expose-gc bench/ledger/apply.ts [orders of history ...]
 *
 * Commands and frames are made beforehand; only `apply` is timed, in processor time of the thread. Medians over batches,
 * so that a GC pause or the other work of the machine does not blur the figure; pauses are shown by themselves.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { encodeBody, encodeMessage } from '@baton/fix';
import { type Command, type Configuration, encodeCommand, Ledger } from '@baton/ledger';

const BATCH = 500;
const BATCHES = 41;
const START_US = 1_767_614_400_000_000;
const CONNECTION = 65_537;

const configuration: Configuration = {
  clusterId: 'bench',
  incarnation: 1,
  instruments: [{ symbol: 'BTC-USD', venue: 'SIM', priceScale: 2, quantityScale: 6 }],
  venues: [
    {
      venue: 'SIM',
      beginString: 'FIX.4.4',
      senderCompId: 'BATON',
      targetCompId: 'SIM',
      account: 'ACC1',
      heartBtIntS: 0,
      nextExpectedMsgSeqNum: true,
      neverReceivedPolicy: 'void',
      orderMaxAgeMs: 1000,
    },
  ],
  limits: {
    orderQuantityMax: '1000',
    orderNotionalMax: '100000000',
    positionMax: '1000000000',
    openOrdersMax: 100_000,
  },
};

class Bench {
  readonly ledger = new Ledger();
  #index = 0;
  #timeUs = START_US;
  #venueSeq = 0;
  #key = 0;
  #exec = 0;

  constructor() {
    this.apply(encodeCommand({ type: 'TakeoverStarted', node: 1 }));
    this.apply(encodeCommand({ type: 'Configure', configuration }));
    this.apply(encodeCommand({ type: 'TransportUp', venue: 'SIM', connectionId: CONNECTION }));
    this.apply(this.frame('A', { 98: '0', 108: '0', 789: '2' }));
    if (!this.ledger.gate('SIM').open) throw new Error('the gate did not open');
  }

  apply(command: Uint8Array): string {
    this.#index += 1;
    this.#timeUs += 10;
    const { result } = this.ledger.apply({ index: this.#index, term: 1, timeUs: this.#timeUs, command });
    return result.ok ? result.clOrdId : '';
  }

  submit(): Uint8Array {
    this.#key += 1;
    const command: Command = {
      type: 'SubmitOrder',
      clientKey: `maker-${this.#key}`,
      strategyId: 'maker',
      symbol: 'BTC-USD',
      side: this.#key % 2 === 0 ? 'buy' : 'sell',
      orderType: 'limit',
      timeInForce: 'day',
      quantity: '0.125',
      price: '64000.5',
    };
    return encodeCommand(command);
  }

  /** The venue's answers to an order: acknowledged, then filled. */
  answer(clOrdId: string, kind: 'new' | 'fill', n: number): Uint8Array {
    this.#exec += 1;
    const filled = kind === 'fill';
    return this.frame('8', {
      37: `V${this.#exec}`,
      11: clOrdId,
      17: `E${this.#exec}`,
      150: filled ? 'F' : '0',
      39: filled ? '2' : '0',
      55: 'BTC-USD',
      54: n % 2 === 0 ? '1' : '2',
      38: '0.125',
      ...(filled ? { 32: '0.125', 31: '64000.5' } : {}),
      14: filled ? '0.125' : '0',
      151: filled ? '0' : '0.125',
      6: filled ? '64000.5' : '0',
      60: '20260105-12:00:00.000',
    });
  }

  frame(msgType: string, fields: Readonly<Record<number, string>>): Uint8Array {
    this.#venueSeq += 1;
    const body = encodeBody(Object.entries(fields).map(([tag, value]) => [Number(tag), value] as const));
    const header = {
      beginString: 'FIX.4.4',
      msgType,
      msgSeqNum: this.#venueSeq,
      senderCompId: 'SIM',
      targetCompId: 'BATON',
      sendingTimeUs: this.#timeUs,
    };
    const bytes = encodeMessage(header, body);
    return encodeCommand({ type: 'InboundFix', venue: 'SIM', connectionId: CONNECTION, bytes });
  }

  /** Orders sent, acknowledged and filled. */
  history(count: number): void {
    for (let n = 0; n < count; n += 1) {
      const clOrdId = this.apply(this.submit());
      this.apply(this.answer(clOrdId, 'new', n + 1));
      this.apply(this.answer(clOrdId, 'fill', n + 1));
    }
  }
}

interface Sample {
  readonly us: number;
  readonly bytes: number;
}

/** Applies a batch of commands; µs and bytes each. */
function measure(bench: Bench, commands: readonly Uint8Array[], ids: string[]): Sample {
  const before = process.memoryUsage();
  const start = process.threadCpuUsage();
  for (const command of commands) ids.push(bench.apply(command));
  const { system, user } = process.threadCpuUsage(start);
  const us = (user + system) / commands.length;
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.external - before.heapUsed - before.external;
  return { us, bytes: bytes / commands.length };
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? Number.NaN;
}

/** Allocation of a batch in which a collection ran is negative or far too small: the median ignores it. */
function summary(samples: readonly Sample[]): { us: number; bytes: number } {
  return { us: median(samples.map(({ us }) => us)), bytes: median(samples.map(({ bytes }) => bytes)) };
}

let pauseMaxMs = 0;
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) pauseMaxMs = Math.max(pauseMaxMs, duration);
});
observer.observe({ entryTypes: ['gc'] });

const wanted = process.argv.slice(2).map(Number);
const histories = wanted.length > 0 ? wanted : [0, 10_000, 1_000_000];
const rows: object[] = [];
const bench = new Bench();
bench.history(3_000);
let seen = 3_000;
for (const history of histories) {
  pauseMaxMs = 0;
  if (history > seen) bench.history(history - seen);
  seen = Math.max(seen, history);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const pauseMs = pauseMaxMs;
  const samples = { submit: [] as Sample[], acknowledge: [] as Sample[], fill: [] as Sample[], hash: [] as number[] };
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const submits = Array.from({ length: BATCH }, () => bench.submit());
    const ids: string[] = [];
    globalThis.gc?.({ type: 'minor' });
    samples.submit.push(measure(bench, submits, ids));
    const news = ids.map((id, n) => bench.answer(id, 'new', n));
    globalThis.gc?.({ type: 'minor' });
    samples.acknowledge.push(measure(bench, news, []));
    const fills = ids.map((id, n) => bench.answer(id, 'fill', n));
    globalThis.gc?.({ type: 'minor' });
    samples.fill.push(measure(bench, fills, []));
    const start = process.hrtime.bigint();
    bench.ledger.hash();
    samples.hash.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  seen += BATCH * BATCHES;
  const row = (name: string, of: readonly Sample[]) => {
    const { us, bytes } = summary(of);
    return { [`${name} µs`]: us.toFixed(2), [`${name} B`]: Math.round(bytes) };
  };
  globalThis.gc?.();
  rows.push({
    history,
    ...row('submit', samples.submit),
    ...row('ack', samples.acknowledge),
    ...row('fill', samples.fill),
    [`hash µs after ${BATCH * 3}`]: median(samples.hash).toFixed(0),
    'heap MB': (process.memoryUsage().heapUsed / 1e6).toFixed(1),
    'RSS MB': (process.memoryUsage().rss / 1e6).toFixed(0),
    'GC pause max ms': pauseMs.toFixed(1),
  });
}
observer.disconnect();
console.table(rows);
const start = process.hrtime.bigint();
const bytes = bench.ledger.snapshot();
console.log(`snapshot: ${(bytes.length / 1e6).toFixed(1)} MB in ${Number(process.hrtime.bigint() - start) / 1e6} ms`);
