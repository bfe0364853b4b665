/** The commands of quorum scripts: committed and vote, each checked against independent ways to the same answer. */
import { committedIndex, jointCommittedIndex, jointVoteResult, type VoteResult, voteResult } from '../../src/quorum.ts';
import type { ScriptCommand } from './script.ts';

type Acked = (id: number) => number | undefined;

const VOTE_NAMES: Readonly<Record<VoteResult, string>> = { pending: 'VotePending', lost: 'VoteLost', won: 'VoteWon' };

function indexText(index: number): string {
  return index === Number.POSITIVE_INFINITY ? '∞' : String(index);
}

/** The slow twin: the highest acknowledged index that a majority reaches, by trying each. */
function committedByTrying(voters: readonly number[], acked: Acked): number {
  if (voters.length === 0) return Number.POSITIVE_INFINITY;
  const values = voters.map((id) => acked(id) ?? 0);
  const reached = values.filter((value) => values.filter((other) => other >= value).length * 2 > values.length);
  return Math.max(0, ...reached);
}

function describeMajority(voters: readonly number[], acked: Acked): string {
  if (voters.length === 0) return '<empty majority quorum>';
  const rows = voters.map((id) => ({ id, index: acked(id) ?? 0, known: acked(id) !== undefined, bar: 0 }));
  rows.sort((a, b) => a.index - b.index || a.id - b.id);
  for (let i = 1; i < rows.length; i++) rows[i]!.bar = rows[i - 1]!.index < rows[i]!.index ? i : rows[i - 1]!.bar;
  rows.sort((a, b) => a.id - b.id);
  const width = rows.length;
  let text = `${' '.repeat(width)}    idx\n`;
  for (const { id, index, known, bar } of rows) {
    const drawn = known ? `${'x'.repeat(bar)}>${' '.repeat(width - bar)}` : `?${' '.repeat(width)}`;
    text += `${drawn} ${indexText(index).padStart(5)}    (id=${id.toString(16)})\n`;
  }
  return text;
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

function committedMajority(voters: readonly number[], acked: Acked): string {
  const index = committedIndex(voters, acked);
  let text = describeMajority(voters, acked);
  const others: [number, string][] = [
    [committedByTrying(voters, acked), 'alternative computation'],
    [jointCommittedIndex(voters, [], acked), 'zero-joint quorum'],
    [jointCommittedIndex(voters, voters, acked), 'self-joint quorum'],
  ];
  for (const [other, how] of others) if (other !== index) text += `${indexText(other)} <-- via ${how}\n`;
  for (const id of voters) {
    const own = acked(id) ?? 0;
    if (own === 0 || own >= index) continue;
    // Lowering who is below the committed index changes nothing.
    for (const lower of [own - 1, 0]) {
      const overlaid = committedIndex(voters, (other) => (other === id ? lower : acked(other)));
      if (overlaid !== index) text += `${indexText(overlaid)} <-- overlaying ${id}->${lower}`;
    }
  }
  return `${text}${indexText(index)}\n`;
}

function committedJoint(first: readonly number[], second: readonly number[], acked: Acked): string {
  const index = jointCommittedIndex(first, second, acked);
  let text = describeMajority(union(first, second), acked);
  const swapped = jointCommittedIndex(second, first, acked);
  if (swapped !== index) text += `${indexText(swapped)} <-- via symmetry\n`;
  return `${text}${indexText(index)}\n`;
}

function voteText(
  first: readonly number[],
  second: readonly number[] | null,
  votes: ReadonlyMap<number, boolean>,
): string {
  if (second === null) return `${VOTE_NAMES[voteResult(first, votes)]}\n`;
  const result = jointVoteResult(first, second, votes);
  const swapped = jointVoteResult(second, first, votes);
  const note = swapped === result ? '' : `${VOTE_NAMES[swapped]} <-- via symmetry\n`;
  return `${note}${VOTE_NAMES[result]}\n`;
}

/** Values of idx or votes by voter: in the order of cfg, then cfgj, each voter once. `_` is no information. */
function assign(voters: readonly number[], words: readonly string[]): Map<number, string> {
  const assigned = new Map<number, string>();
  [...new Set(voters)].forEach((id, i) => {
    const word = words[i];
    if (word !== undefined && word !== '_') assigned.set(id, word);
  });
  return assigned;
}

export class QuorumEnvironment {
  run(command: ScriptCommand): string {
    const values = (key: string): readonly string[] | null => {
      const found = command.args.filter((arg) => arg.key === key);
      return found.length === 0 ? null : found.flatMap((arg) => arg.values);
    };
    const first = [...new Set((values('cfg') ?? []).map(Number))];
    const joint = values('cfgj');
    const second = joint === null ? null : joint.filter((word) => word !== 'zero').map(Number);
    const words = values(command.name === 'vote' ? 'votes' : 'idx') ?? [];
    const order = [...first, ...(second ?? [])];
    const voters = union(first, second ?? []);
    if (voters.length !== words.length) {
      const shown = `map[${voters.map((id) => `${id}:{}`).join(' ')}]`;
      return `error: mismatched input (explicit or _) for voters ${shown}: [${words.map((word) => (word === '_' ? 0 : word)).join(' ')}]`;
    }
    const assigned = assign(order, words);
    if (command.name === 'committed') {
      const acked: Acked = (id) => (assigned.has(id) ? Number(assigned.get(id)) : undefined);
      return second === null ? committedMajority(first, acked) : committedJoint(first, second, acked);
    }
    if (command.name !== 'vote') return `unknown command: ${command.name}`;
    const votes = new Map([...assigned].map(([id, word]) => [id, word === 'y'] as const));
    return voteText(first, second, votes);
  }
}
