/**
 * What observers do, as data: they set registers (trading states of strategies that do not exist, each write with a text of
 * its own), read them, and look at orders, at any node and with any consistency that promises not to be stale.
 */
import type { SeededRandom } from '@baton/host/testing';
import { TRADING_MODES, type TradingMode } from '@baton/ledger';

export interface Ask {
  readonly atMs: number;
  readonly kind: 'write' | 'read' | 'look';
  /** Which register; for a look, which of the orders known by then, 0 to 1: the newest is 1. */
  readonly register: string;
  readonly pick: number;
  /** The node that is asked; 0: whoever leads. */
  readonly node: number;
  readonly consistency: 'linearizable' | 'lease';
  readonly mode: TradingMode;
  /** Written by nobody else. */
  readonly value: string;
}

const REGISTERS = 3;
const KINDS: readonly Ask['kind'][] = ['write', 'write', 'read', 'read', 'read', 'look', 'look'];

export function drawAsk(random: SeededRandom, atMs: number, n: number, nodeCount: number): Ask {
  const kind = KINDS[random.below(KINDS.length)] ?? 'read';
  const leader = random.chance(kind === 'write' ? 0.9 : 0.4);
  return {
    atMs,
    kind,
    register: `r${random.below(REGISTERS)}`,
    pick: 1 - random.float() ** 3,
    node: leader ? 0 : 1 + random.below(nodeCount),
    consistency: random.chance(0.4) ? 'lease' : 'linearizable',
    mode: TRADING_MODES[random.below(TRADING_MODES.length)] ?? 'active',
    value: `w${n}`,
  };
}
