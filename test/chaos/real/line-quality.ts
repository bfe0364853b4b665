/**
 * Lines that lose packets or are slow, in both directions. With netem in the kernel that is netem's work. Without it: packets
 * are picked at random by a filter program of four instructions (`ld rand; jge share; drop or pass`) and sent to a bridge
 * where nobody is; a slow line is a narrow one (token bucket), whose queue delays everything up to a bound and then drops.
 */
import { command } from './sandbox.ts';

/** One end of a line: a card, and the namespace it is in ('' is the run's own). */
export interface LineEnd {
  readonly namespace: string;
  readonly card: string;
}

/** Classic BPF: load a random number; above the threshold pass on (0), else take (-1). */
const RANDOM_OFFSET = 4_294_963_256;
const SINK = 'nowhere';
/** Small beside what a node says to another under load: the queue fills. */
const NARROW_RATE = '400kbit';
const BURST_BYTES = 4_000;

export function kernelHasNetem(): boolean {
  try {
    command('tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms');
    command('tc', 'qdisc', 'del', 'dev', 'lo', 'root');
    return true;
  } catch {
    return false;
  }
}

export class LineQuality {
  readonly #hasNetem: boolean;
  readonly #worse = new Set<string>();

  constructor(hasNetem: boolean) {
    this.#hasNetem = hasNetem;
    if (hasNetem) return;
    command('ip', 'link', 'add', SINK, 'type', 'bridge');
    command('ip', 'link', 'set', SINK, 'up');
  }

  /** A share of the packets (0 to 1) is lost at either end; the result mends it. */
  lose(ends: readonly LineEnd[], share: number): () => void {
    if (this.#hasNetem) return this.#shape(ends, ['netem', 'loss', `${(share * 100).toFixed(2)}%`]);
    const threshold = Math.floor(share * 0xffff_ffff);
    const program = `4,32 0 0 ${RANDOM_OFFSET},53 1 0 ${threshold},6 0 0 4294967295,6 0 0 0`;
    const [first] = this.#worsen(ends);
    if (first === undefined) return () => {};
    // Both directions pass this end: what comes in and what goes out.
    tc(first, 'qdisc', 'add', 'dev', first.card, 'clsact');
    for (const direction of ['ingress', 'egress']) {
      const take = ['bpf', 'bytecode', program, 'action', 'mirred', 'egress', 'redirect', 'dev', SINK];
      tc(first, 'filter', 'add', 'dev', first.card, direction, ...take);
    }
    return this.#once(ends, () => tc(first, 'qdisc', 'del', 'dev', first.card, 'clsact'));
  }

  /** Everything on the line comes later, by up to `delayMs`. */
  slow(ends: readonly LineEnd[], delayMs: number): () => void {
    const ms = `${Math.ceil(delayMs)}ms`;
    if (this.#hasNetem) return this.#shape(ends, ['netem', 'delay', ms, `${Math.ceil(delayMs / 2)}ms`]);
    return this.#shape(ends, ['tbf', 'rate', NARROW_RATE, 'burst', String(BURST_BYTES), 'latency', ms]);
  }

  close(): void {
    if (!this.#hasNetem) command('ip', 'link', 'del', SINK);
  }

  #shape(ends: readonly LineEnd[], discipline: readonly string[]): () => void {
    this.#worsen(ends);
    for (const end of ends) tc(end, 'qdisc', 'add', 'dev', end.card, 'root', ...discipline);
    return this.#once(ends, () => {
      for (const end of ends) tc(end, 'qdisc', 'del', 'dev', end.card, 'root');
    });
  }

  /** @throws Error when the line is worse already: two disciplines do not fit on one card */
  #worsen(ends: readonly LineEnd[]): readonly LineEnd[] {
    const keys = ends.map(keyOf);
    if (keys.some((key) => this.#worse.has(key))) throw new Error('the line is slow or lossy already');
    for (const key of keys) this.#worse.add(key);
    return ends;
  }

  #once(ends: readonly LineEnd[], act: () => void): () => void {
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      for (const end of ends) this.#worse.delete(keyOf(end));
      act();
    };
  }
}

function keyOf({ card, namespace }: LineEnd): string {
  return `${namespace} ${card}`;
}

function tc({ namespace }: LineEnd, ...args: readonly string[]): void {
  command('tc', ...(namespace === '' ? [] : ['-n', namespace]), ...args);
}
