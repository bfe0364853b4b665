import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConfiguration } from '@baton/node';
import { PROFILES } from '@baton/profiles';
import { configurationText, planRunFile, venueCommand } from './cluster-plan.ts';

for (const profile of [undefined, ...PROFILES]) {
  const name = profile?.name ?? 'no profile';
  test(`${name}: the generated configuration is one that nodes accept, and names what the venue plays`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-cli-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const options = { dataFolder: folder, strategies: [], ...(profile === undefined ? {} : { profile }) };
    const runFile = await planRunFile(folder, options);
    const text = configurationText(runFile, options);
    const { venues } = parseConfiguration(text, 'cluster.yaml');
    assert.equal(venues[0]?.profile, profile?.name);
    assert.equal(runFile.venue.secondFix !== undefined, profile?.session.gateways === 2);
    const command = venueCommand(runFile, options).join(' ');
    assert.equal(command.includes('--profile'), profile !== undefined);
    if (profile !== undefined) assert.match(command, new RegExp(`--profile ${profile.name}`));
  });
}
