/**
 * `npm run chaos -- --minutes M --seed S [--profile P]`: real processes, harmed at random from a seed, judged at the venue and
 * in every node's books. Usage: README.md beside this file.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machineHere } from './labs.ts';
import { removeMemoryGroups } from './memory-lab.ts';
import { drawRound } from './plan.ts';
import { NODES } from './real-cluster.ts';
import { reportOf, summaryText, writeReport } from './report.ts';
import { Round, type RoundResult } from './round.ts';
import { furnishSandbox, isInSandbox, onInterruption, runInSandbox, sandboxLacks } from './sandbox.ts';
import { type Settings, settingsFromArguments } from './settings.ts';

const INTERRUPTED = 130;
/** Whatever keeps these from starting keeps the next one, too. */
const UNSTARTED_IN_A_ROW = 3;

async function main(args: readonly string[]): Promise<number> {
  const settings = settingsFromArguments(args);
  if (isInSandbox()) return await playAll(settings, 'in namespaces of its own', []);
  const lacks = settings.loopback ? 'asked for' : sandboxLacks();
  if (lacks !== '') return await playAll(settings, 'on loopback', [`faults of the network: ${lacks}`]);
  // The seed may be drawn; the run inside must have the same one.
  try {
    return await runInSandbox(fileURLToPath(import.meta.url), [...args, '--seed', String(settings.seed)]);
  } finally {
    removeMemoryGroups(String(process.pid));
  }
}

async function playAll(settings: Settings, place: string, notes: readonly string[]): Promise<number> {
  if (isInSandbox()) furnishSandbox();
  const out = settings.out === '' ? mkdtempSync(join(tmpdir(), 'chaos-')) : settings.out;
  mkdirSync(out, { recursive: true });
  const startedAt = new Date().toISOString();
  const say = (text: string): void => console.log(text);
  say(`seed ${settings.seed} (repeat with --seed ${settings.seed}), ${place}, data in ${out}`);
  const machine = machineHere(isInSandbox());
  for (const note of machine.notes) say(note);
  const wish = {
    ...{ seed: settings.seed, venues: settings.venues, only: settings.only, has: machine.has, nodeCount: NODES.length },
    ...{ roundMs: settings.roundS * 1000, faultEveryMs: settings.faultEveryMs },
  };
  const results: RoundResult[] = [];
  let current: Round | undefined;
  let interruptions = 0;
  let unstarted = 0;
  onInterruption((why) => {
    interruptions += 1;
    if (interruptions === 1) say(`${why}: no further fault; the books are compared (again: end at once)`);
    current?.interrupt();
    if (interruptions > 1) void (current?.close() ?? Promise.resolve()).then(() => process.exit(INTERRUPTED));
  });
  const endMs = performance.now() + settings.minutes * 60_000;
  for (let n = settings.firstRound; interruptions === 0 && performance.now() < endMs; n += 1) {
    if (settings.rounds > 0 && n >= settings.firstRound + settings.rounds) break;
    const plan = drawRound(wish, n);
    const folder = join(out, `r${n}`);
    current = new Round(settings, plan, folder, (text) => say(`[${n} ${plan.venue}] ${text}`));
    const result = await current.run(machine);
    results.push(result);
    unstarted = result.hasStarted ? 0 : unstarted + 1;
    if (unstarted === UNSTARTED_IN_A_ROW) {
      say(`${unstarted} rounds in a row did not start: the machine is in no state to go on`);
      break;
    }
    if (result.faults.length === 0 && !settings.keep) rmSync(folder, { recursive: true, force: true });
  }
  const report = reportOf({ settings, startedAt, place, notes: [...notes, ...machine.notes] }, results);
  const file = writeReport(out, report);
  say(summaryText(report));
  say(file);
  if (report.violations > 0) say(`repeat: npm run chaos -- --seed ${settings.seed} --first-round N --rounds 1 …`);
  return report.violations === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
