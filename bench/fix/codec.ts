// What the codec costs: an ExecutionReport of 37 fields framed, checked and read
// into 13 typed fields, and a NewOrderSingle encoded. Own loop: batches timed with
// the monotonic clock, percentiles over the batches. Batches are short (a fifth of
// a millisecond), so that what else runs on the machine hits few of them and shows
// in the high percentiles only.
//
//   node bench/fix/codec.ts [--rounds 2000] [--batch 200] [--json] [--jspurefix DIR]
//
// With --jspurefix, the same messages through that library in the same run. It is
// not a dependency: install it into a folder of its own (npm install jspurefix).

import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { encodeBody, encodeMessage, Framer, formatDecimal, parseMessage, Tag } from '@baton/fix';
import { jspurefixCases } from './jspurefix.ts';
import { assertMeasured, measure } from './loop.ts';

const START_US = 1_795_428_000_123_000;

/** 37 fields: header, body and trailer of a partial fill. */
const REPORT = encodeMessage(
  {
    beginString: 'FIX.4.4',
    msgType: '8',
    msgSeqNum: 123_456,
    senderCompId: 'VENUE',
    targetCompId: 'BATON',
    sendingTimeUs: START_US,
    extra: [[Tag.TargetSubID, 'DESK1']],
  },
  encodeBody([
    [Tag.OrderID, 'V20261123-000123456'],
    [Tag.ClOrdID, 'B3K9-000000123456'],
    [Tag.SecondaryOrderID, 'M-99812'],
    [Tag.ExecID, 'E20261123-000456789'],
    [Tag.ExecType, 'F'],
    [Tag.OrdStatus, '1'],
    [Tag.Account, 'ACC-1'],
    [Tag.SettlType, '0'],
    [Tag.Symbol, 'BTC-USD'],
    [Tag.SecurityID, 'BTCUSD'],
    [Tag.SecurityIDSource, '8'],
    [Tag.SecurityExchange, 'SIMX'],
    [Tag.Side, '1'],
    [Tag.OrderQty, '12.5'],
    [Tag.OrdType, '2'],
    [Tag.Price, '64250.25'],
    [Tag.Currency, 'USD'],
    [Tag.TimeInForce, '1'],
    [Tag.LastQty, '2.75'],
    [Tag.LastPx, '64250.25'],
    [Tag.LastMkt, 'SIMX'],
    [Tag.LeavesQty, '9.75'],
    [Tag.CumQty, '2.75'],
    [Tag.AvgPx, '64250.25'],
    [Tag.TradeDate, '20261123'],
    [Tag.TransactTime, '20261123-10:00:00.122'],
    [Tag.Commission, '0.12'],
    [Tag.CommType, '3'],
  ]),
);

interface Fill {
  orderId: string | undefined;
  clOrdId: string | undefined;
  execId: string | undefined;
  execType: string | undefined;
  ordStatus: string | undefined;
  symbol: string | undefined;
  side: string | undefined;
  orderQty: bigint | undefined;
  lastQty: bigint | undefined;
  lastPx: bigint | undefined;
  leavesQty: bigint | undefined;
  cumQty: bigint | undefined;
  transactTimeUs: number | undefined;
}

function readReport(framer: Framer): Fill {
  framer.push(REPORT);
  const frame = framer.next();
  if (frame?.type !== 'message') {
    throw new Error('the report did not pass the framer');
  }
  const message = parseMessage(frame.bytes);
  return {
    orderId: message.getString(Tag.OrderID),
    clOrdId: message.getString(Tag.ClOrdID),
    execId: message.getString(Tag.ExecID),
    execType: message.getString(Tag.ExecType),
    ordStatus: message.getString(Tag.OrdStatus),
    symbol: message.getString(Tag.Symbol),
    side: message.getString(Tag.Side),
    orderQty: message.getDecimal(Tag.OrderQty, 8),
    lastQty: message.getDecimal(Tag.LastQty, 8),
    lastPx: message.getDecimal(Tag.LastPx, 8),
    leavesQty: message.getDecimal(Tag.LeavesQty, 8),
    cumQty: message.getDecimal(Tag.CumQty, 8),
    transactTimeUs: message.getTimeUs(Tag.TransactTime),
  };
}

let orders = 0;

function writeOrder(): Buffer {
  orders++;
  const timeUs = START_US + orders;
  const body = encodeBody([
    [Tag.ClOrdID, `B3K9-${100_000_000 + orders}`],
    [Tag.HandlInst, '1'],
    [Tag.Symbol, 'BTC-USD'],
    [Tag.Side, '1'],
    [Tag.TransactTime, '20261123-10:00:00.122'],
    [Tag.OrderQty, formatDecimal(1_250_000_000n, 8)],
    [Tag.OrdType, '2'],
    [Tag.Price, formatDecimal(6_425_025_000_000n, 8)],
    [Tag.TimeInForce, '1'],
  ]);
  return encodeMessage(
    {
      beginString: 'FIX.4.4',
      msgType: 'D',
      msgSeqNum: orders,
      senderCompId: 'BATON',
      targetCompId: 'VENUE',
      sendingTimeUs: timeUs,
    },
    body,
  );
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2000' },
    batch: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
    jspurefix: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const batch = Number(values.batch);
const framer = new Framer();
const fields = parseMessage(REPORT).fields().length;
const settings = {
  rounds,
  batch,
  reportBytes: REPORT.length,
  reportFields: fields,
  orderBytes: writeOrder().length,
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  commit: commit(),
};
const results = [
  measure('ExecutionReport: framed and checked', rounds, batch, () => {
    framer.push(REPORT);
    return framer.next();
  }),
  measure('ExecutionReport: framed, checked, indexed', rounds, batch, () => {
    framer.push(REPORT);
    const frame = framer.next();
    return frame?.type === 'message' ? parseMessage(frame.bytes) : undefined;
  }),
  measure('ExecutionReport: framed, checked, 13 typed fields', rounds, batch, () => readReport(framer)),
  measure('NewOrderSingle: encoded', rounds, batch, writeOrder),
];
if (values.jspurefix !== undefined) {
  // A slower peer needs fewer rounds for the same certainty.
  for (const { name, act } of await jspurefixCases(values.jspurefix, REPORT)) {
    results.push(measure(name, Math.ceil(rounds / 10), batch, act));
  }
}
assertMeasured();
if (values.json) {
  console.log(JSON.stringify({ bench: 'fix/codec', settings, results }));
} else {
  console.log(settings);
  console.table(results);
  console.log(JSON.stringify({ bench: 'fix/codec', settings, results }));
}
