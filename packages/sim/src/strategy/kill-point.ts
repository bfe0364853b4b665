/**
 * The points at which a failover can be put on an order's way. A point is named by what has happened and what has not: the
 * leader dies between the two. `send-ack:3` is the third time that it is reached.
 */

/** What each point means, in words. */
export const KILL_POINTS = {
  'before-intent': 'the strategy has decided; its command has not left the desk',
  'intent-answer': 'the core has the command; nothing of it is on its disk or with its peers',
  'commit-send': 'committed; not a byte of the order has been written to the venue',
  'send-ack': 'written to the venue; its answer is not here',
  'ack-fill': 'the venue works the order; nothing is filled',
  fill: 'the venue has told of a fill; the leader has not read it',
  checkpoint: "the strategy's state is on its way into the log",
  tick: 'the strategy was told of the market for the Nth time',
  at: 'N seconds after trading began',
} as const;

export type KillPointName = keyof typeof KILL_POINTS;

/** Who dies: the node, its desk alone, or first the desk and with the next event the node. */
export type Victim = 'node' | 'desk' | 'both';

export interface KillPoint {
  readonly name: KillPointName;
  /** The how manieth time it is reached; seconds for `at`. From 1. */
  readonly count: number;
}

const COUNT_MAX = 1_000_000;

/** `send-ack` or `send-ack:3`; undefined when it is none. */
export function killPointFrom(text: string): KillPoint | undefined {
  const [name = '', count = '1', ...more] = text.split(':');
  if (!Object.hasOwn(KILL_POINTS, name) || more.length > 0 || !/^[1-9][0-9]*$/.test(count)) return undefined;
  if (Number(count) > COUNT_MAX) return undefined;
  return { name: name as KillPointName, count: Number(count) };
}

export function killPointText({ count, name }: KillPoint): string {
  return count === 1 ? name : `${name}:${count}`;
}
