/**
 * Majorities: which index a set of voters has committed, and how a vote stands. A joint configuration needs both of its
 * majorities (thesis 4.3). A majority of nobody commits everything and wins every vote: it adds no condition, so that
 * "not joint" is simply a joint configuration with an empty outgoing half.
 */
export const VoteResult = { Pending: 'pending', Lost: 'lost', Won: 'won' } as const;
export type VoteResult = (typeof VoteResult)[keyof typeof VoteResult];

/** An index above all: what an empty majority has committed. */
export const INDEX_INFINITY = Number.POSITIVE_INFINITY;

/** The highest value that a majority of the first `count` values reaches. Sorts them in place (few voters: insertion). */
export function majorityIndex(values: number[], count: number): number {
  if (count === 0) return INDEX_INFINITY;
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    let j = i - 1;
    while (j >= 0 && values[j]! > value) {
      values[j + 1] = values[j]!;
      j--;
    }
    values[j + 1] = value;
  }
  return values[count - ((count >> 1) + 1)]!;
}

/** Committed index of a majority, from what each voter acknowledged (undefined: nothing heard, counts as 0). */
export function committedIndex(voters: readonly number[], acked: (id: number) => number | undefined): number {
  const values: number[] = [];
  for (const id of voters) values.push(acked(id) ?? 0);
  return majorityIndex(values, values.length);
}

/** Committed index of a joint configuration: the lower of its halves. */
export function jointCommittedIndex(
  incoming: readonly number[],
  outgoing: readonly number[],
  acked: (id: number) => number | undefined,
): number {
  return Math.min(committedIndex(incoming, acked), committedIndex(outgoing, acked));
}

/** Where a vote stands: won by a majority of yes, lost as soon as a majority of yes is out of reach. */
export function voteResult(voters: readonly number[], votes: ReadonlyMap<number, boolean>): VoteResult {
  if (voters.length === 0) return VoteResult.Won;
  let granted = 0;
  let missing = 0;
  for (let i = 0; i < voters.length; i++) {
    const vote = votes.get(voters[i]!);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  const quorum = (voters.length >> 1) + 1;
  if (granted >= quorum) return VoteResult.Won;
  return granted + missing >= quorum ? VoteResult.Pending : VoteResult.Lost;
}

/** A joint vote is won when both halves won, lost when either lost. */
export function jointVoteResult(
  incoming: readonly number[],
  outgoing: readonly number[],
  votes: ReadonlyMap<number, boolean>,
): VoteResult {
  const first = voteResult(incoming, votes);
  const second = voteResult(outgoing, votes);
  if (first === second) return first;
  if (first === VoteResult.Lost || second === VoteResult.Lost) return VoteResult.Lost;
  return VoteResult.Pending;
}
