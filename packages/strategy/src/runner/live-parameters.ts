/**
 * A strategy's parameters, which may change while it runs: by an entry, so that every version of them is true at the same
 * index on every node. Text that does not fit the schema is refused with the field, its value and what is expected.
 */
import { z } from 'zod';

export type CheckedParameters =
  | { readonly ok: true; readonly value: unknown }
  /** One line for each field that is wrong. */
  | { readonly ok: false; readonly problem: string };

const VALUE_SHOWN_MAX = 60;

/** Also refuses a name that the schema does not know: it is a typing error, and would change nothing. */
export function checkParameters(schema: z.ZodType, value: unknown): CheckedParameters {
  const unknown = unknownNames(schema, value);
  if (unknown !== undefined) return { ok: false, problem: unknown };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problem: parsed.error.issues.map((issue) => issueText(issue, value)).join('\n') };
}

export class LiveParameters {
  readonly #schema: z.ZodType;
  #text: string;
  value: unknown;

  /** @throws ZodError when they do not fit the schema */
  constructor(schema: z.ZodType, given: unknown) {
    this.#schema = schema;
    this.#text = JSON.stringify(given);
    this.value = schema.parse(given);
  }

  /** Undefined when nothing changes. */
  change(text: string): CheckedParameters | undefined {
    if (text === this.#text) return undefined;
    const checked = checkParameters(this.#schema, JSON.parse(text));
    if (checked.ok) {
      this.#text = text;
      this.value = checked.value;
    }
    return checked;
  }
}

function unknownNames(schema: z.ZodType, value: unknown): string | undefined {
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return undefined;
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length === 0) return undefined;
  const fix = known.length === 0 ? 'this strategy has none: leave it out' : `known are ${known.join(', ')}`;
  return unknown.map((name) => `parameters.${name} is not known; ${fix}`).join('\n');
}

function issueText(issue: z.core.$ZodIssue, root: unknown): string {
  const path = issue.path.map(String);
  let value: unknown = root;
  for (const part of path) value = (value as Record<string, unknown> | undefined)?.[part];
  const shown = value === undefined ? 'missing' : JSON.stringify(value).slice(0, VALUE_SHOWN_MAX);
  const expected = issue.message.replace(/^Invalid input: ?/, '').replace(/, received .*$/, '');
  return `${['parameters', ...path].join('.')} is ${shown}; ${expected}: correct it and send it again`;
}
