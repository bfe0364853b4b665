/**
 * Makes a failing scenario smaller: takes out halves, then quarters, down to single actions and faults, as long as what is
 * left still breaks the same law. Bounded, because each try is a whole run.
 */
import type { Scenario } from './scenario.ts';
import { type Outcome, simulate } from './simulate.ts';

const TRIES_MAX = 120;
/** Of all tries together: a failure within hours of a cluster's life is not worth days. */
const SIMULATED_MAX_MS = 36_000_000;

export async function shrink(failed: Outcome): Promise<Outcome> {
  const law = lawOf(failed);
  let best = failed;
  let tries = 0;
  let simulatedMs = 0;
  const mayTry = (): boolean => tries < TRIES_MAX && simulatedMs < SIMULATED_MAX_MS;
  const attempt = async (scenario: Scenario): Promise<boolean> => {
    tries += 1;
    const outcome = await simulate(scenario);
    simulatedMs += outcome.simulatedMs;
    if (lawOf(outcome) !== law) return false;
    best = outcome;
    return true;
  };
  for (const part of ['faults', 'actions', 'asks'] as const) {
    for (let size = best.scenario[part].length >> 1 || 1; mayTry(); size >>= 1) {
      for (let at = 0; at < best.scenario[part].length && mayTry(); ) {
        const list = best.scenario[part];
        const left = [...list.slice(0, at), ...list.slice(at + size)];
        const isSmaller = left.length < list.length && (await attempt({ ...best.scenario, [part]: left }));
        if (!isSmaller) at += size;
      }
      if (size <= 1) break;
    }
  }
  return best;
}

/** What was broken, without its particulars. */
function lawOf({ faults }: Outcome): string {
  return (faults[0] ?? '').replace(/\d+/g, '').slice(0, 40);
}
