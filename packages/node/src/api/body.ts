/**
 * Request bodies: bounded, parsed and checked field by field by hand (the core does not load zod: memory). Every problem
 * names the field, the value and the remedy.
 */
import type { IncomingMessage } from 'node:http';
import type { OrderType, Side, TimeInForce } from '@baton/ledger';
import type { Address } from '../configuration/plan.ts';
import type { StrategyCommand } from '../desk/protocol.ts';
import { problem, type Reply } from './reply.ts';

/** An order is some 200 bytes; more than this is a mistake or an attack. */
const BODY_SIZE_BYTES_MAX = 64 * 1024;
/** So much is read and thrown away, so that the refusal arrives: a connection closed under a sender is only reset. */
const DISCARDED_BYTES_MAX = 1024 * 1024;

export type Fields = Readonly<Record<string, unknown>>;
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reply: Reply };

/** Reads a JSON object from the request; an empty body is an empty object. */
export async function readBody(request: IncomingMessage): Promise<Checked<Fields>> {
  const stated = Number(request.headers['content-length'] ?? '0');
  const type = request.headers['content-type'] ?? '';
  const hasBody = stated > 0 || request.headers['transfer-encoding'] !== undefined;
  // A page of another site can send forms and plain text without being asked; not JSON.
  if (hasBody && !/^application\/json\s*(;|$)/i.test(type)) {
    const text = `content-type is ${JSON.stringify(type)}; expected application/json`;
    return {
      ok: false,
      reply: problem(415, 'BAD_CONTENT_TYPE', text, 'send JSON and say so', { connection: 'close' }),
    };
  }
  if (stated > DISCARDED_BYTES_MAX) return tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Not ended with the loop: a refusal still has to go out on this connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > DISCARDED_BYTES_MAX) return tooLarge();
    if (sizeBytes > BODY_SIZE_BYTES_MAX) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (sizeBytes > BODY_SIZE_BYTES_MAX) return tooLarge();
  if (sizeBytes === 0) return { ok: true, value: {} };
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    const text = `the body is no JSON: ${(error as Error).message}`;
    return { ok: false, reply: problem(400, 'BAD_JSON', text, 'send one JSON object') };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reply: problem(400, 'BAD_JSON', 'the body is no JSON object', 'send one JSON object') };
  }
  return { ok: true, value: value as Fields };
}

function tooLarge(): Checked<Fields> {
  const text = `the body is over ${BODY_SIZE_BYTES_MAX} bytes`;
  return {
    ok: false,
    reply: problem(413, 'BODY_TOO_LARGE', text, 'send one order a request', { connection: 'close' }),
  };
}

const SIDES: readonly Side[] = ['buy', 'sell'];
const ORDER_TYPES: readonly OrderType[] = ['market', 'limit'];
const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'ioc', 'fok', 'gtc'];

/** A field is wrong; its text is the answer. */
export class FieldError extends Error {}

/** Reads named fields; the first that is wrong ends the reading. */
export class FieldReader {
  readonly #fields: Fields;

