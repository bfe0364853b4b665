/**
 * A run that is interrupted in the middle of its faults takes them back, compares the books and leaves nothing behind: no
 * process, no control group, no network that is seen from outside.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

const RUN = join(import.meta.dirname, 'run.ts');

/** Command lines of all processes that name a folder, this one's aside. */
function processesWith(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(folder));
}

test('Ctrl-C ends a run in order, and nothing of it is left', {
  timeout: 300_000,
  skip: process.platform === 'linux' ? false : 'looks into /proc',
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  const out = join(folder, 'out');
  const args = [RUN, '--minutes', '30', '--round-s', '1200', '--seed', '3', '--profile', 'classic-789', '--out', out];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let deeds = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    // A few faults are under way, or have just been. Once: a second signal would end the run at once.
    if (/ s {2}(kill|stop|cut|part|power|venue|loss|isolate)/.test(line)) {
      deeds += 1;
      if (deeds === 3) child.kill('SIGINT');
    }
  });
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 0, lines.join('\n'));
  const report = JSON.parse(readFileSync(join(out, 'chaos.json'), 'utf8')) as {
    readonly violations: number;
    readonly rounds: readonly { readonly deeds: readonly unknown[]; readonly verdict: unknown }[];
  };
  assert.equal(report.violations, 0);
  assert.equal(report.rounds.length, 1);
  assert.ok((report.rounds[0]?.deeds.length ?? 0) >= 3);
  assert.notEqual(report.rounds[0]?.verdict, null);
  assert.deepEqual(processesWith(folder), []);
  const namespaces = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout ?? '';
  assert.doesNotMatch(namespaces, /^n[123]\b/m, 'a namespace of the run is seen from outside');
  rmSync(folder, { recursive: true, force: true });
});
