// Every system call of the write path fails once, in every way. Nothing acknowledged is lost, nothing is acknowledged
// that could be lost, and the owner hears of it: a refusal, `onFatal`, an error of open or of the checkpoint.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DiskFault } from '@baton/host/testing';
import { JournalOpenError } from '../src/errors.ts';
import type { SyncMode } from '../src/options.ts';
import { CONF_STATE, JournalRig } from '../src/testing/journal-rig.ts';

/** A run that opens, appends over several segments, votes, replaces a tail, saves a checkpoint and compacts. */
async function run(rig: JournalRig): Promise<void> {
  for (let step = 1; step <= 14; step += 1) {
    const { hardState } = rig.state;
    const term = 1 + Math.floor(step / 4);
    const entries = step === 6 ? [] : rig.nextEntries(2, 9000, step % 4 === 0 ? 1 : 0, term);
    const commit = Math.max(hardState.commit, rig.journal.lastIndex() - 4);
    rig.append({
      hardState: { term, vote: term === hardState.term ? hardState.vote : 2, commit },
      entries,
      snapshot: null,
    });
    if (step % 3 !== 0) await rig.settle();
    // As in life: what is checkpointed was committed, and here the log knows of it.
    if (step === 10 && rig.acknowledged === rig.states.length - 1) {
      const checkpoint = {
        index: commit,
        term: rig.journal.term(commit) as number,
        confState: CONF_STATE,
        bytes: Buffer.alloc(9000, 3),
      };
      rig.journal.saveCheckpoint(checkpoint).catch(() => {});
      await rig.settle();
      rig.journal.compact(commit);
    }
  }
  await rig.settle();
  rig.clock.advance(1000);
  await rig.settle();
}

async function countCalls(sync: SyncMode): Promise<number> {
  const rig = new JournalRig(3, { sync });
  const before = rig.disk.calls;
  await run(rig);
  assert.equal(rig.acknowledged, rig.states.length - 1);
  return rig.disk.calls - before;
}

const FAULTS: readonly DiskFault[] = ['EIO', 'ENOSPC', 'short', 'crash-before', 'crash-after'];

describe('one failing system call', () => {
  for (const sync of ['inline', 'pool'] as const) {
    for (const fault of FAULTS) {
      it(`${fault} in any call loses nothing that was acknowledged (${sync})`, async () => {
        const calls = await countCalls(sync);
        let fatal = 0;
        for (let bad = 1; bad <= calls; bad += 1) {
          const rig = new JournalRig(3, { sync });
          const start = rig.disk.calls;
          let spoiled = '';
          rig.disk.faults = ({ number, call, path }) => {
            if (number !== start + bad) return null;
            spoiled = `${call} ${path}`;
            return fault;
          };
          await rig.crashes(() => run(rig));
          if (rig.fatal !== null) {
            fatal += 1;
            assert.equal(rig.fatal.code, 'BATON_JOURNAL_FATAL');
            assert.deepEqual(
              rig.journal.append({ hardState: null, entries: [], snapshot: null }, () => {}),
              {
                ok: false,
                reason: 'failed',
              },
            );
          }
          // A write that found no room is tried again; a sync never is, nor is the mark.
          if (fault === 'ENOSPC' && rig.fatal !== null) assert.match(spoiled, /^(datasync|sync|unlink) |mark$/);
          rig.crash(bad % 2 === 0 ? 'kill' : 'power-512');
          rig.reopen();
        }
        if (fault === 'EIO') assert.ok(fatal > 20, `${fatal} of ${calls}`);
      });

      it(`${fault} in any call of opening loses nothing (${sync})`, async () => {
        const subject = new JournalRig(3, { sync });
        await run(subject);
        subject.crash('kill');
        for (let bad = 1; bad < 30; bad += 1) {
          const disk = subject.disk.afterKill();
          const rig = Object.assign(new JournalRig(3, { sync }), {
            disk,
            states: subject.states,
            acknowledged: subject.acknowledged,
          });
          disk.faults = ({ number }) => (number === bad ? fault : null);
          const crashed = await rig.crashes(async () => {
            try {
              rig.reopenOnly();
              await rig.settle();
            } catch (error) {
              if (!(error instanceof JournalOpenError)) throw error;
            }
          });
          rig.crash(crashed || bad % 2 === 0 ? 'power-4096' : 'kill');
          rig.reopen();
          subject.disk = rig.disk;
        }
      });
    }
  }

  it('after a failed sync nothing more is acknowledged, whatever later syncs say', async () => {
    for (const sync of ['inline', 'pool'] as const) {
      const rig = new JournalRig(5, { sync });
      let failed = false;
      rig.disk.faults = ({ call, path }) => {
        if (failed || call !== 'datasync' || !path.includes('segment')) return null;
        failed = true;
        return 'EIO';
      };
      rig.append({ hardState: null, entries: rig.nextEntries(1, 50, 0, 1), snapshot: null });
      rig.append({ hardState: null, entries: rig.nextEntries(1, 50, 0, 1), snapshot: null });
      await rig.settle();
      assert.ok(rig.fatal !== null);
      assert.equal(rig.acknowledged, 0);
      assert.equal(rig.journal.status().state, 'failed');
    }
  });
});

describe('a full disk', () => {
  it('refuses before it acknowledges, keeps room for a vote, and goes on when there is space', async () => {
    const rig = new JournalRig(9);
    rig.disk.capacityBytes = 4 * 64 * 1024;
    let refused = 0;
    for (let step = 0; step < 40 && refused === 0; step += 1) {
      const ok = rig.append({ hardState: null, entries: rig.nextEntries(2, 9000, 0, 1), snapshot: null });
      if (!ok) refused += 1;
      await rig.settle();
      rig.clock.advance(50);
    }
    assert.equal(refused, 1);
    assert.equal(rig.journal.status().state, 'disk-full');
    assert.equal(rig.acknowledged, rig.states.length - 1);
    assert.ok(rig.append({ hardState: { term: 9, vote: 2, commit: 0 }, entries: [], snapshot: null }), 'the vote');
    await rig.settle();
    assert.equal(rig.acknowledged, rig.states.length - 1);
    rig.disk.capacityBytes = Number.MAX_SAFE_INTEGER;
    rig.clock.advance(1000);
    await rig.settle();
    assert.equal(rig.journal.status().state, 'open');
    assert.ok(rig.append({ hardState: null, entries: rig.nextEntries(2, 9000, 0, 9), snapshot: null }));
    await rig.settle();
    rig.crash('power-512');
    rig.reopen();
  });

  it('does not keep the journal from closing; what was not acknowledged is given up', async () => {
    const rig = new JournalRig(9);
    rig.disk.capacityBytes = 3 * 64 * 1024;
    for (let step = 0; step < 12; step += 1) {
      rig.append({ hardState: null, entries: rig.nextEntries(2, 9000, 0, 1), snapshot: null });
      rig.clock.settle();
    }
    const closed = rig.journal.close();
    await rig.settle();
    await closed;
    rig.crash('kill');
    rig.reopen();
  });
});
