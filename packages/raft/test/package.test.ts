/** The public face is a list that only changes on purpose, and the README's program is the example that runs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as face from '@baton/raft';
import * as testing from '@baton/raft/testing';

test('the exports are exactly these', () => {
  assert.deepEqual(Object.keys(face).sort(), [
    'APPEND_THREAD',
    'APPLY_THREAD',
    'ConfChangeFormatError',
    'ConfChangeTransition',
    'ConfChangeType',
    'EntryType',
    'LEAVE_JOINT',
    'MessageType',
    'NO_LIMIT',
    'ProgressState',
    'ProposeRefusal',
    'RaftInvariantError',
    'RaftNode',
    'RaftOptionsError',
    'Role',
    'StorageRefusal',
    'decodeConfChange',
    'encodeConfChange',
    'isLocalMessage',
    'isLocalThread',
    'isResponseMessage',
    'newMessage',
  ]);
  assert.deepEqual(Object.keys(testing).sort(), [
    'MemoryStorage',
    'TestCluster',
    'TestPeer',
    'answersOf',
    'elected',
    'entriesOf',
    'kinds',
    'messageOf',
    'prepared',
    'store',
  ]);
});

test("the README's smallest program is the example, and it prints what it says", () => {
  const path = fileURLToPath(new URL('../examples/smallest.ts', import.meta.url));
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const program = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const words = (text: string): string => text.replace(/\s+/g, ' ').trim();
  assert.ok(words(readFileSync(path, 'utf8')).endsWith(words(program)));
  assert.equal(execFileSync(process.execPath, [path], { encoding: 'utf8' }), '2 \n3 hello\n');
});
