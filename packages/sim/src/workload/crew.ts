/**
 * Seeds played on several threads, each thread one seed at a time; a run is a function of its scenario alone, so which
 * thread plays it does not matter. With one worker everything is played on this thread.
 */
import { Worker } from 'node:worker_threads';
import { playSeed, type SeedReport, type SeedTask } from './seed-report.ts';

const HAND = new URL('./hand.ts', import.meta.url);

/** What a run makes mostly lives for one event: with more room less of it is copied before it is garbage. */
const YOUNG_MB = 64;

/** Plays what `next` gives until it gives nothing more; `done` hears of each seed. */
export async function playAll(
  workers: number,
  next: () => SeedTask | undefined,
  done: (report: SeedReport) => void,
): Promise<void> {
  if (workers > 1) {
    await Promise.all(Array.from({ length: workers }, () => playOnThread(next, done)));
    return;
  }
  for (let task = next(); task !== undefined; task = next()) done(await playSeed(task));
}

function playOnThread(next: () => SeedTask | undefined, done: (report: SeedReport) => void): Promise<void> {
  const worker = new Worker(HAND, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  return new Promise((resolve, reject) => {
    const give = (): void => {
      const task = next();
      if (task !== undefined) worker.postMessage(task);
      else worker.terminate().then(() => resolve(), reject);
    };
    worker.on('message', (report: SeedReport) => {
      done(report);
      give();
    });
    worker.on('error', reject);
    give();
  });
}
