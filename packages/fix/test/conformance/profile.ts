// What kind of acceptor a script wants: version and CompIDs from its messages (or
// those of its neighbours, when it expects none), session options from the names
// of the folders it lies in.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { loadDictionary } from '../../src/dictionary/index.ts';
import type { Dictionary, SessionOptions } from '../../src/index.ts';
import { parseScript, type Step } from './script.ts';

export interface Case {
  readonly path: string;
  /** 'fix44/2b_MsgSeqNumTooHigh.def' */
  readonly name: string;
  readonly steps: readonly Step[];
  readonly options: SessionOptions;
}

/** Who the acceptor is in a script. */
export interface Identity {
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly defaultApplVerId: string | undefined;
}

const HERE = import.meta.dirname;

/** Folder with other projects' test data: CONFORMANCE_DIR, or beside the repository. */
export function conformanceDirectory(): string {
  return process.env['CONFORMANCE_DIR'] ?? resolve(HERE, '../../../../../shared/conformance');
}

/** All .def files of a file or folder, sorted. */
export function findScripts(path: string): string[] {
  if (path.endsWith('.def')) {
    return [path];
  }
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.def'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export function loadCase(path: string): Case {
  return caseFrom(path, readFileSync(path, 'latin1'), () => identityOfNeighbours(path));
}

/** A case from its text; `identity` is asked when the script itself expects nothing. */
export function caseFrom(path: string, source: string, identity: () => Identity | undefined): Case {
  const steps = parseScript(source);
  const found = identityOf(steps) ?? identity() ?? identityOfSent(steps);
  const name = `${basename(dirname(path))}/${basename(path)}`;
  return { path, name, steps, options: optionsFor(resolve(path), steps, found) };
}

function field(text: string, tag: number): string | undefined {
  const mark = `\u0001${tag}=`;
  const at = `\u0001${text}`.indexOf(mark);
  return at < 0 ? undefined : text.slice(at + mark.length - 1).split('\u0001', 1)[0];
}

/** The acceptor's identity as the messages that it is expected to send name it. */
function identityOf(steps: readonly Step[]): Identity | undefined {
  const expected = steps.flatMap((step) => (step.type === 'expect' ? [step.text] : []));
  const first = expected[0];
  if (first === undefined) {
    return undefined;
  }
  const logon = [...expected, ...steps.flatMap((step) => (step.type === 'send' ? [step.text] : []))].find(
    (text) => field(text, 1137) !== undefined,
  );
  return {
    beginString: field(first, 8) ?? '',
    senderCompId: field(first, 49) ?? '',
    targetCompId: field(first, 56) ?? '',
    defaultApplVerId: logon === undefined ? undefined : field(logon, 1137),
  };
}

function identityOfNeighbours(path: string): Identity | undefined {
  for (const neighbour of findScripts(dirname(path))) {
    if (dirname(neighbour) === dirname(path)) {
      const identity = identityOf(parseScript(readFileSync(neighbour, 'latin1')));
      if (identity !== undefined) {
        return identity;
      }
    }
  }
  return undefined;
}

/** Last resort, for a lone script that expects nothing: the CompIDs that QuickFIX's own set-up uses. */
function identityOfSent(steps: readonly Step[]): Identity {
  const sent = steps.flatMap((step) => (step.type === 'send' ? [step.text] : []));
  const beginString = sent
    .map((text) => field(text, 8))
    .find((version) => version !== undefined && /^FIXT?\.[14]\.[0-4]$/.test(version));
  const applVerId = sent.map((text) => field(text, 1137)).find((version) => version !== undefined);
  const suffix = beginString?.startsWith('FIXT') ? '50SP2' : (beginString ?? 'FIX.4.4').slice(4).replace('.', '');
  return {
    beginString: beginString ?? 'FIX.4.4',
    senderCompId: 'ISLD',
    targetCompId: `TW${suffix}`,
    defaultApplVerId: applVerId,
  };
}

/** How many messages the acceptor is expected to ask for at once; undefined when it asks for all. */
function chunkOf(expected: readonly string[]): number | undefined {
  const request = expected.find((text) => field(text, 35) === '2' && !['0', '999999'].includes(field(text, 16) ?? '0'));
  return request === undefined ? undefined : Number(field(request, 16)) - Number(field(request, 7)) + 1;
}

const APPLICATION_VERSIONS: ReadonlyMap<string, string> = new Map([
  ['TW50', '7'],
  ['TW50SP1', '8'],
]);

function optionsFor(path: string, steps: readonly Step[], identity: Identity): SessionOptions {
  const folders = dirname(path).toLowerCase();
  const expected = steps.flatMap((step) => (step.type === 'expect' ? [step.text] : []));
  const setsNumbers = steps.some(({ type }) => type === 'set-session');
  const keepsNumbers =
    /no-?n?[-_]?reset/.test(path.toLowerCase()) ||
    setsNumbers ||
    expected.some((text) => field(text, 35) === 'A' && field(text, 34) !== '1');
  const fixt = identity.beginString === 'FIXT.1.1';
  return {
    role: 'acceptor',
    beginString: identity.beginString,
    senderCompId: identity.senderCompId,
    targetCompId: identity.targetCompId,
    defaultApplVerId: fixt
      ? (identity.defaultApplVerId ?? APPLICATION_VERSIONS.get(identity.targetCompId) ?? '9')
      : undefined,
    heartBtIntS: 30,
    resetOnLogon: !keepsNumbers,
    sendNextExpectedMsgSeqNum:
      folders.includes('nextexpected') || expected.some((text) => field(text, 789) !== undefined),
    lastMsgSeqNumProcessed: folders.includes('processed') || expected.some((text) => field(text, 369) !== undefined),
    resendChunk: chunkOf(expected) ?? (folders.includes('chunk') ? 5 : 0),
    logonTimeoutMs: 5000,
    logoutTimeoutMs: 2000,
    checkLatencyMs: 120_000,
    dictionary: dictionaryFor(identity),
  };
}

/** Nearest dictionary that is there, for versions whose own is not. */
const DICTIONARY_FILES: ReadonlyMap<string, string> = new Map([
  ['FIX.4.0', 'FIX42.xml'],
  ['FIX.4.1', 'FIX42.xml'],
  ['FIX.4.2', 'FIX42.xml'],
  ['FIX.4.3', 'FIX44.xml'],
  ['FIX.4.4', 'FIX44.xml'],
]);

const loaded = new Map<string, Dictionary>();

function dictionaryFor({ beginString, senderCompId, targetCompId }: Identity): Dictionary {
  const key = beginString;
  let dictionary = loaded.get(key);
  if (dictionary === undefined) {
    dictionary =
      beginString === 'FIXT.1.1'
        ? loadDictionary(readDictionary('FIXT11.xml'), readDictionary('FIX50SP2.xml'))
        : loadDictionary(readDictionary(ownOrNearest(beginString)));
    loaded.set(key, dictionary);
  }
  const unchecked = [senderCompId, targetCompId].some((id) => id.includes('NO_CHECK_FIELDS_HAVE_VALUES'));
  return unchecked ? { ...dictionary, checkFieldsHaveValues: false } : dictionary;
}

function ownOrNearest(beginString: string): string {
  const own = `${beginString.replaceAll('.', '')}.xml`;
  return existsSync(join(conformanceDirectory(), 'dictionaries', own))
    ? own
    : (DICTIONARY_FILES.get(beginString) ?? own);
}

function readDictionary(name: string): string {
  return readFileSync(join(conformanceDirectory(), 'dictionaries', name), 'utf8');
}
