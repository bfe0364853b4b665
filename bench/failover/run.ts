/**
 * `npm run bench:failover`: how long a failure of the leader interrupts the order flow, measured at the venue. Usage and
 * what is measured: README.md beside this file.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineFacts } from '../machine.ts';
import { reportOf, tableText, writeReport } from './report.ts';
import { Session } from './session.ts';
import { settingsFromArguments } from './settings.ts';

const settings = settingsFromArguments(process.argv.slice(2), {
  folder: tmpdir(),
  out: join(import.meta.dirname, 'results'),
});
const facts = machineFacts();
mkdirSync(settings.folder, { recursive: true });
const folder = mkdtempSync(join(settings.folder, 'bf-'));
const session = new Session(settings, folder, (text) => console.log(text));
let isHealthy = false;
let isInterrupted = false;
const interrupted = (signal: string): void => {
  if (isInterrupted) void session.close().then(() => process.exit(130));
  isInterrupted = true;
  console.log(`${signal}: no further fault; books are compared and files written (again: end at once)`);
  session.interrupt(signal);
};
process.on('SIGINT', interrupted);
process.on('SIGTERM', interrupted);
try {
  const result = await session.run(folder);
  const report = reportOf(facts, settings, result);
  const files = writeReport(settings.out, report, result);
  console.log(tableText(report));
  console.log(files.join('\n'));
  isHealthy = report.books.agree && (result.ended === '' || isInterrupted);
  if (!isHealthy) process.exitCode = 1;
} finally {
  await session.close();
  // The logs of a run that went wrong are kept.
  if (isHealthy && !settings.keep) rmSync(folder, { recursive: true, force: true });
  else console.log(`data and logs: ${folder}`);
}
