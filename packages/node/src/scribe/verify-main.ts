/** Reads one checkpoint back into a ledger, tells its state hash, and ends; with the scribe that started it, too. */
import { setPriority } from 'node:os';
import { NodeClock, NodeDisk } from '@baton/host/node';
import { type CheckpointWanted, restoredCheckpoint, type VerifiedState } from '@baton/scribe';

/** Nobody waits for it but the checkpoint itself. */
const NICENESS = 19;

async function run(wanted: CheckpointWanted): Promise<void> {
  try {
    setPriority(NICENESS);
  } catch {
    // Not allowed here: it works as well.
  }
  const found = await restoredCheckpoint(new NodeDisk(), new NodeClock(), wanted);
  const verified: VerifiedState = found.ok
    ? { ok: true, stateHash: found.stateHash }
    : { ok: false, refusal: { reason: found.refusal.reason } };
  process.send?.(verified, () => process.exit(0));
}

process.on('disconnect', () => process.exit(0));
process.once('message', (wanted) => void run(wanted as CheckpointWanted));
