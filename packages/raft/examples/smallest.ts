/** The smallest program: one node that elects itself, commits and applies. Prints `3 hello` after the leader's own entry. */
import { RaftNode } from '@baton/raft';
import { MemoryStorage } from '@baton/raft/testing';

const storage = new MemoryStorage();
const confState = { voters: [1], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
storage.applySnapshot({ index: 1, term: 1, confState, data: new Uint8Array(0) });
const node = new RaftNode({ id: 1, storage, random: Math.random, applied: 1 });
node.campaign();
for (let round = 0; node.hasReady(); round++) {
  const ready = node.ready();
  if (ready.hardState !== null) storage.setHardState(ready.hardState); // durable before messages are sent
  storage.append(ready.entries);
  for (const entry of ready.committedEntries) console.log(entry.index, Buffer.from(entry.data).toString());
  node.advance();
  if (round === 1) node.propose(Buffer.from('hello'));
}
