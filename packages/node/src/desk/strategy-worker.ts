/**
 * One strategy in a thread of its own: its module, its runner, its line to the core. What it does here, loop for ever or eat
 * memory, costs nobody else a beat; the desk ends the thread when it no longer answers.
 */
import { connect, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { StrategyDefinition } from '@baton/strategy';
import { Runner, type RunnerInput } from '@baton/strategy/runner';
import type { StrategyPlan } from '../configuration/plan.ts';
import { DeskFrameReader, encodeDeskFrame } from './frame.ts';
import type { CoreMessage, DeskMessage } from './protocol.ts';
import { Wake } from './wake.ts';
import type { DeskToWorker, WorkerToDesk } from './worker-protocol.ts';

interface WorkerPlan {
  readonly socket: string;
  readonly plan: StrategyPlan;
}

const { plan, socket: socketPath } = workerData as WorkerPlan;

function tell(message: WorkerToDesk): void {
  parentPort?.postMessage(message);
}

function send(socket: Socket, message: DeskMessage): void {
  socket.write(encodeDeskFrame(message));
}

async function load(): Promise<StrategyDefinition> {
  const module = (await import(pathToFileURL(plan.file).href)) as { default?: StrategyDefinition };
  const definition = module.default;
  if (definition === undefined || definition.parameters === undefined || definition.state === undefined) {
    throw new TypeError(
      `${plan.file} has no strategy as its default export; export default defineStrategy({ name, version, parameters, state, … })`,
    );
  }
  return definition;
}

function makeRunner(definition: StrategyDefinition, socket: Socket): Runner {
  const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);
  const wake = new Wake(nowUs, () => runner.hear({ type: 'wake' }));
  const runner = new Runner({
    strategyId: plan.id,
    definition,
    parameters: plan.parameters,
    mode: plan.mode,
    port: {
      command: (request, command) => send(socket, { type: 'command', request, command }),
      log: (level, text) => send(socket, { type: 'log', level, text }),
      wakeAt: (timeUs) => wake.at(timeUs),
      nowUs,
      halted: (reason) => tell({ type: 'halted', reason }),
    },
  });
  return runner;
}

async function run(): Promise<void> {
  const definition = await load();
  const socket = connect(socketPath);
  const runner = makeRunner(definition, socket);
  const reader = new DeskFrameReader();
  // One input a turn of the loop: what a strategy awaits goes on before it is told the next thing.
  const inputs: RunnerInput[] = [];
  let isDraining = false;
  const drain = (): void => {
    const input = inputs.shift();
    if (input === undefined) {
      isDraining = false;
      return;
    }
    runner.hear(input);
    setImmediate(drain);
  };
  const take = (input: RunnerInput): void => {
    inputs.push(input);
    if (isDraining) return;
    isDraining = true;
    drain();
  };
  socket.on('connect', () => send(socket, { type: 'hello', strategyId: plan.id }));
  socket.on('data', (bytes: Buffer) => {
    for (const message of reader.push(bytes)) take(message as CoreMessage);
  });
  socket.on('error', () => {});
  socket.on('close', () => tell({ type: 'cutOff' }));
  parentPort?.on('message', (message: DeskToWorker) => {
    if (message.type === 'ping') tell({ type: 'pong' });
    else take(message);
  });
  tell({ type: 'ready', subscriptions: runner.subscriptions() });
}

run().catch((error: unknown) => {
  tell({ type: 'unusable', reason: error instanceof Error ? error.message : String(error) });
});
