// The peers' table of docs/performance.md from one or more raw files: `node bench/peers/summary.ts FILE...`. Several files
// are for a run that was cut into parts on one machine; each says when and with which commit it was measured.

import { readFileSync } from 'node:fs';
import { type PeersReport, peersTable } from './peers-table.ts';

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')) as PeersReport);
if (reports.length === 0) throw new Error('name the files that npm run bench:peers -- --out FILE has written');
for (const { machine } of reports) {
  const { commit, cpus, date, model, node } = machine;
  process.stdout.write(`${date.slice(0, 16)}Z, commit ${commit}, ${cpus} × ${model}, Node ${node}\n`);
}
process.stdout.write(`\n${peersTable(reports.flatMap(({ measured }) => measured))}\n\n`);
const measured = new Set(reports.flatMap((report) => report.measured.map(({ name }) => name)));
const skipped = new Map(reports.flatMap((report) => report.skipped.map(({ name, reason }) => [name, reason] as const)));
for (const [name, reason] of skipped) {
  if (!measured.has(name)) process.stdout.write(`Not measured: ${name} (${reason})\n`);
}
