/**
 * Random stories of a FIX client, a venue and dying leaders: whatever is lost on the way, and whichever Logouts the client
 * counted by mistake, in the end it knows of each of its orders what the ledger knows, and heard each execution once.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { FixMessage } from '@baton/fix';
import fc from 'fast-check';
import { type Applied, historyViolations, Ledger, type OrderView } from './index.ts';
import { ClientRig, DESK } from './testing/client-rig.ts';
import { Rig } from './testing/rig.ts';

const CLOSED = new Set(['Filled', 'Canceled', 'Rejected', 'Expired', 'Voided']);

class ClientStory {
  readonly rig = new Rig().open({ clients: [DESK] });
  readonly client = new ClientRig(this.rig).logon();
  readonly #ids: string[] = [];
  /** Cancels and replaces: the id that each named. */
  readonly #changes = new Map<string, string>();
  #isUp = true;

  step(kind: number, choice: number): void {
    const { client } = this;
    switch (kind % 12) {
      case 0:
      case 1:
        if (this.#isUp) client.order(this.#newId(), { 38: String(1 + (choice % 4)) });
        return;
      case 2:
        if (this.#isUp) client.cancel(...this.#newChange(choice));
        return;
      case 3:
        if (this.#isUp) client.replace(...this.#newChange(choice), String(1 + (choice % 7)), '101');
        return;
      case 4:
      case 5:
      case 6:
        this.#hear(this.#venueSpeaks(choice));
        return;
      case 7:
        // Lost with the line: a report that was committed and not written, an order that was written and not received.
        if (!this.#isUp) return;
        this.#venueSpeaks(choice);
        client.isLineDead = true;
        if (choice % 2 === 0) client.order(this.#newId());
        client.drop();
        this.#isUp = false;
        return;
      case 8:
        this.#killLeader(choice);
        return;
      case 9:
        if (!this.#isUp) client.knock();
        return;
      case 10:
        this.#comeBack();
        return;
      case 11:
        this.#hear(this.rig.tick(choice % 3 === 0 ? 1_000 : 10));
        if (choice % 5 === 0) this.rig.ledger = Ledger.restore(this.rig.ledger.snapshot());
    }
  }

  /** Everybody is there again, and everything has been said. */
  settle(): void {
    this.#comeBack();
    for (let n = 0; n < 3; n += 1) this.#hear(this.rig.tick(1_000));
  }

  check(): void {
    const { client, rig } = this;
    assert.deepEqual(rig.ledger.violations(), []);
    assert.deepEqual(historyViolations(rig.history), []);
    const reports = client.received.filter((message) => message.msgType === '8');
    const execIds = reports.map((report) => report.getString(17)).filter((execId) => execId !== '0');
    assert.equal(new Set(execIds).size, execIds.length, 'an execution was told twice');
    for (const order of rig.ledger.orders({ strategyId: DESK.client })) checkOrder(order, reports);
    for (const id of this.#changes.keys()) {
      const answers = client.received.filter((message) => message.getString(11) === id && isAnswer(message));
      const wanted = answers.length === 0 && this.#isPending(id) ? 0 : 1;
      assert.equal(answers.length, wanted, `answers to the request ${id}`);
    }
  }

  /** The venue has not decided yet about a change of the order that the request is about. */
  #isPending(id: string): boolean {
    let first = id;
    // A change may have named itself.
    for (let next = this.#changes.get(id); next !== undefined && next !== first; next = this.#changes.get(next))
      first = next;
    const order = this.rig.ledger.orders({ strategyId: DESK.client }).find(({ clientKey }) => clientKey === first);
    return order !== undefined && ['PendingCancel', 'PendingReplace', 'InDoubt'].includes(order.state);
  }

  #hear(applied: Applied | undefined): void {
    if (applied !== undefined && this.#isUp) this.client.deliver(applied);
    if (this.client.session.state.status !== 'active') this.#isUp = false;
  }

  #comeBack(): void {
    if (this.#isUp) return;
    this.client.logon();
    this.#isUp = this.client.session.state.status === 'active';
    assert.ok(this.#isUp, 'the client could not log on');
  }

  #killLeader(choice: number): void {
    const { client, rig } = this;
    if (this.#isUp && choice % 2 === 0) this.#venueSpeaks(choice);
    rig.takeover(1 + (choice % 3));
    if (this.#isUp) client.lose();
    this.#isUp = false;
    const from = rig.history.length;
    rig.connect();
    rig.logon();
    if (choice % 5 !== 4) this.#venueIsAsked(from);
  }

  /** The venue answers the takeover's questions: it has every order, as it was, and the gate opens. */
  #venueIsAsked(from: number): void {
    for (const text of this.rig.written(from)) {
      const [, clOrdId, requestId = ''] = /^35=H .* 11=(\S+) 790=(\S+)/.exec(text) ?? [];
      const order = clOrdId === undefined ? undefined : this.rig.ledger.order(clOrdId);
      if (order === undefined) continue;
      const { cumQuantity: cum, rootClOrdId } = order;
      const status = { 39: cum === '0' ? '0' : '1', 14: cum, 150: 'I', 17: '0', 790: requestId };
      this.rig.report({ 11: order.clOrdId, 37: `V-${rootClOrdId}`, ...status });
    }
  }

  /** The venue answers what is pending, trades, or cancels by itself, of what it was sent. */
  #venueSpeaks(choice: number): Applied | undefined {
    const { rig } = this;
    const open = rig.ledger.orders({ open: true }).filter(({ state }) => state !== 'Held');
    const order = open[choice % Math.max(1, open.length)];
    if (order === undefined) return undefined;
    const pending = rig.pendingOf(order.rootClOrdId);
    const cum = order.cumQuantity;
    const base = { 37: `V-${order.rootClOrdId}`, 14: cum };
    if (choice % 11 === 5) return rig.report({ ...base, 11: order.clOrdId, 150: '4', 39: '4', 151: '0' });
    if (order.state === 'PendingCancel' && pending !== undefined && choice % 3 !== 0) {
      return rig.report({ ...base, 11: pending, 41: order.clOrdId, 150: '4', 39: '4', 151: '0' });
    }
    if (order.state === 'PendingReplace' && pending !== undefined && choice % 3 !== 0) {
      return rig.report({ ...base, 11: pending, 41: order.clOrdId, 150: '5', 39: cum === '0' ? '0' : '1' });
    }
    return choice % 4 === 0 && order.state === 'Sent'
      ? rig.report({ ...base, 11: order.clOrdId, 150: '8', 39: '8', 151: '0', 58: 'no' })
      : rig.fill(order.rootClOrdId, 1);
  }

  #newId(): string {
    this.#ids.push(`c${this.#ids.length + 1}`);
    return this.#ids.at(-1) as string;
  }

  #newChange(choice: number): [clOrdId: string, origClOrdId: string] {
    const clOrdId = this.#newId();
    const origClOrdId = this.#ids[choice % this.#ids.length] ?? 'none';
    this.#changes.set(clOrdId, origClOrdId);
    return [clOrdId, origClOrdId];
  }
}

function checkOrder(order: OrderView, reports: readonly FixMessage[]): void {
  const own = reports.filter((report) => report.getString(37) === order.rootClOrdId && report.getString(150) !== 'I');
  const last = own.at(-1);
  const traded = own.filter((report) => report.getString(150) === 'F').length;
  assert.equal(String(traded), order.cumQuantity, `order ${order.rootClOrdId}: trades told`);
  if (last === undefined) {
    assert.ok(!CLOSED.has(order.state), `order ${order.rootClOrdId} is ${order.state}`);
    return;
  }
  assert.equal(last.getString(14), order.cumQuantity);
  assert.equal(last.getString(38), order.quantity);
  assert.equal(['2', '4', '8', 'C'].includes(last.getString(39) ?? ''), CLOSED.has(order.state));
}

/**
 * Refused, canceled or replaced: an end of a cancel or replace request. A report that answers names the order by OrigClOrdID
 * (41), too. Without it, ExecType 4 is an end that nobody asked for, under the ClOrdID that the last replace gave the order.
 */
function isAnswer(message: FixMessage): boolean {
  return message.msgType === '9' || (message.has(41) && ['4', '5'].includes(message.getString(150) ?? ''));
}

/** Ends that name the last replace and answer nobody: of an order that grew too old at the gate; by the venue's own cancel. */
const REPLACED_THEN_ENDED: [[number, number][]][] = [
  [
    [
      [0, 0],
      [8, 139],
      [10, 0],
      [0, 489],
      [4, 693],
      [0, 0],
      [0, 0],
      [3, 866],
    ],
  ],
  [
    [
      [0, 0],
      [3, 0],
      [4, 55],
      [4, 214],
    ],
  ],
];

it('whatever dies when, a client ends up knowing of its orders what the ledger knows, each execution heard once', () => {
  const step = fc.tuple(fc.nat(11), fc.nat(1000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const story = new ClientStory();
      for (const [kind, choice] of steps) story.step(kind, choice);
      story.settle();
      story.check();
    }),
    { numRuns: 300, examples: REPLACED_THEN_ENDED },
  );
});
