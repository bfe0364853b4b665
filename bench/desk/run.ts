// From the intent in a strategy to the bytes on the venue's socket and the part of each hop; what a neighbour that misbehaves
// costs; what a shadow adds to a failover. See README.md.

import { writeFileSync } from 'node:fs';
import type { Percentiles } from '../failover/percentiles.ts';
import { machineFacts } from '../machine.ts';
import { measureHops } from './hops.ts';
import { type Isolation, measureIsolation } from './isolation.ts';
import { settingsFrom } from './settings.ts';
import { measureTakeovers } from './takeovers.ts';

const settings = settingsFrom(process.argv.slice(2));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const row = (name: string, { max, n, p50, p90, p99 }: Percentiles): string =>
  `  ${name.padEnd(44)} p50 ${p50}  p90 ${p90}  p99 ${p99}  max ${max}  (n ${n})`;

const result: Record<string, unknown> = { schemaVersion: 1, machine: machineFacts(), settings };
say(JSON.stringify(result['machine']));
say(JSON.stringify(settings));
for (const part of settings.parts) {
  say(`${part}, ${settings.durability}`);
  if (part === 'hops') {
    const us = await measureHops(settings);
    result['hopsUs'] = us;
    for (const [name, figures] of Object.entries(us)) say(row(`${name}, µs`, figures));
  } else if (part === 'isolation') {
    const phases = await measureIsolation(settings);
    result['isolation'] = phases;
    for (const [name, phase] of Object.entries(phases)) sayIsolation(name, phase);
  } else {
    const ms = await measureTakeovers(settings);
    result['takeover'] = ms;
    for (const [name, figures] of Object.entries(ms)) say(row(name, figures));
  }
  if (settings.out !== undefined) writeFileSync(settings.out, `${JSON.stringify(result, null, 2)}\n`);
}

function sayIsolation(
  name: string,
  { due, leaderChanges, linkSilenceUs, loopLateUs, neighbourUs, reached }: Isolation,
): void {
  say(`  ${name}: ${reached} of ${due} orders of the neighbour, ${leaderChanges} leader changes`);
  say(row('  links: longest silence of 100 ms, µs', linkSilenceUs));
  say(row('  loop: longest standstill of 100 ms, µs', loopLateUs));
  say(row('  neighbour: strategy → socket, µs', neighbourUs));
}
