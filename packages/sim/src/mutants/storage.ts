/** Seeded bugs of journal and votes on disk. */
import type { Mutant } from './mutant.ts';

export const STORAGE_MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledges entries before they are synced',
    file: 'journal/src/group-writer.ts',
    find: '      place.file.datasyncAsync((syncError) => {',
    replace: '      ((done: (none: null) => void) => done(null))((syncError: null) => {',
  },
  {
    name: 'acknowledges before anything is written',
    file: 'journal/src/append-queue.ts',
    find: '    this.#items.push(item);',
    replace: '    this.#items.push(item); item.isAcknowledged = true; item.onDurable();',
  },
  {
    name: 'forgets the vote on restart',
    file: 'raft/src/raft.ts',
    find: '    this.vote = state.vote;',
    replace: '    this.vote = 0;',
  },
  {
    name: 'forgets the term on restart',
    file: 'raft/src/raft.ts',
    find: '    this.term = state.term;',
    replace: '    this.term = 0;',
  },
];
