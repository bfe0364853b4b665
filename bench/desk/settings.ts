/** What is asked for on the command line. */
import { parseArgs } from 'node:util';

export type Part = 'hops' | 'isolation' | 'takeover';
const PARTS: readonly Part[] = ['hops', 'isolation', 'takeover'];

export interface Settings {
  readonly parts: readonly Part[];
  readonly durability: 'disk' | 'memory';
  /** Orders that count, of part hops. */
  readonly orders: number;
  readonly everyMs: number;
  /** Of each fault, and of the calm before. */
  readonly phaseS: number;
  readonly kills: number;
  /** Where the JSON goes; undefined: nowhere. */
  readonly out: string | undefined;
  /** Where the cluster's data lie: a disk that is worth measuring. */
  readonly folder: string | undefined;
}

export function settingsFrom(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: 'string', multiple: true },
      durability: { type: 'string', default: 'disk' },
      orders: { type: 'string', default: '3000' },
      'every-ms': { type: 'string', default: '5' },
      'phase-s': { type: 'string', default: '8' },
      kills: { type: 'string', default: '10' },
      out: { type: 'string' },
      folder: { type: 'string' },
    },
  });
  const parts = values.part ?? PARTS;
  const unknown = parts.find((part) => !PARTS.includes(part as Part));
  if (unknown !== undefined) throw new RangeError(`--part is ${unknown}, expected ${PARTS.join(', ')}`);
  if (values.durability !== 'disk' && values.durability !== 'memory') {
    throw new RangeError(`--durability is ${values.durability}, expected disk or memory`);
  }
  return {
    parts: parts as Part[],
    durability: values.durability,
    orders: positive('orders', values.orders),
    everyMs: positive('every-ms', values['every-ms']),
    phaseS: positive('phase-s', values['phase-s']),
    kills: positive('kills', values.kills),
    out: values.out,
    folder: values.folder,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isInteger(value)) return value;
  throw new RangeError(`--${name} is ${text}, expected a whole number above 0`);
}
