/** One thing that a doctor looked at: how it is, and what to do about it. */
import { type OutputStream, styled } from './command-output.ts';

export type FindingState = 'ok' | 'warn' | 'fail';

export interface Finding {
  /** Short stable name: `leader`, `node n2`, `fsync`. */
  readonly check: string;
  readonly state: FindingState;
  readonly text: string;
  /** What to do; '' when nothing is. */
  readonly remedy: string;
}

export function good(check: string, text: string): Finding {
  return { check, state: 'ok', text, remedy: '' };
}

export function warn(check: string, text: string, remedy: string): Finding {
  return { check, state: 'warn', text, remedy };
}

export function bad(check: string, text: string, remedy: string): Finding {
  return { check, state: 'fail', text, remedy };
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export function findingLines(findings: readonly Finding[], stream: OutputStream): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.flatMap(({ check, remedy, state, text }) => {
    const line = `${styled(stream, COLOURS[state], state.padEnd(4))}  ${check.padEnd(width)}  ${text}`;
    return remedy === '' ? [line] : [line, `${' '.repeat(width + 8)}→ ${remedy}`];
  });
}
