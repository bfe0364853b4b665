/** Configurations shown to people are configurations that a node accepts. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigurationError, loadConfiguration, parseConfiguration } from '@baton/node';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the configuration in deploy/ is accepted, and the files it names exist', () => {
  const file = join(root, 'deploy/one-machine.yaml');
  const configuration = loadConfiguration(file);
  assert.equal(configuration.nodes.length, 3);
  for (const strategy of configuration.strategies) assert.ok(existsSync(join(dirname(file), strategy.file)));
});

test('the configuration in the contract is accepted', () => {
  const page = readFileSync(join(root, 'docs/contracts.md'), 'utf8');
  const block = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  assert.equal(parseConfiguration(block, 'docs/contracts.md').cluster, 'demo');
  assert.throws(() => parseConfiguration(`${block}\nunknown: 1\n`, 'docs/contracts.md'), ConfigurationError);
});
