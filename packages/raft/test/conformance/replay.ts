/** Replays one script in an environment of its own and finds the first difference. */
import { InteractionEnvironment } from './interaction.ts';
import { MembershipEnvironment } from './membership.ts';
import { QuorumEnvironment } from './quorum.ts';
import { finished, parseScript, type ScriptCommand, withoutLogLines } from './script.ts';

export interface Difference {
  /** Line in the file, counted from 1: of the expected line that differs, or of the command that failed. */
  readonly line: number;
  readonly command: string;
  readonly expected: string;
  readonly actual: string;
}

export interface Replay {
  readonly commands: number;
  /** Null if all output is as expected. */
  readonly difference: Difference | null;
}

interface Environment {
  run(command: ScriptCommand): string;
}

function environmentFor(commands: readonly ScriptCommand[]): Environment {
  const names = new Set(commands.map((command) => command.name));
  if (names.has('committed') || names.has('vote')) return new QuorumEnvironment();
  if (names.has('simple') || names.has('enter-joint') || names.has('leave-joint')) return new MembershipEnvironment();
  return new InteractionEnvironment();
}

/** Place of the first difference: line numbers count in the file, log lines included. */
function locate(command: ScriptCommand, actual: string): Difference {
  const wanted = withoutLogLines(command.expected).split('\n');
  const got = actual.split('\n');
  let at = 0;
  while (at < wanted.length && wanted[at] === got[at]) at++;
  const fileLines = command.expected.split('\n');
  let line = command.expectedLine;
  for (let i = 0, kept = 0; i < fileLines.length; i++, line++) {
    if (/^\s*(DEBUG|INFO|WARN|ERROR|FATAL)(\s|$)/.test(fileLines[i]!)) continue;
    if (kept++ === at) break;
  }
  return { line, command: command.name, expected: wanted[at] ?? '(end)', actual: got[at] ?? '(end)' };
}

export function replayScript(text: string): Replay {
  const commands = parseScript(text);
  const environment = environmentFor(commands);
  for (const [i, command] of commands.entries()) {
    let actual: string;
    try {
      actual = withoutLogLines(finished(environment.run(command)));
    } catch (error) {
      const { line, name, expected } = command;
      const thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const difference = { line, command: name, expected: expected.split('\n')[0] ?? '', actual: `threw ${thrown}` };
      return { commands: i + 1, difference };
    }
    if (actual !== withoutLogLines(command.expected)) return { commands: i + 1, difference: locate(command, actual) };
  }
  return { commands: commands.length, difference: null };
}
