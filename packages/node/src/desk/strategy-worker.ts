/**
 * One strategy in a thread of its own: its module, its runner, its line to the core. What it does here, loop for ever or eat
 * memory, costs nobody else a beat; the desk ends the thread when it no longer answers.
 */
import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { StrategyDefinition } from '@baton/strategy';
import { Runner, type RunnerInput } from '@baton/strategy/runner';
import { DeskFrameReader, encodeDeskFrame } from './frame.ts';
import { InputQueue } from './input-queue.ts';
import type { PostPlan } from './post-plan.ts';
import type { DeskMessage } from './protocol.ts';
import { keptStrategyCode, StrategyCodeError } from './strategy-code.ts';
import { loadStrategy } from './strategy-module.ts';
import { Wake } from './wake.ts';
import type { DeskToWorker, WorkerToDesk } from './worker-protocol.ts';

interface WorkerPlan {
  readonly socket: string;
  readonly plan: PostPlan;
}

const { plan, socket: socketPath } = workerData as WorkerPlan;

/** Another version runs beside this one: what is decided is told. */
let isCompared = false;

function tell(message: WorkerToDesk): void {
  parentPort?.postMessage(message);
}

function send(socket: Socket, message: DeskMessage): void {
  socket.write(encodeDeskFrame(message));
}

/** A configured file runs as it is; deployed code from this node's copy of it. */
function load(): Promise<StrategyDefinition> {
  const { codeFolder, digest, file } = plan;
  return digest === '' ? loadStrategy(file, '') : loadStrategy(keptStrategyCode(codeFolder, file, digest), file);
}

function makeRunner(definition: StrategyDefinition, socket: Socket, wakes: () => void): Runner {
  const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);
  const wake = new Wake(nowUs, wakes);
  const runner = new Runner({
    strategyId: plan.id,
    definition,
    deployment: plan.deployment,
    parameters: plan.parameters,
    mode: plan.mode,
    port: {
      command: (request, command) => send(socket, { type: 'command', request, command }),
      intent: (intent) => {
        if (isCompared) tell({ type: 'intent', intent });
      },
      subscriptionsChanged: () => tell({ type: 'subscribed', subscriptions: runner.subscriptions() }),
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
  const runner = makeRunner(definition, socket, () => inputs.take({ type: 'wake' }));
  const reader = new DeskFrameReader();
  const inputs = new InputQueue((input) => {
    runner.hear(input);
    if (input.type === 'start') tell({ type: 'begun' });
  });
  socket.on('connect', () => send(socket, { type: 'hello', strategyId: plan.id, deployment: plan.deployment }));
  socket.on('data', (bytes: Buffer) => {
    for (const message of reader.push(bytes)) inputs.take(message as RunnerInput);
  });
  socket.on('error', () => {});
  socket.on('close', () => tell({ type: 'cutOff' }));
  parentPort?.on('message', (message: DeskToWorker) => {
    if (message.type === 'ping') tell({ type: 'pong', ...inputs.slowest(), waiting: inputs.waiting });
    else if (message.type === 'compare') isCompared = message.on;
    else inputs.take(message);
  });
  tell({ type: 'ready', subscriptions: runner.subscriptions() });
}

run().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  tell({ type: error instanceof StrategyCodeError ? 'codeMissing' : 'unusable', reason });
});
