/** The bytes of one instrument in a configuration: an array of its fields; absent facts stay absent. */
import type { InstrumentConfiguration } from './configuration.ts';
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

const NAME_SIZE_BYTES_MAX = 64;
/** Facts that are decimal text, in the order in which they stand. */
const TEXTS = ['tickSize', 'lotSize', 'quantityMin', 'quantityMax', 'multiplier', 'currency'] as const;

export function writeInstrument(to: MsgpackWriter, one: InstrumentConfiguration): void {
  to.array(5 + TEXTS.length);
  to.text(one.symbol).text(one.venue).integer(one.priceScale).integer(one.quantityScale);
  for (const name of TEXTS) {
    const text = one[name];
    if (text === undefined) to.array(0);
    else to.array(1).text(text);
  }
  if (one.tradable === undefined) to.array(0);
  else to.array(1).boolean(one.tradable);
}

export function readInstrument(from: MsgpackReader): InstrumentConfiguration {
  from.arrayOf(5 + TEXTS.length);
  const symbol = from.text(NAME_SIZE_BYTES_MAX);
  const venue = from.text(NAME_SIZE_BYTES_MAX);
  const priceScale = from.natural();
  const quantityScale = from.natural();
  const facts: Record<string, string | boolean> = {};
  for (const name of TEXTS) if (isThere(from)) facts[name] = from.text(NAME_SIZE_BYTES_MAX);
  if (isThere(from)) facts['tradable'] = from.boolean();
  return { symbol, venue, priceScale, quantityScale, ...facts };
}

function isThere(from: MsgpackReader): boolean {
  const count = from.array();
  if (count > 1) throw new MalformedError(`expected at most one value, found ${count}`, 0);
  return count === 1;
}
