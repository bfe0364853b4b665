// Is a message the expected one? Fields and values as a set; timestamps by their
// shape, Text (58) by prefix, BodyLength and CheckSum by being right (the framer
// has checked them). The order of fields, which the set forgets, is checked by
// rules of our own: 8, 9, 35 first, header before body, 10 last.

import { parseMessage } from '../../src/index.ts';

const TIMESTAMP = /^\d{8}-\d{2}:\d{2}:\d{2}(\.\d{3,12})?$/;
const TIMESTAMP_TAGS: ReadonlySet<number> = new Set([42, 52, 60, 122]);
const UNCOMPARED_TAGS: ReadonlySet<number> = new Set([9, 10]);
/** Standard header fields of all versions, the group NoHops included. */
const HEADER_TAGS: ReadonlySet<number> = new Set([
  8, 9, 34, 35, 43, 49, 50, 52, 56, 57, 90, 91, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145, 212, 213, 347, 369,
  627, 628, 629, 630, 1128, 1129, 1156,
]);
const TRAILER_TAGS: ReadonlySet<number> = new Set([10, 89, 93]);

type Field = readonly [tag: number, value: string];

function expectedFields(text: string): Field[] {
  return text
    .split('\u0001')
    .filter((part) => part.includes('='))
    .map((part) => [Number(part.slice(0, part.indexOf('='))), part.slice(part.indexOf('=') + 1)]);
}

function equal(tag: number, expected: string, actual: string): boolean {
  if (TIMESTAMP_TAGS.has(tag)) {
    return TIMESTAMP.test(actual);
  }
  return tag === 58 ? actual.startsWith(expected) : actual === expected;
}

/** What is wrong with a received message; an empty list when it is the expected one. */
export function compareMessage(expectedText: string, frame: Buffer): string[] {
  const actual: Field[] = parseMessage(frame)
    .fields()
    .map(({ tag, value }) => [tag, value]);
  const faults = orderFaults(actual);
  const left = actual.filter(([tag]) => !UNCOMPARED_TAGS.has(tag));
  for (const [tag, value] of expectedFields(expectedText)) {
    if (UNCOMPARED_TAGS.has(tag)) {
      continue;
    }
    const at = left.findIndex((field) => field[0] === tag && equal(tag, value, field[1]));
    if (at < 0) {
      const other = left.find((field) => field[0] === tag)?.[1];
      faults.push(`field ${tag}: expected '${value}', received ${other === undefined ? 'nothing' : `'${other}'`}`);
    } else {
      left.splice(at, 1);
    }
  }
  const expectedTags = new Set(expectedFields(expectedText).map(([tag]) => tag));
  for (const [tag, value] of left) {
    if (!expectedTags.has(tag)) {
      faults.push(`field ${tag}='${value}' is not expected`);
    } else if (!faults.some((fault) => fault.startsWith(`field ${tag}:`))) {
      faults.push(`field ${tag}='${value}' occurs too often`);
    }
  }
  return faults;
}

function orderFaults(fields: readonly Field[]): string[] {
  const tags = fields.map(([tag]) => tag);
  const faults: string[] = [];
  if (tags[0] !== 8 || tags[1] !== 9 || tags[2] !== 35) {
    faults.push(`order: begins with ${tags.slice(0, 3).join(', ')}, expected 8, 9, 35`);
  }
  if (tags.at(-1) !== 10) {
    faults.push(`order: ends with ${tags.at(-1)}, expected 10`);
  }
  const firstBody = tags.findIndex((tag) => !HEADER_TAGS.has(tag));
  const lateHeader = tags.findIndex((tag, i) => i > firstBody && HEADER_TAGS.has(tag));
  if (lateHeader >= 0) {
    faults.push(`order: header field ${tags[lateHeader]} after body field ${tags[firstBody]}`);
  }
  const firstTrailer = tags.findIndex((tag) => TRAILER_TAGS.has(tag));
  if (firstTrailer >= 0 && tags.slice(firstTrailer).some((tag) => !TRAILER_TAGS.has(tag))) {
    faults.push('order: a body field after the trailer began');
  }
  return faults;
}
