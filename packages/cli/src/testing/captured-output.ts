/** Runs a command line in this process and keeps what it writes, for tests. */
import { Writable } from 'node:stream';
import { runCommandLine } from '../program.ts';

export interface CapturedRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** A stream that is no terminal and keeps its text. */
export class CapturedStream extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export async function captured(...args: readonly string[]): Promise<CapturedRun> {
  const out = new CapturedStream();
  const err = new CapturedStream();
  const exitCode = await runCommandLine(args, { out, err });
  return { exitCode, out: out.text, err: err.text };
}
