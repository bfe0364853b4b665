/**
 * The grammar of data-driven test files (cockroachdb/datadriven): comments, commands with arguments, input lines, a line
 * of dashes, the expected output up to a blank line, or between pairs of dashes. A trailing backslash joins lines.
 */
export interface ScriptArgument {
  readonly key: string;
  /** Values after `=`: several in parentheses, none if there is no `=`. */
  readonly values: readonly string[];
}

export interface ScriptCommand {
  readonly name: string;
  readonly args: readonly ScriptArgument[];
  readonly input: string;
  readonly expected: string;
  /** Line of the command, and of the first expected line, counted from 1. */
  readonly line: number;
  readonly expectedLine: number;
}

export class ScriptSyntaxError extends Error {
  readonly code = 'BATON_RAFT_SCRIPT_SYNTAX';
  constructor(line: number, what: string) {
    super(`reading a test script: line ${line}: ${what}`);
    this.name = 'ScriptSyntaxError';
  }
}

const SEPARATOR = '----';

/** Splits `(a, b(c, d), e)` without its outer parentheses at the commas of the first level. */
function splitValues(inner: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let current = '';
  for (const letter of inner) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === ',' && depth === 0) {
      values.push(current.trim());
      current = '';
    } else current += letter;
  }
  values.push(current.trim());
  return values;
}

/** End of the argument that begins at `from`: the first blank outside parentheses. */
function argumentEnd(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === '(') depth++;
    else if (letter === ')') depth--;
    else if (depth === 0 && /\s/.test(letter)) return i;
  }
  return text.length;
}

function parseArgument(text: string): ScriptArgument {
  const equals = text.indexOf('=');
  if (equals < 0) return { key: text, values: [] };
  const key = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (!value.startsWith('(')) return { key, values: [value] };
  const inner = value.slice(1, value.endsWith(')') ? -1 : undefined);
  return { key, values: inner.trim() === '' ? [] : splitValues(inner) };
}

/** A command line: a name and its arguments. */
export function parseCommandLine(line: string): { name: string; args: ScriptArgument[] } {
  const text = line.trim();
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const end = argumentEnd(text, at);
    parts.push(text.slice(at, end));
    at = end;
  }
  return { name: parts[0] ?? '', args: parts.slice(1).map(parseArgument) };
}

class Reader {
  readonly #lines: readonly string[];
  at = 0;

  constructor(text: string) {
    this.#lines = text.split('\n');
    if (this.#lines[this.#lines.length - 1] === '') this.#lines = this.#lines.slice(0, -1);
  }

  get done(): boolean {
    return this.at >= this.#lines.length;
  }

  next(): string {
    return this.#lines[this.at++]!;
  }

  peek(): string | undefined {
    return this.#lines[this.at];
  }
}

function readExpected(reader: Reader): string {
  const lines: string[] = [];
  if (reader.peek() !== SEPARATOR) {
    while (!reader.done) {
      const line = reader.next();
      if (line.trim() === '') break;
      lines.push(line);
    }
  } else {
    reader.next();
    while (!reader.done) {
      const line = reader.next();
      if (line === SEPARATOR && reader.peek() === SEPARATOR) {
        reader.next();
        break;
      }
      lines.push(line);
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** All commands of a file, in order. Throws ScriptSyntaxError. */
export function parseScript(text: string): ScriptCommand[] {
  const reader = new Reader(text);
  const commands: ScriptCommand[] = [];
  while (!reader.done) {
    const line = reader.at + 1;
    let head = reader.next().trim();
    if (head === '' || head.startsWith('#')) continue;
    while (head.endsWith('\\') && !reader.done) head = `${head.slice(0, -1).trim()} ${reader.next().trim()}`;
    const { name, args } = parseCommandLine(head);
    const input: string[] = [];
    let separated = false;
    while (!reader.done && !separated) {
      const next = reader.next();
      if (next === SEPARATOR) separated = true;
      else input.push(next);
    }
    if (!separated) {
      if (name === 'subtest') continue;
      throw new ScriptSyntaxError(line, `the command ${name} has no line ${SEPARATOR}`);
    }
    const expectedLine = reader.at + 1;
    const expected = readExpected(reader);
    commands.push({ name, args, input: input.join('\n').trim(), expected, line, expectedLine });
  }
  return commands;
}

const LOG_LINE = /^\s*(DEBUG|INFO|WARN|ERROR|FATAL)(\s|$)/;

/** Output without log lines, whose wording is no part of the contract. Nothing left reads "ok", as nothing printed does. */
export function withoutLogLines(output: string): string {
  const lines = output.split('\n');
  const kept = lines.filter((line) => !LOG_LINE.test(line)).join('\n');
  return kept.trim() === '' ? 'ok\n' : kept;
}

/** What the environments print, as it is compared: a newline at the end if there is anything. */
export function finished(output: string): string {
  return output === '' || output.endsWith('\n') ? output : `${output}\n`;
}
