/**
 * Tokens of TypeScript source, as far as the architecture rules need them: words, strings, punctuation, each with its
 * line. Comments and regular expressions are skipped, and so is the text of templates, but not the code inside `${}`.
 * A slash is taken for division after a value and for a regular expression elsewhere; that is a rule of thumb, enough
 * for code that Biome has formatted. There is no compiler API to ask: TypeScript 7 has none yet.
 */

export interface Token {
  readonly kind: 'word' | 'string' | 'punctuation';
  /** A string's text is without its quotes and with escapes as written. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*|[0-9][\w.]*/uy;
const VALUE_END = new Set([')', ']', '}']);
const WORDS_BEFORE_A_REGEX = new Set(['return', 'typeof', 'case', 'in', 'of', 'void', 'delete', 'throw', 'else', 'do']);

export function tokensOf(source: string): Token[] {
  const scanner = new Scanner(source);
  scanner.run();
  return scanner.tokens;
}

class Scanner {
  readonly tokens: Token[] = [];
  readonly #source: string;
  #at = 0;
  #line = 1;
  /** For each template being read: how many braces are open inside its current `${}`. */
  readonly #templates: number[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  run(): void {
    if (this.#source.startsWith('#!')) this.#skipTo('\n');
    while (this.#at < this.#source.length) this.#next();
  }

  #next(): void {
    const character = this.#source[this.#at] as string;
    if (character === '\n') this.#line += 1;
    if (/\s/.test(character)) this.#at += 1;
    else if (this.#source.startsWith('//', this.#at)) this.#skipTo('\n');
    else if (this.#source.startsWith('/*', this.#at)) this.#skipPast('*/', this.#at + 2);
    else if (character === "'" || character === '"') this.#string(character);
    else if (character === '`') this.#template(this.#at + 1);
    else if (character === '/' && this.#regexMayStand()) this.#regex();
    else if (!this.#word()) this.#punctuation(character);
  }

  #emit(kind: Token['kind'], text: string): void {
    this.tokens.push({ kind, text, line: this.#line });
  }

  #skipTo(end: string): void {
    const found = this.#source.indexOf(end, this.#at);
    this.#at = found < 0 ? this.#source.length : found;
  }

  #skipPast(end: string, from: number): void {
    const found = this.#source.indexOf(end, from);
    const stop = found < 0 ? this.#source.length : found + end.length;
    this.#countLines(this.#at, stop);
    this.#at = stop;
  }

  #countLines(from: number, to: number): void {
    for (let at = from; at < to; at += 1) if (this.#source[at] === '\n') this.#line += 1;
  }

  #string(quote: string): void {
    let end = this.#at + 1;
    while (end < this.#source.length && this.#source[end] !== quote) end += this.#source[end] === '\\' ? 2 : 1;
    this.#emit('string', this.#source.slice(this.#at + 1, end));
    this.#at = end + 1;
  }

  /** Reads a template's text up to its end or to the next `${`, whose code is then read as code. */
  #template(from: number): void {
    let end = from;
    while (end < this.#source.length) {
      if (this.#source[end] === '`') {
        this.#emit('string', this.#source.slice(from, end));
        this.#countLines(from, end);
        this.#at = end + 1;
        return;
      }
      if (this.#source.startsWith('${', end)) {
        this.#countLines(from, end);
        this.#templates.push(0);
        this.#at = end + 2;
        return;
      }
      end += this.#source[end] === '\\' ? 2 : 1;
    }
    this.#at = end;
  }

  #regexMayStand(): boolean {
    const last = this.tokens.at(-1);
    if (last === undefined) return true;
    if (last.kind === 'string') return false;
    if (last.kind === 'word') return WORDS_BEFORE_A_REGEX.has(last.text);
    return !VALUE_END.has(last.text);
  }

  #regex(): void {
    let end = this.#at + 1;
    let inClass = false;
    while (end < this.#source.length && (inClass || this.#source[end] !== '/')) {
      const character = this.#source[end];
      if (character === '[') inClass = true;
      if (character === ']') inClass = false;
      end += character === '\\' ? 2 : 1;
    }
    this.#at = end + 1;
    this.#emit('string', '');
  }

  #word(): boolean {
    WORD.lastIndex = this.#at;
    const match = WORD.exec(this.#source);
    if (match === null) return false;
    this.#emit('word', match[0]);
    this.#at += match[0].length;
    return true;
  }

  #punctuation(character: string): void {
    const depth = this.#templates.length - 1;
    if (depth >= 0 && character === '}' && this.#templates[depth] === 0) {
      this.#templates.pop();
      this.#template(this.#at + 1);
      return;
    }
    if (depth >= 0 && character === '{') this.#templates[depth] = (this.#templates[depth] as number) + 1;
    if (depth >= 0 && character === '}') this.#templates[depth] = (this.#templates[depth] as number) - 1;
    const text = this.#source.startsWith('?.', this.#at) ? '?.' : character;
    this.#emit('punctuation', text);
    this.#at += text.length;
  }
}
