// The grammar of QuickFIX acceptance cases (.def): one step a line. `i` and `e`
// are acts of the runner and expected acts of the acceptor, `I` and `E` are
// messages to send and to expect; `I2,` speaks of connection 2. Text is Latin-1
// with real SOH, lines end in LF or CRLF, `#` begins a comment.

export type Step = { readonly line: number; readonly connection: number } & (
  | { readonly type: 'connect' | 'disconnect' | 'expect-disconnect' | 'quit' }
  | { readonly type: 'send' | 'expect'; readonly text: string }
  | { readonly type: 'sleep'; readonly ms: number }
  | { readonly type: 'set-session'; readonly name: string; readonly value: number }
);

const STEP = /^([iIeERr])(?:(\d+),)?(.*)$/s;

/** The steps of a script. Throws for a line outside the grammar. */
export function parseScript(source: string): Step[] {
  const steps: Step[] = [];
  source.split('\n').forEach((raw, index) => {
    const text = (raw.endsWith('\r') ? raw.slice(0, -1) : raw).trimStart();
    if (text.trim() !== '' && !text.startsWith('#')) {
      steps.push(parseStep(text, index + 1));
    }
  });
  return steps;
}

function parseStep(text: string, line: number): Step {
  const sleep = /^[iIeE]?\s*sleep\s*\(?\s*([\d.]+)/i.exec(text);
  if (sleep !== null) {
    return { type: 'sleep', ms: Number(sleep[1]) * 1000, line, connection: 1 };
  }
  if (/^[qQ]$/.test(text.trim())) {
    return { type: 'quit', line, connection: 1 };
  }
  const match = STEP.exec(text);
  if (match === null) {
    throw new Error(`line ${line} is no step: ${text.slice(0, 60)}`);
  }
  const [, letter, number, rest] = match as unknown as [string, string, string | undefined, string];
  const connection = number === undefined ? 1 : Number(number);
  if (letter === 'I') {
    return { type: 'send', text: rest, line, connection };
  }
  if (letter === 'E') {
    return { type: 'expect', text: rest, line, connection };
  }
  return parseAct(letter, rest.trim(), line, connection);
}

function parseAct(letter: string, act: string, line: number, connection: number): Step {
  if (letter === 'i' && act === 'CONNECT') {
    return { type: 'connect', line, connection };
  }
  if (act === 'DISCONNECT' && (letter === 'i' || letter === 'e')) {
    return { type: letter === 'i' ? 'disconnect' : 'expect-disconnect', line, connection };
  }
  const set = /^SET_SESSION\s+\S+\s+(\w+)=(\d+)$/.exec(act);
  if (letter === 'i' && set !== null) {
    return { type: 'set-session', name: set[1]!, value: Number(set[2]), line, connection };
  }
  throw new Error(`line ${line} is no step that an acceptor can be tested with: ${letter}${act.slice(0, 60)}`);
}

/** UTC 'YYYYMMDD-HH:MM:SS' of a time in ms since 1970. */
function utcSecond(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replaceAll('-', '').replace('T', '-');
}

/** Puts the time in for <TIME>, <TIME+n> and <TIME-n> (seconds). */
export function expandTime(text: string, nowMs: number): string {
  return text.replace(/<TIME([+-]\d+)?>/g, (_, offset?: string) => utcSecond(nowMs + Number(offset ?? 0) * 1000));
}

/** The bytes of a message to send: BodyLength and CheckSum are added where the script gives none. */
export function completeMessage(text: string): Buffer {
  if (!text.startsWith('8=')) {
    return Buffer.from(text, 'latin1');
  }
  const parts = text.split('\u0001').filter((part) => part !== '');
  const begin = parts.shift()!;
  const lengthGiven = parts[0]?.startsWith('9=') === true ? parts.shift() : undefined;
  const sumGiven = parts.at(-1)?.startsWith('10=') === true ? parts.pop() : undefined;
  const body = parts.map((part) => `${part}\u0001`).join('');
  const start = `${begin}\u0001${lengthGiven ?? `9=${body.length}`}\u0001`;
  const bytes = Buffer.from(start + body, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.concat([bytes, Buffer.from(`${sumGiven ?? `10=${sum.toString().padStart(3, '0')}`}\u0001`, 'latin1')]);
}
