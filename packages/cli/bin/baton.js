#!/usr/bin/env node
// Starts the baton command under the Node that the project pins, whichever Node (>= 20) started this file: `npx baton` and
// `npm start` run under what the machine has, while the sources need Node 26. Plain JavaScript that Node 20 can read.
// An older Node starts the pinned one as a child, hands over arguments and standard streams, passes signals on, and ends
// as it ends; if this process is killed, the pipe on the child's descriptor 3 closes and the child ends too.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MAJOR_MIN = 26;
const LAUNCHER_PIPE = 3;
const here = dirname(fileURLToPath(import.meta.url));

/** The program: sources in a checkout, compiled files where only those are shipped. */
function mainFile() {
  const found = ['../src/main.ts', '../dist/main.js'].map((path) => join(here, path)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  console.error(`baton: neither ../src/main.ts nor ../dist/main.js lies beside ${here}; reinstall the package`);
  process.exit(1);
}

/** The pinned Node, looked for in every node_modules from this folder upwards. */
function pinnedNode() {
  for (let folder = here; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    const candidates = [
      join(modules, '.bin', 'node'),
      join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node'),
    ];
    const found = candidates.find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

function refuse() {
  console.error(
    `baton: needs Node ${MAJOR_MIN} or later, this is ${process.version}, and the project's own Node is missing`,
  );
  console.error(
    'remedy: run `npm ci` in the project folder without --omit=optional: it installs Node 26 for Linux on x64',
  );
  console.error(
    `        and arm64 into node_modules; on other systems install Node ${MAJOR_MIN} yourself and run this again`,
  );
  process.exit(1);
}

function runUnder(node) {
  const child = spawn(node, [mainFile(), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, BATON_LAUNCHER_PIPE: String(LAUNCHER_PIPE) },
  });
  child.stdio[LAUNCHER_PIPE].on('error', () => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`baton: cannot start ${node}: ${error.message}; run \`npm ci\` in the project folder`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (code !== null) process.exit(code);
    process.exit(128 + (constants.signals[signal] ?? 1));
  });
}

if (Number(process.versions.node.split('.')[0]) >= MAJOR_MIN) {
  await import(pathToFileURL(mainFile()).href);
} else {
  const node = pinnedNode();
  if (node === undefined) refuse();
  else runUnder(node);
}
