/**
 * The desk process: a thread for each strategy of this node, watched, and the market data for them, apart from the core, so
 * that no strategy costs the core a heartbeat. Started by the parent with the strategies' plan; ends with its parent.
 */
import { NodeClock, NodeNetwork, yieldProcessor, yieldSession } from '@baton/host/node';
import { DeskControl } from './control.ts';
import { type DeskPlan, StrategyDesk } from './strategy-desk.ts';

/** A process that ends takes milliseconds of processor time; the next leader needs them more. */
const AFTER_CORE_MS = 500;

/** A ninth of the core's weight: strategies that start, compile or loop must not keep a core from its heartbeats. */
const DESK_NICE = 10;

function run(plan: DeskPlan): void {
  // Before the strategies' threads are made: they inherit it.
  yieldProcessor(process.pid, DESK_NICE);
  yieldSession(DESK_NICE);
  const control = new DeskControl(plan.socket, () => setTimeout(() => process.exit(0), AFTER_CORE_MS));
  const desk = new StrategyDesk(plan, control, { clock: new NodeClock(), network: new NodeNetwork() });
  control.open(() => desk.start());
}

// The parent ends us on purpose; a terminal's Ctrl-C reaches the whole group and is the parent's to handle.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (plan) => run(plan as DeskPlan));
