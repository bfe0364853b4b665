// Where the time goes: self time in V8 CPU profiles, by package and by function.
//
// Usage: node bench/commit/profile.ts FILE.cpuprofile... [--from SECONDS]. Time waiting for events is left out of shares.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const FUNCTIONS_SHOWN = 25;
const IDLE = '(idle)';

/** Whose code it is: a package of ours, one of others, Node's own, or what the engine names. */
function ownerOf(url: string, functionName: string): string {
  const match = /(?:packages|@baton)\/([a-z]+)\//.exec(url) ?? /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
  if (match?.[1] !== undefined) return match[1];
  if (url.startsWith('node:')) return 'node (JavaScript)';
  return url === '' ? functionName : url.split('/').slice(-2).join('/');
}

function add(to: Map<string, number>, key: string, us: number): void {
  to.set(key, (to.get(key) ?? 0) + us);
}

function show(title: string, times: ReadonlyMap<string, number>, totalUs: number, count: number): void {
  console.log(title);
  const sorted = [...times].filter(([key]) => key !== IDLE).sort((a, b) => b[1] - a[1]);
  for (const [key, us] of sorted.slice(0, count)) {
    console.log(
      `  ${(us / 1000).toFixed(0).padStart(7)} ms ${((100 * us) / totalUs).toFixed(1).padStart(5)} %  ${key}`,
    );
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '0' } },
});
for (const file of positionals) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const owners = new Map<string, number>();
  const functions = new Map<string, number>();
  let atUs = 0;
  let busyUs = 0;
  samples.forEach((id, i) => {
    const us = timeDeltas[i] ?? 0;
    atUs += us;
    if (atUs < Number(values.from) * 1e6) return;
    const { functionName, url, lineNumber } = frames.get(id)!;
    const name = functionName === '' ? '(anonymous)' : functionName;
    if (name !== IDLE) busyUs += us;
    add(owners, ownerOf(url, name), us);
    add(functions, url === '' ? name : `${name} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`, us);
  });
  console.log(`${file}: ${(atUs / 1e6).toFixed(1)} s, busy ${(busyUs / 1e6).toFixed(1)} s of it`);
  show('by package', owners, busyUs, FUNCTIONS_SHOWN);
  show('by function', functions, busyUs, FUNCTIONS_SHOWN);
}
