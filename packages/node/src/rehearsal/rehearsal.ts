/**
 * The takeover, rehearsed before this node joins its cluster. The code of a takeover runs rarely, and code that runs for
 * the first time is many times slower: it is compiled, then interpreted, with nothing known of its types. So a core plays
 * elections and takeovers with itself until that code is warm. Time-boxed; whatever goes wrong ends it and nothing else.
 * Source: issue F, "pre-armed followers"; reference performance.md, choice 5.
 */
import { rm } from 'node:fs/promises';
import { quickDisk } from './quick-disk.ts';
import { Stage, type StageMachine } from './stage.ts';

export interface RehearsalOptions {
  readonly machine: StageMachine;
  /** Emptied before and removed afterwards. */
  readonly folder: string;
  readonly rounds: number;
  readonly timeMaxMs: number;
}

export interface RehearsalResult {
  readonly rounds: number;
  readonly tookMs: number;
  /** Why it ended early; '' if it did not. */
  readonly problem: string;
}

const ORDERS_A_ROUND = 3;
const BETWEEN_ROUNDS_MS = 5;
const ORDERS_MAX_MS = 50;
const ELECTION_MAX_MS = 60;
const POLL_MS = 1;

export async function rehearse(options: RehearsalOptions): Promise<RehearsalResult> {
  const startMs = performance.now();
  const endMs = startMs + options.timeMaxMs;
  let rounds = 0;
  let problem = '';
  let stage: Stage | undefined;
  try {
    await rm(options.folder, { recursive: true, force: true });
    stage = await Stage.open({ ...options.machine, disk: quickDisk(options.machine.disk) }, options.folder);
    for (; rounds < options.rounds; rounds++) {
      await playRound(stage, rounds, endMs);
      // The cluster that this node is about to join may run on the same processors.
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROUNDS_MS));
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  try {
    await stage?.close();
    await rm(options.folder, { recursive: true, force: true });
  } catch (error) {
    problem ||= error instanceof Error ? error.message : String(error);
  }
  return { rounds, tookMs: Math.round(performance.now() - startMs), problem };
}

/** One takeover, mostly by a death, else by order of the leader, with orders before it. */
async function playRound(stage: Stage, round: number, endMs: number): Promise<void> {
  const leader = await until(() => stage.leader, endMs);
  const term = leader.leadingTerm;
  const wanted = stage.orderCount + ORDERS_A_ROUND;
  for (let i = 0; i < ORDERS_A_ROUND; i++) stage.submit(leader);
  // On a busy machine leadership may move by itself, and orders with it: they are here for the exercise only.
  const orderEndMs = performance.now() + ORDERS_MAX_MS;
  await until(() => stage.orderCount >= wanted || performance.now() > orderEndMs || undefined, endMs);
  const isNext = (): boolean => (stage.leader?.leadingTerm ?? 0) > term;
  if (round % 3 === 2) await leader.replica?.transfer();
  while (!isNext()) {
    // The leader lives: linked again before the others have elected, it leads on, and is declared dead once more.
    stage.killInName(leader);
    const againMs = performance.now() + ELECTION_MAX_MS;
    await until(() => isNext() || performance.now() > againMs || undefined, endMs);
  }
}

async function until<Value>(look: () => Value | undefined, endMs: number): Promise<Value> {
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (performance.now() > endMs) throw new Error('it took too long');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
