/**
 * Positions in a snapshot, each with its parts by strategy. What open orders reserve is computed again from the orders;
 * P&L and margin from the reference prices, which were read before.
 */
import { MalformedError, type MsgpackReader } from './msgpack-reader.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';
import type { Position } from './position.ts';
import type { InstrumentPosition } from './positions.ts';
import { type SnapshotSection, TEXT_MAX } from './snapshot-section.ts';

export const POSITIONS: SnapshotSection<InstrumentPosition> = {
  name: 'positions',
  items: (state) => state.positions.all(),
  write(to, position) {
    to.text(position.symbol).integer(position.changedIndex);
    writePosition(to, position.total);
    to.array(position.byStrategy.size);
    for (const [strategyId, own] of position.byStrategy) {
      to.text(strategyId);
      writePosition(to, own);
    }
  },
  read(from, state) {
    const symbol = from.text(TEXT_MAX);
    const changedIndex = from.natural();
    const instrument = state.instrument(symbol);
    if (instrument === undefined) throw new MalformedError(`position of unknown instrument '${symbol}'`, 0);
    const position = state.positions.of(instrument);
    position.changedIndex = changedIndex;
    readPosition(from, position.total);
    for (let left = from.array(); left > 0; left -= 1) {
      readPosition(from, state.positions.ofStrategy(position, from.text(TEXT_MAX)));
    }
    state.positions.restoreFigures(instrument);
  },
};

function writePosition(to: MsgpackWriter, position: Position): void {
  to.bigint(position.net).bigint(position.bought).bigint(position.sold).bigint(position.cost).bigint(position.openCost);
}

function readPosition(from: MsgpackReader, into: Position): void {
  into.net = from.bigint();
  into.bought = from.bigint();
  into.sold = from.bigint();
  into.cost = from.bigint();
  into.openCost = from.bigint();
}
