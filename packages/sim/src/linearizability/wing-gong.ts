/**
 * Is there an order of the operations on one object that respects real time and that its sequential specification allows?
 * Search of Wing and Gong (1993): take any operation that no unlinearized one returned before; go back when a return is
 * reached whose operation was not taken. Lowe's cache (2017): a set of taken operations with a state is tried once.
 */
import type { Model } from './model.ts';
import type { Operation } from './operation.ts';

export type Verdict = 'linearizable' | 'not-linearizable' | 'undecided';

export interface Judgement<Input, Output> {
  readonly verdict: Verdict;
  /** The longest prefix that could be ordered, in that order. */
  readonly longest: readonly Operation<Input, Output>[];
}

/** A call or a return, in a list ordered by time from which taken operations are lifted. */
interface Mark {
  readonly at: number;
  readonly isCall: boolean;
  /** Its operation's number. */
  readonly number: number;
  partner: Mark | undefined;
  before: Mark | undefined;
  after: Mark | undefined;
}

/** More states than this are not looked at: the verdict is then `undecided`, which no test may take for a good one. */
const STATES_MAX = 2_000_000;

export function judgeObject<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  model: Model<Input, Output>,
  statesMax = STATES_MAX,
): Judgement<Input, Output> {
  const head = marksOf(operations);
  let unreturned = operations.filter(({ returnUs }) => returnUs !== Number.POSITIVE_INFINITY).length;
  const tried = new Set<string>();
  const taken: { readonly mark: Mark; readonly state: string }[] = [];
  let longest: readonly Operation<Input, Output>[] = [];
  let state = model.start;
  let set = 0n;
  let mark = head.after;
  const pick = (number: number): Operation<Input, Output> => operations[number] as Operation<Input, Output>;
  while (unreturned > 0) {
    if (mark === undefined) throw new Error('a return that is still in the list was passed over');
    if (mark.isCall) {
      const { input, output } = pick(mark.number);
      const next = model.step(state, input, output);
      const larger = set | (1n << BigInt(mark.number));
      if (next !== undefined && isNew(tried, larger, next)) {
        if (tried.size > statesMax) return { verdict: 'undecided', longest };
        taken.push({ mark, state });
        if (taken.length > longest.length) longest = taken.map(({ mark: { number } }) => pick(number));
        state = next;
        set = larger;
        if (mark.partner !== undefined) unreturned -= 1;
        lift(mark);
        mark = head.after;
      } else {
        mark = mark.after;
      }
      continue;
    }
    const last = taken.pop();
    if (last === undefined) return { verdict: 'not-linearizable', longest };
    state = last.state;
    set &= ~(1n << BigInt(last.mark.number));
    if (last.mark.partner !== undefined) unreturned += 1;
    putBack(last.mark);
    mark = last.mark.after;
  }
  return { verdict: 'linearizable', longest };
}

function isNew(tried: Set<string>, set: bigint, state: string): boolean {
  const key = `${set.toString(36)} ${state}`;
  if (tried.has(key)) return false;
  tried.add(key);
  return true;
}

/** All calls and returns by time; at the same moment calls first, which allows more and accuses nobody wrongly. */
function marksOf<Input, Output>(operations: readonly Operation<Input, Output>[]): Mark {
  const marks: Mark[] = [];
  operations.forEach(({ callUs, returnUs }, number) => {
    const call: Mark = { at: callUs, isCall: true, number, partner: undefined, before: undefined, after: undefined };
    marks.push(call);
    if (returnUs === Number.POSITIVE_INFINITY) return;
    call.partner = { at: returnUs, isCall: false, number, partner: undefined, before: undefined, after: undefined };
    marks.push(call.partner);
  });
  marks.sort((a, b) => a.at - b.at || Number(b.isCall) - Number(a.isCall));
  const head: Mark = { at: 0, isCall: true, number: -1, partner: undefined, before: undefined, after: undefined };
  let last = head;
  for (const mark of marks) {
    last.after = mark;
    mark.before = last;
    last = mark;
  }
  return head;
}

function lift(call: Mark): void {
  unlink(call);
  if (call.partner !== undefined) unlink(call.partner);
}

/** The reverse of `lift`, in the reverse order, so that neighbours are found where they were. */
function putBack(call: Mark): void {
  if (call.partner !== undefined) link(call.partner);
  link(call);
}

function unlink(mark: Mark): void {
  if (mark.before !== undefined) mark.before.after = mark.after;
  if (mark.after !== undefined) mark.after.before = mark.before;
}

function link(mark: Mark): void {
  if (mark.before !== undefined) mark.before.after = mark;
  if (mark.after !== undefined) mark.after.before = mark;
}
