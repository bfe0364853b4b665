/** What the core asks of a log; the logger of a process has it (log.ts), and so has a simulator. */

type Line = (facts: object, text: string) => void;

export interface CoreLog {
  readonly debug: Line;
  readonly info: Line;
  readonly warn: Line;
  readonly error: Line;
}
