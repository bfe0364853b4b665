// The tables against the published dictionaries, and the law that reading undoes
// writing.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadProtocolDictionary } from './dictionary/dictionary-xml.ts';
import type { FieldSet, ProtocolDictionary } from './dictionary.ts';
import { encodeMessage } from './encode.ts';
import { type FieldKind, type FieldName, kindOf } from './field-kinds.ts';
import { Fix42Tables } from './fix42-tables.ts';
import { parseMessage } from './message.ts';
import { type DecimalScales, type FieldTable, type MessageTable, readFields, writeFields } from './message-table.ts';
import { MessageTables } from './message-tables.ts';
import { MsgType } from './msg-type.ts';
import { Tag } from './tag.ts';
import { fuzz } from './testing/arbitrary.ts';

const SCALES: DecimalScales = { price: 8, quantity: 4, amount: 2 };
const tables: readonly MessageTable[] = [...Object.values(MessageTables), ...Object.values(Fix42Tables)];

const folder = join(
  process.env['CONFORMANCE_DIR'] ?? resolve(import.meta.dirname, '../../../../shared/conformance'),
  'dictionaries',
);
const skip = existsSync(folder) ? false : `0 dictionaries compared: none at ${folder}`;

function load(name: string): ProtocolDictionary {
  return loadProtocolDictionary(readFileSync(join(folder, name), 'utf8'));
}

/** Kinds under which a type of a dictionary may be read. */
const KINDS_OF_TYPE: Readonly<Record<string, readonly FieldKind[]>> = {
  PRICE: ['price'],
  PRICEOFFSET: ['price'],
  QTY: ['quantity'],
  AMT: ['amount'],
  UTCTIMESTAMP: ['time'],
  BOOLEAN: ['boolean'],
  DATA: ['data'],
  SEQNUM: ['int'],
  INT: ['int', 'string'],
  LENGTH: ['int', 'string'],
  NUMINGROUP: ['string'],
};

test('every tag has the number, and a kind that fits the type, of the published dictionaries', { skip }, () => {
  const dictionaries = ['FIX44.xml', 'FIX50SP2.xml', 'FIXT11.xml', 'FIX42.xml'].map(load);
  for (const [name, tag] of Object.entries(Tag)) {
    const field = dictionaries.map(({ fields }) => fields.get(tag)).find((definition) => definition?.name === name);
    assert.ok(field !== undefined, `no dictionary calls ${tag} ${name}`);
    const kinds = KINDS_OF_TYPE[field.type] ?? ['string'];
    assert.ok(kinds.includes(kindOf(name as FieldName)), `${name}: ${kindOf(name as FieldName)} for ${field.type}`);
  }
});

function compare(where: string, table: FieldTable, definitions: readonly FieldSet[], requiredBy: FieldSet): void {
  for (const name of [...table.required, ...table.optional]) {
    assert.ok(
      definitions.some(({ fields }) => fields.has(Tag[name])),
      `${where} has no ${name}`,
    );
  }
  const required = new Set(table.required.map((name) => Tag[name] as number));
  for (const [tag, needed] of requiredBy.fields) {
    // Groups are optional in the tables; their entries are judged below.
    if (needed && !requiredBy.groups.has(tag)) {
      assert.ok(required.has(tag), `${where} requires tag ${tag}`);
    }
  }
  for (const group of Object.values(table.groups)) {
    const tag = Tag[group.count];
    const known = definitions.flatMap(({ groups }) => groups.get(tag) ?? []);
    assert.ok(known.length > 0, `${where} has no group ${group.count}`);
    assert.equal(Tag[group.delimiter], known[0]!.delimiterTag, `${where} ${group.count}`);
    compare(`${where}.${group.count}`, group, known, known[0]!);
  }
}

test('every table is a part of its message in FIX 4.4, and requires what FIX 4.4 requires', { skip }, () => {
  const [fix44, sp2] = [load('FIX44.xml'), load('FIX50SP2.xml')];
  for (const table of Object.values(MessageTables) as MessageTable[]) {
    const own = fix44.messages.get(table.msgType);
    assert.equal(own?.name, table.name);
    const later = sp2.messages.get(table.msgType);
    const transport = table.msgType === 'A' ? load('FIXT11.xml').messages.get('A') : undefined;
    const definitions = [
      own!,
      ...(later === undefined ? [] : [later]),
      ...(transport === undefined ? [] : [transport]),
    ];
    compare(table.name, table, definitions, own!);
  }
});

