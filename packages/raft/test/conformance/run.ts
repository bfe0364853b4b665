/**
 * npm run conformance:raft -- [FILE|FOLDER|TAR.GZ …]: replays scripts of etcd/raft against our core and compares the
 * output exactly, log lines excepted. Without arguments: everything present. Exits with 1 on any difference.
 */
import { existsSync } from 'node:fs';
import { replayScript } from './replay.ts';
import { conformanceFolder, scriptsAt } from './sources.ts';

function main(args: readonly string[]): number {
  const present = conformanceFolder();
  const paths = args.length > 0 ? args : present === null ? [] : [present];
  if (paths.length === 0) {
    console.log('no data: set CONFORMANCE_DIR, or name files; 1 set of scripts skipped');
    console.log('0 passed, 0 failed');
    return 0;
  }
  let passed = 0;
  let failed = 0;
  let commands = 0;
  for (const path of paths) {
    if (!existsSync(path)) {
      console.log(`FAIL ${path}: no such file or folder`);
      failed++;
      continue;
    }
    for (const script of scriptsAt(path)) {
      const { commands: count, difference } = replayScript(script.text);
      commands += count;
      if (difference === null) {
        passed++;
        continue;
      }
      failed++;
      console.log(`FAIL ${script.name}:${difference.line} (${difference.command})`);
      console.log(`  expected: ${difference.expected}`);
      console.log(`  actual:   ${difference.actual}`);
    }
  }
  console.log(`${commands} commands`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
