/** Log matching: index and term determine an entry (Raft thesis §3.2); seen in what leaders send. */
import { MessageType } from '@baton/raft';
import type { World } from '../world/world.ts';

const ENTRIES_KEPT = 50_000;

export function watchLogMatching(world: World): void {
  const seen = new Map<string, Uint8Array>();
  world.moments.on('sent', (from, _to, messages) => {
    for (const { type, entries } of messages) {
      if (type !== MessageType.App) continue;
      for (const { index, term, data } of entries) {
        const key = `${index}/${term}`;
        const first = seen.get(key);
        if (first === undefined) seen.set(key, data);
        else if (first !== data && Buffer.compare(first, data) !== 0) {
          world.report('log matching', `node ${from} sends another entry ${index} of term ${term}`);
        }
      }
    }
    if (seen.size > 2 * ENTRIES_KEPT) {
      for (const key of seen.keys()) {
        if (seen.size <= ENTRIES_KEPT) break;
        seen.delete(key);
      }
    }
  });
}
