/** What a command gets from the program it belongs to: where to write, and how to report its exit code. */
import type { CommandOutput } from './command-output.ts';

/** Runs a command; its exit code is what the process ends with. */
export type RunCommand = (run: () => Promise<number>) => Promise<void>;

export interface CommandContext {
  readonly output: CommandOutput;
  readonly run: RunCommand;
}
