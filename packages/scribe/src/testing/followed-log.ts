/** A written log with a scribe that follows it and takes checkpoints, and what it said of them. */
import assert from 'node:assert/strict';
import type { MemoryDisk } from '@baton/host/testing';
import { CheckpointSink, type TakenAnswer } from '../checkpoint-sink.ts';
import { Scribe } from '../scribe.ts';
import type { ScribeSink } from '../sink.ts';
import { CONF_STATE, FOLDER, type WrittenLog } from './written-log.ts';

export class FollowedLog {
  readonly log: WrittenLog;
  readonly disk: MemoryDisk;
  readonly sink: CheckpointSink;
  readonly scribe: Scribe;
  /** Indexes of checkpoints that were told to be saved, and of what the log was not needed any more then. */
  /** As it said that it writes much, or has. */
  readonly writes: boolean[] = [];
  readonly saved: { readonly index: number; readonly logNeededAfter: number }[] = [];

  constructor(log: WrittenLog, everyEntries: number, more: readonly ScribeSink[] = [], disk = log.disk) {
    this.log = log;
    this.disk = disk;
    const { clock } = log;
    this.sink = new CheckpointSink({
      disk,
      clock,
      folder: FOLDER,
      everyMs: 60_000,
      everyEntries,
      log: () => {},
      writesMuch: (isMuch) => this.writes.push(isMuch),
      saved: ({ index }, logNeededAfter) => this.saved.push({ index, logNeededAfter }),
    });
    this.scribe = new Scribe({
      disk,
      clock,
      folder: FOLDER,
      sinks: [this.sink, ...more],
      log: () => {},
      onDiverged: (index) => assert.fail(`diverged at ${index}`),
      onBroken: (error) => assert.fail(String(error)),
    });
  }

  async start(): Promise<void> {
    let isStarted = false;
    void this.scribe.start().then(() => {
      isStarted = true;
    });
    await this.log.until(() => isStarted);
    this.tell();
  }

  /** Says how far the log is committed, as the core does. */
  tell(): void {
    const { log } = this;
    this.sink.membersAre(0, { confState: CONF_STATE, members: new Uint8Array(0) }, log.index);
    this.scribe.told(log);
  }

  async caughtUp(): Promise<void> {
    this.tell();
    await this.log.until(() => this.scribe.index === this.log.index);
  }

  /** A checkpoint of now. */
  async take(): Promise<TakenAnswer> {
    const answers: TakenAnswer[] = [];
    this.sink.request(this.log.index, (answer) => answers.push(answer));
    await this.caughtUp();
    this.scribe.look();
    await this.log.until(() => answers.length > 0);
    return answers[0]!;
  }
}
