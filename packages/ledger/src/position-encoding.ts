/** Positions in a snapshot, each with its parts by strategy. What open orders reserve is computed again from the orders. */
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import type { InstrumentPosition, Position } from './positions.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

export const POSITIONS: SnapshotSection<InstrumentPosition> = {
  name: 'positions',
  items: (state) => state.positions.all(),
  write(to, position) {
    to.text(position.symbol);
    writePosition(to, position.total);
    to.array(position.byStrategy.size);
    for (const [strategyId, own] of position.byStrategy) {
      to.text(strategyId);
      writePosition(to, own);
    }
  },
  read(from, state) {
    const symbol = from.text(TEXT_MAX);
    const instrument = state.instrument(symbol);
    if (instrument === undefined) throw new MalformedError(`position of unknown instrument '${symbol}'`, 0);
    const position = state.positions.of(instrument);
    Object.assign(position.total, readPosition(from));
    for (let left = from.array(); left > 0; left -= 1) {
      const strategyId = from.text(TEXT_MAX);
      position.byStrategy.set(strategyId, readPosition(from));
    }
  },
};

function writePosition(to: MsgpackWriter, position: Position): void {
  to.bigint(position.net).bigint(position.bought).bigint(position.sold).bigint(position.cost);
}

function readPosition(from: MsgpackReader): Position {
  return { net: from.bigint(), bought: from.bigint(), sold: from.bigint(), cost: from.bigint() };
}
