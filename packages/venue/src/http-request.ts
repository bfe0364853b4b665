/**
 * One request to the query interface, read and checked: parameters of the path, of the query, and a small JSON body. What
 * the caller got wrong is a `RequestError`, answered as `{code, text, remedy}` with a 4xx status.
 */
import type { IncomingMessage } from 'node:http';

/** The longest body that is read. */
export const BODY_MAX_BYTES = 16_384;

export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly code: string;
  readonly remedy: string;

  constructor(status: number, code: string, text: string, remedy: string) {
    super(text);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

export class ApiRequest {
  readonly #params: ReadonlyMap<string, string>;
  readonly #query: URLSearchParams;
  readonly #body: ReadonlyMap<string, unknown>;

  constructor(params: ReadonlyMap<string, string>, query: URLSearchParams, body: ReadonlyMap<string, unknown>) {
    this.#params = params;
    this.#query = query;
    this.#body = body;
  }

  param(name: string): string {
    return this.#params.get(name) ?? '';
  }

  /** A query parameter as text; null when absent. */
  text(name: string): string | null {
    return this.#query.get(name);
  }

  /** A query parameter as a whole number from 0 on. */
  count(name: string, absent: number): number {
    const text = this.#query.get(name);
    if (text === null) return absent;
    if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
    const found = text.slice(0, 100);
    throw new RequestError(
      400,
      'BATON_VENUE_QUERY',
      `parameter ${name} is '${found}'`,
      'give a whole number from 0 on',
    );
  }

  /** A text field of the body; null when absent or null. */
  bodyText(name: string): string | null {
    const value = this.#body.get(name) ?? null;
    if (value === null || typeof value === 'string') return value;
    const remedy = 'give a JSON string, or leave the field out';
    throw new RequestError(400, 'BATON_VENUE_BODY', `field ${name} is of type ${typeof value}`, remedy);
  }

  /** A whole number from 0 on in the body; an absent one is `absent`, or refused. */
  bodyCount(name: string, absent?: number): number {
    const value = this.#body.get(name) ?? absent;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    const found = value === undefined ? 'absent' : `of type ${typeof value}`;
    throw new RequestError(400, 'BATON_VENUE_BODY', `field ${name} is ${found}`, 'give a whole number from 0 on');
  }

  /** True or false in the body. */
  bodyFlag(name: string, absent: boolean): boolean {
    const value = this.#body.get(name) ?? absent;
    if (typeof value === 'boolean') return value;
    throw new RequestError(400, 'BATON_VENUE_BODY', `field ${name} is of type ${typeof value}`, 'give true or false');
  }

  /** Refuses query parameters and body fields that mean nothing here, so that a misspelt one is not ignored. */
  allowOnly(query: readonly string[], body: readonly string[]): void {
    const known = (names: readonly string[]) =>
      names.length === 0 ? 'leave it out' : `known here: ${names.join(', ')}`;
    for (const name of this.#query.keys()) {
      if (!query.includes(name)) refuseName('parameter', name, known(query));
    }
    for (const name of this.#body.keys()) {
      if (!body.includes(name)) refuseName('field', name, known(body));
    }
  }
}

function refuseName(kind: string, name: string, remedy: string): never {
  throw new RequestError(400, 'BATON_VENUE_QUERY', `${kind} '${name.slice(0, 100)}' is not known`, remedy);
}

/** Reads a JSON object of at most `BODY_MAX_BYTES`; an empty body is an empty object. */
export async function readBody(message: IncomingMessage): Promise<ReadonlyMap<string, unknown>> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_MAX_BYTES) {
      const text = `the body is longer than ${BODY_MAX_BYTES} bytes`;
      throw new RequestError(413, 'BATON_VENUE_BODY_SIZE', text, 'send a smaller JSON object');
    }
    chunks.push(chunk);
  }
  if (sizeBytes === 0) return new Map();
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestError(
      400,
      'BATON_VENUE_BODY',
      'the body is no JSON object',
      'send {} or an object with the fields',
    );
  }
  return new Map(Object.entries(value));
}