  constructor(fields: Fields, known: readonly string[]) {
    this.#fields = fields;
    const unknown = Object.keys(fields).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new FieldError(`unknown field ${JSON.stringify(unknown)}; known fields are ${known.join(', ')}`);
    }
  }

  text(name: string, fallback?: string): string {
    const value = this.#fields[name] ?? fallback;
    if (typeof value === 'string' && value.length <= 128) return value;
    throw new FieldError(`${name} is ${JSON.stringify(value) ?? 'missing'}; expected text of at most 128 characters`);
  }

  decimal(name: string, fallback?: string): string {
    const value = this.#fields[name] ?? fallback;
    if (typeof value === 'string') return value;
    throw new FieldError(
      `${name} is ${JSON.stringify(value) ?? 'missing'}; expected a decimal in quotes, such as "60000.50"`,
    );
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback?: T): T {
    const value = this.#fields[name] ?? fallback;
    const found = allowed.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    throw new FieldError(`${name} is ${JSON.stringify(value) ?? 'missing'}; expected one of ${allowed.join(', ')}`);
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#fields[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new FieldError(`${name} is ${JSON.stringify(value) ?? 'missing'}; expected an integer from ${min} to ${max}`);
  }

  nodeName(name: string): string {
    const value = this.#fields[name];
    if (typeof value === 'string' && /^[A-Za-z0-9_-]{1,32}$/.test(value)) return value;
    throw new FieldError(
      `${name} is ${JSON.stringify(value) ?? 'missing'}; expected letters, digits, "-" or "_", at most 32`,
    );
  }

  address(name: string): Address {
    const value = this.#fields[name];
    const match = typeof value === 'string' ? /^([^\s:]{1,253}):(\d{1,5})$/.exec(value) : null;
    const port = Number(match?.[2] ?? 0);
    if (match !== null && port >= 1 && port <= 65_535) return { host: match[1] ?? '', port };
    throw new FieldError(`${name} is ${JSON.stringify(value) ?? 'missing'}; expected host:port, such as 10.0.0.4:7101`);
  }

  flag(name: string, fallback?: boolean): boolean {
    const value = this.#fields[name] ?? fallback;
    if (typeof value === 'boolean') return value;
    throw new FieldError(`${name} is ${JSON.stringify(value) ?? 'missing'}; expected true or false`);
  }
}

export function checked<T>(read: () => T): Checked<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return { ok: false, reply: problem(422, 'BAD_FIELD', error.message, 'correct the field and send it again') };
  }
}

export function submitFromFields(fields: Fields): Checked<StrategyCommand> {
  return checked(() => {
    const known = ['clientKey', 'strategyId', 'symbol', 'side', 'orderType', 'timeInForce', 'quantity', 'price'];
    const reader = new FieldReader(fields, known);
    return {
      type: 'SubmitOrder',
      clientKey: reader.text('clientKey'),
      strategyId: reader.text('strategyId', 'manual'),
      symbol: reader.text('symbol'),
      side: reader.oneOf('side', SIDES),
      orderType: reader.oneOf('orderType', ORDER_TYPES, 'limit'),
      timeInForce: reader.oneOf('timeInForce', TIMES_IN_FORCE, 'day'),
      quantity: reader.decimal('quantity'),
      price: reader.decimal('price', ''),
    };
  });
}

export function cancelFromFields(clOrdId: string, fields: Fields): Checked<StrategyCommand> {
  return checked(() => {
    const reader = new FieldReader(fields, ['clientKey', 'strategyId']);
    const strategyId = reader.text('strategyId', 'manual');
    return { type: 'CancelOrder', clientKey: reader.text('clientKey'), strategyId, clOrdId };
  });
}

export function replaceFromFields(clOrdId: string, fields: Fields): Checked<StrategyCommand> {
  return checked(() => {
    const reader = new FieldReader(fields, ['clientKey', 'strategyId', 'quantity', 'price']);
    return {
      type: 'ReplaceOrder',
      clientKey: reader.text('clientKey'),
      strategyId: reader.text('strategyId', 'manual'),
      clOrdId,
      quantity: reader.decimal('quantity'),
      price: reader.decimal('price'),
    };
  });
}

export function reasonFromFields(fields: Fields): Checked<string> {
  return checked(() => new FieldReader(fields, ['reason']).text('reason', ''));
}

export function targetFromFields(fields: Fields): Checked<string> {
  return checked(() => new FieldReader(fields, ['to']).text('to', ''));
}

/** A node to be added; ids are those of the configuration file. */
export function memberFromFields(
  fields: Fields,
): Checked<{ id: number; name: string; raft: Address; api: Address; fix?: Address }> {
  return checked(() => {
    const reader = new FieldReader(fields, ['id', 'name', 'raft', 'api', 'fix']);
    return {
      id: reader.integer('id', 1, 255),
      name: reader.nodeName('name'),
      raft: reader.address('raft'),
      api: reader.address('api'),
      ...(fields['fix'] === undefined ? {} : { fix: reader.address('fix') }),
    };
  });
}
