/** The watchdog itself: looks at all nodes again and again, tells people, shows load balancers who leads, asks for transfers. */
import { type Alert, type AlertPost, Conditions, type Promotion, Repetition } from '@baton/herald';
import { type Seen, type SeenStatus, type Verdict, WatchdogJudge, type WatchdogSettings } from './watchdog-judge.ts';

export interface WatchdogOptions extends WatchdogSettings {
  readonly cluster: string;
  readonly addresses: readonly string[];
  readonly repeatMs: number;
  readonly see: (address: string) => Promise<Seen>;
  /** Asks the node to lead; resolves with what came of it, in words. Never rejects. */
  readonly promote: (node: SeenStatus, address: string) => Promise<string>;
  readonly balancers: (promotion: Promotion) => void;
  readonly posts: readonly AlertPost[];
  /** One line about what was seen or done. */
  readonly note: (event: string, text: string) => void;
  readonly wallUs: () => number;
  readonly nowMs: () => number;
}

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #judge: WatchdogJudge;
  readonly #conditions: Conditions;
  readonly #repetition: Repetition;
  #shown = '';
  #isAsking = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#judge = new WatchdogJudge(options);
    this.#conditions = new Conditions('watchdog');
    this.#repetition = new Repetition(options.repeatMs);
  }

  /** One look, and what follows from it. */
  async look(): Promise<Verdict> {
    const { addresses, nowMs, see, wallUs } = this.#options;
    const seen = await Promise.all(addresses.map((address) => see(address)));
    const verdict = this.#judge.look(seen, nowMs());
    for (const alert of this.#conditions.are(verdict.conditions, wallUs())) this.#tell(alert);
    if (verdict.primary !== null) this.#show(verdict.primary, seen);
    if (verdict.transferTo !== null && !this.#isAsking)
      await this.#ask(verdict.transferTo, addressOf(verdict.transferTo, seen));
    return verdict;
  }

  #tell(alert: Alert): void {
    this.#options.note(alert.code, `${alert.severity} ${alert.subject} ${alert.text}`.replace(/ +/g, ' '));
    const news = this.#repetition.news(alert);
    if (news !== null) for (const post of this.#options.posts) post.add(news);
  }

  /** Once a leadership: load balancers that are told again and again would hide who told them wrongly. */
  #show(leader: SeenStatus, seen: readonly Seen[]): void {
    const shown = `${leader.node} ${leader.term}`;
    if (shown === this.#shown) return;
    const isFirst = this.#shown === '';
    this.#shown = shown;
    const { balancers, cluster, wallUs } = this.#options;
    const { node, term } = leader;
    const api = addressOf(leader, seen);
    const others = seen.flatMap(({ status }) => (status === null || status.node === node ? [] : [status.node]));
    balancers({ cluster, node, term, api, host: api.slice(0, api.lastIndexOf(':')), others });
    if (isFirst) return;
    const text = `${node} leads term ${term}, and its gates are open`;
    this.#tell({
      id: `watchdog-leader-${term}-${node}`,
      severity: 'warning',
      code: 'LEADER_CHANGED',
      subject: '',
      text,
      timeUs: wallUs(),
    });
  }

  async #ask(node: SeenStatus, address: string): Promise<void> {
    this.#isAsking = true;
    const { nowMs, promote, wallUs } = this.#options;
    const startedMs = nowMs();
    const outcome = await promote(node, address);
    this.#isAsking = false;
    const text = `the leader is unhealthy, ${node.node} is not: asked for a transfer: ${outcome} (${Math.round(nowMs() - startedMs)} ms)`;
    const id = `watchdog-transfer-${node.term}-${wallUs()}`;
    this.#tell({ id, severity: 'warning', code: 'TRANSFER_ASKED', subject: node.node, text, timeUs: wallUs() });
  }
}

function addressOf(node: SeenStatus, seen: readonly Seen[]): string {
  return seen.find(({ status }) => status?.node === node.node)?.address ?? '';
}
