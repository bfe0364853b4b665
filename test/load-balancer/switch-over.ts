/** Killed leaders as a client behind HAProxy sees them: how long until the next one answers it. */
import type { Kill } from '@baton/cli';
import type { BalancerLab } from './balancer-lab.ts';
import type { FrontClient, SeenAnswer } from './front-client.ts';

export interface SwitchOver {
  readonly from: string;
  readonly to: string;
  /** Of the next leader. */
  readonly term: number;
  /** From the kill until the gate of the next leader opened. */
  readonly killToGateMs: number;
  /** From then until its first answer through HAProxy; negative when it had been found before. */
  readonly gateToAnswerMs: number;
}

const ANSWER_MS = 30_000;

export async function switchOver(lab: BalancerLab, client: FrontClient): Promise<SwitchOver> {
  await lab.whole();
  await client.taken(() => true, ANSWER_MS);
  let kill: Kill | undefined;
  const isNext = ({ atUs, node }: SeenAnswer): boolean => kill !== undefined && node !== kill.node && atUs > kill.atUs;
  const answered = client.taken(isNext, ANSWER_MS);
  kill = await lab.killLeader();
  const { atUs: answerUs, node } = await answered;
  const { atUs: killUs, node: from, term } = kill;
  await lab.gone(from);
  await lab.view.waitForOpenGate({ termMin: term + 1 });
  const takeovers = (await lab.view.clientOf(node)?.takeovers()) ?? [];
  const takeover = takeovers.find((each) => each.term > term && each.node === node);
  const gateUs = takeover?.phasesUs['gateOpen'];
  if (takeover === undefined || gateUs === undefined) {
    throw new Error(`${node} answered and tells of no takeover after term ${term}`);
  }
  const killToGateMs = (gateUs - killUs) / 1000;
  return { from, to: node, term: takeover.term, killToGateMs, gateToAnswerMs: (answerUs - gateUs) / 1000 };
}
