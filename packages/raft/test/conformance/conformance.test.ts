/** etcd/raft's own scripts and the recorded ones replay without a difference; and the harness itself notices one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replayScript } from './replay.ts';
import { parseScript, ScriptSyntaxError } from './script.ts';
import { conformanceFolder, scriptsAt } from './sources.ts';

const folder = conformanceFolder();

test('every script of etcd/raft replays without a difference', {
  skip: folder === null ? '1 set of scripts skipped: no data present' : false,
}, () => {
  let scripts = 0;
  for (const script of scriptsAt(folder!)) {
    const { difference } = replayScript(script.text);
    assert.equal(difference, null, `${script.name}: ${JSON.stringify(difference)}`);
    scripts++;
  }
  assert.ok(scripts >= 41, `${scripts} scripts`);
});

test('the harness names the line of the first difference, log lines counted', () => {
  const text = [
    'add-nodes 1 voters=(1) index=2',
    '----',
    'INFO whatever',
    '',
    'raft-state',
    '----',
    'INFO x',
    '1: nonsense',
    '',
  ];
  const { difference } = replayScript(text.join('\n'));
  assert.equal(difference?.line, 8);
  assert.equal(difference?.actual, '1: StateFollower (Voter) Term:0 Lead:0');
});

test('a script may carry values in nested parentheses, continued lines and blocks between double dashes', () => {
  const text = 'cmd a b=(1, 2(3,4)) c= d=() \\\n  e\nin 1\nin 2\n----\n----\nx\n\ny\n----\n----\n\nnext\n----\nz\n';
  const [first, second] = parseScript(text);
  assert.deepEqual(first?.args, [
    { key: 'a', values: [] },
    { key: 'b', values: ['1', '2(3,4)'] },
    { key: 'c', values: [''] },
    { key: 'd', values: [] },
    { key: 'e', values: [] },
  ]);
  assert.equal(first?.input, 'in 1\nin 2');
  assert.equal(first?.expected, 'x\n\ny\n');
  assert.equal(second?.expected, 'z\n');
  assert.throws(() => parseScript('cmd\n'), ScriptSyntaxError);
});
