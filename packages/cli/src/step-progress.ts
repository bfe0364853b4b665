/**
 * Progress of something that takes seconds to minutes: on a terminal one line that is written anew, with the time that is
 * left; elsewhere a plain line each time the text changes.
 */
import { type CommandOutput, writeLine } from './command-output.ts';

export class StepProgress {
  readonly #out: CommandOutput['err'];
  readonly #isTerminal: boolean;
  #last = '';

  constructor({ err }: CommandOutput) {
    this.#out = err;
    this.#isTerminal = (err as { readonly isTTY?: boolean }).isTTY === true;
  }

  /** `leftMs`: undefined when nobody knows. */
  show(text: string, leftMs?: number): void {
    const left = leftMs === undefined ? '' : `, ${Math.max(0, Math.ceil(leftMs / 1000))} s left`;
    if (this.#isTerminal) this.#out.write(`\r\u001b[2K${text}${left}`);
    else if (text !== this.#last) writeLine(this.#out, `${text}${left}`);
    this.#last = text;
  }

  end(): void {
    if (this.#isTerminal && this.#last !== '') this.#out.write('\r\u001b[2K');
  }
}
