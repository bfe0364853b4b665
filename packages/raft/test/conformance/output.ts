/** Output of the commands of a script; muted at log level "none", errors excepted. */
export class Output {
  #text = '';
  quiet = false;

  write(text: string): void {
    if (!this.quiet) this.#text += text;
  }

  indented(body: () => void): void {
    const before = this.#text;
    this.#text = '';
    body();
    const lines = this.#text.split('\n');
    if (lines[lines.length - 1] === '') lines.pop();
    this.#text = before + lines.map((line) => `  ${line}\n`).join('');
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
