// Messages as tables: which fields, required or not, in which order, with which
// repeating groups. From one table come the TypeScript type, the reader and the
// writer, so that they cannot disagree. The tables themselves are in
// message-tables.ts.

import { lengthTagOf } from './data-fields.ts';
import { formatDecimal } from './decimal.ts';
import { type BodyField, encodeBody } from './encode.ts';
import { type FieldName, kindOf, type ValueOf } from './field-kinds.ts';
import { SessionRejectReason } from './field-values.ts';
import type { FieldView, GroupSpec } from './message.ts';
import type { RejectCause } from './session-context.ts';
import { Tag } from './tag.ts';
import { formatUtcTimestamp } from './utc-timestamp.ts';

/** Fields and groups of a message, or of one entry of a group. */
export interface FieldTable {
  /** Required fields, in writing order. */
  readonly required: readonly FieldName[];
  /** Optional fields, written after the required ones. */
  readonly optional: readonly FieldName[];
  /** Repeating groups by a name of ours, written last. */
  readonly groups: Readonly<Record<string, GroupTable>>;
}

export interface GroupTable extends FieldTable {
  readonly count: FieldName;
  /** First field of every entry; also listed in `required` or `optional`. */
  readonly delimiter: FieldName;
}

export interface MessageTable extends FieldTable {
  readonly msgType: string;
  readonly name: string;
}

/** The values of a table, as an object. Groups are arrays, absent when empty. */
export type ValuesOf<Table extends FieldTable> = {
  readonly [Name in Table['required'][number]]: ValueOf<Name>;
} & {
  readonly [Name in Table['optional'][number]]?: ValueOf<Name> | undefined;
} & {
  readonly [Name in keyof Table['groups']]?: readonly ValuesOf<Table['groups'][Name]>[] | undefined;
};

/** Digits after the point of scaled values. */
export interface DecimalScales {
  readonly price: number;
  readonly quantity: number;
  readonly amount: number;
}

export type ReadOutcome<Table extends FieldTable> =
  | { readonly ok: true; readonly values: ValuesOf<Table> }
  /** What a Reject would say: the field is missing, or its value is none. */
  | { readonly ok: false; readonly cause: RejectCause };

/** Where and how a group's entries are found. */
export function groupSpec(group: GroupTable): GroupSpec {
  const memberTags = new Set<number>();
  const collect = (table: FieldTable): void => {
    for (const name of [...table.required, ...table.optional]) {
      memberTags.add(Tag[name]);
      const lengthTag = lengthTagOf(Tag[name]);
      if (lengthTag !== undefined) {
        memberTags.add(lengthTag);
      }
    }
    for (const nested of Object.values(table.groups)) {
      memberTags.add(Tag[nested.count]);
      collect(nested);
    }
  };
  collect(group);
  return { countTag: Tag[group.count], delimiterTag: Tag[group.delimiter], memberTags };
}

const specs = new WeakMap<GroupTable, GroupSpec>();

function specOf(group: GroupTable): GroupSpec {
  let spec = specs.get(group);
  if (spec === undefined) {
    spec = groupSpec(group);
    specs.set(group, spec);
  }
  return spec;
}

type Value = string | number | boolean | bigint | Uint8Array;

function readValue(view: FieldView, name: FieldName, scales: DecimalScales): Value | undefined {
  const tag = Tag[name];
  const kind = kindOf(name);
  switch (kind) {
    case 'string':
      return view.getString(tag) || undefined;
    case 'int':
      return view.getInt(tag);
    case 'boolean':
      return view.getBoolean(tag);
    case 'time':
      return view.getTimeUs(tag);
    case 'data':
      return view.getBytes(tag);
    case 'price':
    case 'quantity':
    case 'amount':
      return view.getDecimal(tag, scales[kind]);
  }
}

/** Reads the fields that the table names; others are passed over. */
export function readFields<Table extends FieldTable>(
  table: Table,
  view: FieldView,
  scales: DecimalScales,
): ReadOutcome<Table> {
  const values: Record<string, unknown> = {};
  const cause =
    readNamed(table.required, true, view, scales, values) ??
    readNamed(table.optional, false, view, scales, values) ??
    readGroups(table, view, scales, values);
  return cause === undefined ? { ok: true, values: values as ValuesOf<Table> } : { ok: false, cause };
}

function readNamed(
  names: readonly FieldName[],
  required: boolean,
  view: FieldView,
  scales: DecimalScales,
  values: Record<string, unknown>,
): RejectCause | undefined {
  for (const name of names) {
    const value = readValue(view, name, scales);
    if (value !== undefined) {
      values[name] = value;
    } else if (view.has(Tag[name])) {
      const reason =
        view.getString(Tag[name]) === ''
          ? SessionRejectReason.TagWithoutValue
          : SessionRejectReason.IncorrectDataFormat;
      return { reason, refTagId: Tag[name] };
    } else if (required) {
      return { reason: SessionRejectReason.RequiredTagMissing, refTagId: Tag[name] };
    }
  }
  return undefined;
}

function readGroups(
  table: FieldTable,
  view: FieldView,
  scales: DecimalScales,
  values: Record<string, unknown>,
): RejectCause | undefined {
  for (const [name, group] of Object.entries(table.groups)) {
    const claimed = view.getInt(Tag[group.count]);
    const entries = view.groups(specOf(group));
    if (view.has(Tag[group.count]) && claimed !== entries.length) {
      return { reason: SessionRejectReason.IncorrectNumInGroup, refTagId: Tag[group.count] };
    }
    if (entries.length === 0) {
      continue;
    }
    const list: unknown[] = [];
    for (const entry of entries) {
      const outcome = readFields(group, entry, scales);
      if (!outcome.ok) {
        return outcome.cause;
      }
      list.push(outcome.values);
    }
    values[name] = list;
  }
  return undefined;
}

/** The body of a message: required fields, optional fields, groups, each in the order of the table. */
export function writeFields<Table extends FieldTable>(
  table: Table,
  values: ValuesOf<Table>,
  scales: DecimalScales,
): Buffer {
  const fields: BodyField[] = [];
  collectFields(table, values as Readonly<Record<string, unknown>>, scales, fields);
  return encodeBody(fields);
}

function collectFields(
  table: FieldTable,
  values: Readonly<Record<string, unknown>>,
  scales: DecimalScales,
  fields: BodyField[],
): void {
  for (const name of [...table.required, ...table.optional]) {
    const value = values[name] as Value | undefined;
    if (value !== undefined) {
      pushField(name, value, scales, fields);
    }
  }
  for (const [name, group] of Object.entries(table.groups)) {
    const entries = values[name] as readonly Readonly<Record<string, unknown>>[] | undefined;
    if (entries !== undefined && entries.length > 0) {
      fields.push([Tag[group.count], entries.length]);
      for (const entry of entries) {
        collectFields(group, entry, scales, fields);
      }
    }
  }
}

function pushField(name: FieldName, value: Value, scales: DecimalScales, fields: BodyField[]): void {
  const tag = Tag[name];
  const kind = kindOf(name);
  if (value instanceof Uint8Array) {
    fields.push([lengthTagOf(tag) ?? tag, value.length], [tag, value]);
  } else if (typeof value === 'boolean') {
    fields.push([tag, value ? 'Y' : 'N']);
  } else if (kind === 'time') {
    fields.push([tag, formatUtcTimestamp(value as number, 'us')]);
  } else if (typeof value === 'bigint' && (kind === 'price' || kind === 'quantity' || kind === 'amount')) {
    fields.push([tag, formatDecimal(value, scales[kind])]);
  } else {
    fields.push([tag, value]);
  }
}