test('the tables of FIX 4.2 are parts of its messages, and require what it requires', { skip }, () => {
  const fix42 = load('FIX42.xml');
  for (const table of Object.values(Fix42Tables)) {
    const own = fix42.messages.get(table.msgType)!;
    compare(table.name, table, [own], own);
  }
});

test('every message type that has a name has a table', () => {
  const types = Object.values(MessageTables).map(({ msgType }) => msgType);
  assert.deepEqual([...types].sort(), Object.values(MsgType).sort());
});

const VALUES: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  string: fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'ABCxyz0189 .-') }),
  int: fc.integer(),
  boolean: fc.boolean(),
  time: fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
  price: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  quantity: fc.bigInt({ min: 0n, max: 10n ** 20n }),
  amount: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  data: fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
};

function valuesOf(table: FieldTable): fc.Arbitrary<Record<string, unknown>> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  for (const name of [...table.required, ...table.optional]) {
    model[name] = VALUES[kindOf(name)];
  }
  for (const [name, group] of Object.entries(table.groups)) {
    model[name] = fc.array(valuesOf(group), { minLength: 1, maxLength: 3 });
  }
  return fc.record(model, { requiredKeys: [...table.required], noNullPrototype: true });
}

test('reading undoes writing, for every table, groups included', () => {
  for (const table of tables) {
    fc.assert(
      fc.property(valuesOf(table), (values) => {
        const body = writeFields(table, values as never, SCALES);
        const header = {
          beginString: 'FIX.4.4',
          msgType: table.msgType,
          msgSeqNum: 1,
          senderCompId: 'A',
          targetCompId: 'B',
        };
        const message = parseMessage(encodeMessage({ ...header, sendingTimeUs: 0 }, body));
        const outcome = readFields(table, message, SCALES);
        assert.ok(outcome.ok, table.name);
        assert.deepEqual({ ...outcome.values }, { ...values });
      }),
      fuzz(20),
    );
  }
});

test('no table has the same field at two levels, so that a reader never takes a group entry for the message', () => {
  const namesOf = (table: FieldTable): FieldName[] => [
    ...table.required,
    ...table.optional,
    ...Object.values(table.groups).flatMap((group) => [group.count, ...namesOf(group)]),
  ];
  for (const table of tables) {
    const names = namesOf(table);
    assert.equal(new Set(names).size, names.length, table.name);
  }
});

test('a missing or malformed field is named with its reason', () => {
  const read = (text: string) =>
    readFields(MessageTables.NewOrderSingle, parseMessage(Buffer.from(text.replaceAll('|', '\u0001'))), SCALES);
  const sound = '35=D|11=A|54=1|60=20261123-10:00:00|40=2|';
  assert.equal(read(sound).ok, true);
  assert.deepEqual(read('35=D|54=1|60=20261123-10:00:00|40=2|'), { ok: false, cause: { reason: 1, refTagId: 11 } });
  assert.deepEqual(read(`${sound}44=1e3|`), { ok: false, cause: { reason: 6, refTagId: 44 } });
  assert.deepEqual(read(`${sound}44=0.123456789|`), { ok: false, cause: { reason: 6, refTagId: 44 } });
  assert.deepEqual(read(`${sound}55=|`), { ok: false, cause: { reason: 4, refTagId: 55 } });
  assert.deepEqual(read(`${sound}453=2|448=P|`), { ok: false, cause: { reason: 16, refTagId: 453 } });
});

test('values have the types of their fields', () => {
  const message = parseMessage(
    Buffer.from('35=8|37=o|17=e|150=F|39=1|54=1|151=5|14=5|6=10.5|32=5|'.replaceAll('|', '\u0001')),
  );
  const outcome = readFields(MessageTables.ExecutionReport, message, SCALES);
  assert.ok(outcome.ok);
  const leaves: bigint = outcome.values.LeavesQty;
  const last: bigint | undefined = outcome.values.LastQty;
  const id: string | undefined = outcome.values.ClOrdID;
  assert.deepEqual([leaves, last, outcome.values.AvgPx, id], [50_000n, 50_000n, 1_050_000_000n, undefined]);
});
