/**
 * Tells the log when this leader's strategies have their history after a restart (requirements §4.2 step 6): once, as a step
 * of the recovery or of the cold start. Rules decided here: bars are an input of the desk alone, so the log only hears that
 * they came; a strategy that was halted, has no code here or got no bars is named; who is still starting is waited for, and
 * how long that holds a cold start's end the ledger decides.
 */
import type { Clock, Timer } from '@baton/host';
import { type Command, type Ledger, WARM_UP_STEP } from '@baton/ledger';
import type { PostStatus } from '../desk/steering.ts';

const LOOK_MS = 500;
/** The log takes no longer text. */
const DETAIL_LENGTH_MAX = 200;

/** A strategy whose orders count. */
export interface Warmed {
  readonly strategyId: string;
  readonly deployment: number;
}

export interface WarmUpWatchOptions {
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly ledger: () => Pick<Ledger, 'coldStart' | 'operations'>;
  readonly strategies: () => readonly Warmed[];
  readonly posts: () => readonly PostStatus[];
  readonly propose: (command: Command) => boolean;
}

export class WarmUpWatch {
  readonly #options: WarmUpWatchOptions;
  #timer: Timer | undefined;
  /** Told in this term, and not applied yet. */
  #isTold = false;

  constructor(options: WarmUpWatchOptions) {
    this.#options = options;
  }

  leading(): void {
    this.#isTold = false;
    this.#lookLater();
  }

  retired(): void {
    this.#timer?.cancel();
  }

  #lookLater(): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(LOOK_MS, () => {
      this.#look();
      this.#lookLater();
    });
  }

  #look(): void {
    const { ledger, posts, propose, strategies } = this.#options;
    if (!isWarmUpWanted(ledger())) {
      this.#isTold = false;
      return;
    }
    const found = warmUpOf(strategies(), posts());
    if (this.#isTold || found === 'waiting' || found === 'none') return;
    const { detail, ok } = found;
    this.#isTold = propose({
      type: 'RecoveryStep',
      step: WARM_UP_STEP,
      venue: '',
      ok,
      detail: detail.slice(0, DETAIL_LENGTH_MAX),
    });
  }
}

/** Does a recovery, or a cold start, not know yet? */
export function isWarmUpWanted(ledger: Pick<Ledger, 'coldStart' | 'operations'>): boolean {
  if (ledger.coldStart()?.warmUp.state === 'waiting') return true;
  const { recovery } = ledger.operations();
  return recovery !== null && !recovery.steps.some(({ step }) => step === WARM_UP_STEP);
}

/** `none`: there is nothing to warm. */
export function warmUpOf(
  strategies: readonly Warmed[],
  posts: readonly PostStatus[],
): 'none' | 'waiting' | { readonly ok: boolean; readonly detail: string } {
  if (strategies.length === 0) return 'none';
  const problems: string[] = [];
  let bars = 0;
  for (const { deployment, strategyId } of strategies) {
    const post = posts.find((each) => each.strategyId === strategyId && each.deployment === deployment);
    if (post === undefined) return 'waiting';
    if (post.state === 'halted' || post.state === 'code-missing') problems.push(`${strategyId}: ${post.reason}`);
    else if (!post.warmUp.isOver) return 'waiting';
    else if (post.warmUp.problem !== '') problems.push(`${strategyId}: ${post.warmUp.problem}`);
    bars += post.warmUp.bars;
  }
  const detail = `${strategies.length - problems.length} of ${strategies.length} strategies warmed with ${bars} bars`;
  return { ok: problems.length === 0, detail: [detail, ...problems].join('; ') };
}
