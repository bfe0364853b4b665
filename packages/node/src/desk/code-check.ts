/** Runs a check of a strategy's code and parameters in a thread, and ends the thread whatever it does. */
import { Worker } from 'node:worker_threads';
import type { CheckOutcome } from './steering.ts';
import type { CheckOrder } from './strategy-check.ts';

const CHECK_MS = 10_000;
const MEMORY_MB = 128;

/** Never rejects. */
export function checkStrategy(order: CheckOrder): Promise<CheckOutcome> {
  return new Promise((resolve) => {
    const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const worker = new Worker(new URL(`./strategy-check${ending}`, import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const done = (outcome: CheckOutcome): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(outcome);
    };
    const timer = setTimeout(
      () => done({ ok: false, problem: `${order.file} was not loaded within ${CHECK_MS} ms: it loops` }),
      CHECK_MS,
    );
    worker.on('message', done);
    worker.on('error', (error) => done({ ok: false, problem: String(error) }));
    worker.on('exit', (code) => done({ ok: false, problem: `${order.file} ended its thread with code ${code}` }));
  });
}
