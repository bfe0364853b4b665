/** How messages, entries, Ready and progress print in etcd/raft's scripts (reference raft.md 2.4). */
import {
  APPEND_THREAD,
  APPLY_THREAD,
  type ConfState,
  decodeConfChange,
  type Entry,
  EntryType,
  type HardState,
  type Message,
  MessageType,
  type ProgressStatus,
  type Ready,
  type Role,
  type Snapshot,
} from '../../src/index.ts';

function nameOf(value: number, names: Readonly<Record<string, number>>): string {
  return Object.keys(names).find((name) => names[name] === value) ?? `unknown(${value})`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** Go's %q of a byte slice. */
export function quote(data: Uint8Array): string {
  const bytes = Buffer.from(data);
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) {
    return `"${[...text].map((letter) => ESCAPES[letter] ?? (/\p{C}/u.test(letter) ? escapeRune(letter) : letter)).join('')}"`;
  }
  return `"${[...bytes].map(escapeByte).join('')}"`;
}

function escapeRune(letter: string): string {
  const code = letter.codePointAt(0)!;
  if (code < 0x80) return escapeByte(code);
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

function escapeByte(byte: number): string {
  const letter = String.fromCharCode(byte);
  if (ESCAPES[letter] !== undefined) return ESCAPES[letter];
  return byte >= 0x20 && byte < 0x7f ? letter : `\\x${byte.toString(16).padStart(2, '0')}`;
}

const CHANGE_LETTERS = ['v', 'r', 'u', 'l'];

function describeChanges(entry: Entry): string {
  const { changes } = decodeConfChange(entry);
  return changes.map((change) => `${CHANGE_LETTERS[change.type]}${change.nodeId}`).join(' ');
}

export function describeEntry(entry: Entry): string {
  const data = entry.type === EntryType.Normal ? quote(entry.data) : describeChanges(entry);
  return `${entry.term}/${entry.index} Entry${nameOf(entry.type, EntryType)}${data === '' ? '' : ` ${data}`}`;
}

export function describeEntries(entries: readonly Entry[]): string {
  return entries.map((entry) => `${describeEntry(entry)}\n`).join('');
}

function describeTarget(id: number): string {
  if (id === 0) return 'None';
  if (id === APPEND_THREAD) return 'AppendThread';
  return id === APPLY_THREAD ? 'ApplyThread' : id.toString(16);
}

function list(ids: readonly number[]): string {
  return `[${ids.join(' ')}]`;
}

function describeConfState(state: ConfState): string {
  const { voters, votersOutgoing, learners, learnersNext, autoLeave } = state;
  return `Voters:${list(voters)} VotersOutgoing:${list(votersOutgoing)} Learners:${list(learners)} LearnersNext:${list(learnersNext)} AutoLeave:${autoLeave}`;
}

export function describeSnapshot(snapshot: Snapshot): string {
  return `Index:${snapshot.index} Term:${snapshot.term} ConfState:${describeConfState(snapshot.confState)}`;
}

export function describeMessage(message: Message, indent = ''): string {
  const { from, to, type, term, logTerm, index } = message;
  const kind = `Msg${nameOf(type, MessageType)}`;
  let text = `${indent}${describeTarget(from)}->${describeTarget(to)} ${kind} Term:${term} Log:${logTerm}/${index}`;
  if (message.reject) text += ` Rejected (Hint: ${message.rejectHint})`;
  if (message.commit !== 0) text += ` Commit:${message.commit}`;
  if (message.vote !== 0) text += ` Vote:${message.vote}`;
  const entries = message.entries.map(describeEntry);
  if (entries.length === 1) text += ` Entries:[${entries[0]}]`;
  else if (entries.length > 1)
    text += ` Entries:[${entries.map((entry) => `\n${indent}  ${entry}`).join('')}\n${indent}]`;
  if (message.snapshot !== null && message.snapshot.index !== 0) {
    text += `\n${indent}  Snapshot: ${describeSnapshot(message.snapshot)}`;
  }
  if (message.responses !== null && message.responses.length > 0) {
    const responses = message.responses.map((response) => `\n${describeMessage(response, `${indent}  `)}`);
    text += ` Responses:[${responses.join('')}\n${indent}]`;
  }
  return text;
}

function describeHardState(state: HardState): string {
  return `Term:${state.term}${state.vote === 0 ? '' : ` Vote:${state.vote}`} Commit:${state.commit}`;
}

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  follower: 'StateFollower',
  'pre-candidate': 'StatePreCandidate',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
};

export function describeRole(role: Role): string {
  return ROLE_NAMES[role];
}

export function describeReady(ready: Ready): string {
  let text = '';
  if (ready.softState !== null) text += `Lead:${ready.softState.leader} State:${describeRole(ready.softState.role)}\n`;
  if (ready.hardState !== null) text += `HardState ${describeHardState(ready.hardState)}\n`;
  if (ready.readStates.length > 0) {
    text += `ReadStates [${ready.readStates.map((read) => `{${read.index} ${list([...read.context])}}`).join(' ')}]\n`;
  }
  if (ready.entries.length > 0) text += `Entries:\n${describeEntries(ready.entries)}`;
  if (ready.snapshot !== null) text += `Snapshot ${describeSnapshot(ready.snapshot)}\n`;
  if (ready.committedEntries.length > 0) text += `CommittedEntries:\n${describeEntries(ready.committedEntries)}`;
  if (ready.messages.length > 0)
    text += `Messages:\n${ready.messages.map((message) => `${describeMessage(message)}\n`).join('')}`;
  return text === '' ? '<empty Ready>' : `Ready MustSync=${ready.mustSync}:\n${text}`;
}

const STATE_NAMES = { probe: 'StateProbe', replicate: 'StateReplicate', snapshot: 'StateSnapshot' } as const;

/** The facts of a progress that print. */
export type PrintedProgress = Pick<
  ProgressStatus,
  | 'id'
  | 'state'
  | 'match'
  | 'next'
  | 'isLearner'
  | 'paused'
  | 'pendingSnapshot'
  | 'recentActive'
  | 'inflightMessages'
  | 'inflightFull'
>;

export function describeProgress(progress: PrintedProgress): string {
  let text = `${STATE_NAMES[progress.state]} match=${progress.match} next=${progress.next}`;
  if (progress.isLearner) text += ' learner';
  if (progress.paused) text += ' paused';
  if (progress.pendingSnapshot > 0) text += ` pendingSnap=${progress.pendingSnapshot}`;
  if (!progress.recentActive) text += ' inactive';
  if (progress.inflightMessages > 0) {
    text += ` inflight=${progress.inflightMessages}${progress.inflightFull ? '[full]' : ''}`;
  }
  return `${progress.id}: ${text}\n`;
}
