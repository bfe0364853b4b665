/** A thread of `npm run sim`: plays the seeds it is given, one after the other (see crew.ts). */
import { parentPort } from 'node:worker_threads';
import { playSeed, type SeedTask } from './seed-report.ts';

parentPort?.on('message', (task: SeedTask) => {
  void playSeed(task).then((report) => parentPort?.postMessage(report));
});
