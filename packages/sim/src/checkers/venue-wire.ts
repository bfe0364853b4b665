/**
 * Everything that nodes wrote to the venue, in order, and I5: each order message is an effect of an agreed entry, with the
 * very bytes of its body; only what belongs to the moment of writing (43, 122, 52, 9, 10, 97) may differ.
 */
import type { Applied } from '@baton/ledger';
import { bodyOf, fieldOf, msgTypeOf, readableFix } from '../world/fix-text.ts';
import type { World } from '../world/world.ts';
import { isOrderMessage } from './order-message.ts';

export interface WrittenMessage {
  readonly atUs: number;
  readonly nodeId: number;
  readonly term: number;
  readonly msgType: string;
  readonly bytes: Uint8Array;
}

export class VenueWire {
  readonly written: WrittenMessage[] = [];

  constructor(world: World) {
    world.moments.on('written', (node, bytes) => {
      const term = node.core?.leadingTerm ?? 0;
      const { nodeId } = node;
      this.written.push({ atUs: world.nowUs, nodeId, term, msgType: msgTypeOf(bytes), bytes: new Uint8Array(bytes) });
    });
  }

  /** Order messages that no agreed entry made. */
  strangers(history: readonly Applied[]): string[] {
    const made = new Set<string>();
    for (const { effects } of history) {
      for (const effect of effects) {
        if (effect.type !== 'SendFix' || !isOrderMessage(effect.msgType)) continue;
        made.add(`${effect.msgType} ${effect.msgSeqNum} ${Buffer.from(effect.body).toString('latin1')}`);
      }
    }
    return this.written
      .filter(({ msgType }) => isOrderMessage(msgType))
      .filter(({ msgType, bytes }) => !made.has(`${msgType} ${fieldOf(bytes, 34)} ${bodyOf(bytes)}`))
      .map(({ nodeId, bytes }) => `node ${nodeId} wrote ${readableFix(bytes)}, which no entry made`);
  }
}
