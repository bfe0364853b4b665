/**
 * The operator of the cluster: replaces nodes, adds and removes voters, restarts all one after the other and brings a new
 * version of the log into force, one change at a time, as `baton members` and `baton version` do it: every step is repeated
 * at whoever leads until the cluster says that it is done.
 */
import type { NodeFace } from '../world/node-face.ts';
import type { SimulatedNode } from '../world/simulated-node.ts';
import type { World } from '../world/world.ts';

const LOOK_MS = 100;
const DOWN_MS = 200;
/** Of a node that is restarted on purpose: the others wait for it so long, then go on. */
const READY_LOOKS = 50;
const VERSION = 2;

type Replica = NonNullable<NonNullable<NodeFace['core']>['replica']>;
type Job = Generator<void, void, void>;

export class Operator {
  readonly #world: World;
  readonly #jobs: { readonly what: string; readonly job: Job }[] = [];
  #isLooking = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** A change has not come to its end. */
  get isBusy(): boolean {
    return this.#jobs.length > 0;
  }

  /** What has not come to its end, in words; '' if all has. */
  get doing(): string {
    return this.#jobs.map(({ what }) => what).join(', ');
  }

  /** Another node takes the place of this one. */
  replace(node: NodeFace): void {
    this.#do(`${node.name} is replaced`, this.#replacing(node));
  }

  /** One node more. */
  add(): void {
    this.#do('a voter is added', this.#taking(this.#spare()));
  }

  /** One node less. */
  remove(node: NodeFace): void {
    this.#do(`${node.name} is removed`, this.#expelling(node));
  }

  /** Every node is restarted, one at a time, as with a new build; then the newest version of the log is in force. */
  roll(): void {
    this.#do('all are restarted', this.#rolling());
  }

  #do(what: string, job: Job): void {
    this.#jobs.push({ what, job });
    if (!this.#isLooking) this.#look();
  }

  #look(): void {
    const [first] = this.#jobs;
    this.#isLooking = first !== undefined;
    if (first === undefined) return;
    if (first.job.next().done === true) this.#jobs.shift();
    this.#world.clock.setTimer(LOOK_MS, () => this.#look());
  }

  *#replacing(old: NodeFace): Job {
    yield* this.#taking(this.#spare());
    yield* this.#expelling(old);
  }

  #spare(): SimulatedNode {
    const node = this.#world.addSpare();
    node.start();
    return node;
  }

  *#taking(node: SimulatedNode): Job {
    const { name, nodeId, plan } = node;
    const { api, raft } = plan.self;
    const info = JSON.stringify([name, api.host, api.port]);
    for (;;) {
      const role = this.#leader()
        ?.core?.replica?.members()
        .find((member) => member.nodeId === nodeId)?.role;
      if (role === 'voter') return;
      if (role === undefined) this.#ask((replica) => replica.addNode(nodeId, raft, info));
      yield;
    }
  }

  *#expelling(node: NodeFace): Job {
    const { nodeId } = node;
    for (;;) {
      const members = this.#leader()?.core?.replica?.members() ?? [];
      if (members.length > 0 && members.every((member) => member.nodeId !== nodeId)) break;
      this.#ask((replica, leader) => (leader === node ? replica.transfer() : replica.removeNode(nodeId)));
      yield;
    }
    this.#world.retire(node);
  }

  *#rolling(): Job {
    for (const node of this.#world.nodes) {
      if (this.#leader() === node) this.#ask((replica) => replica.transfer());
      yield;
      this.#world.kill(node);
      this.#world.clock.setTimer(DOWN_MS, () => !node.isAlive && this.#world.nodes.includes(node) && node.start());
      for (let looks = 0; looks < READY_LOOKS && !node.isReady; looks++) yield;
    }
    while ((this.#leader()?.core?.ledger.operations().logVersion ?? 0) < VERSION) {
      const leader = this.#leader();
      leader?.clock.input(() => {
        leader.core?.proposer.external({ type: 'ActivateVersion', version: VERSION, reason: 'rolled' }, () => {});
      });
      yield;
    }
  }

  #ask(question: (replica: Replica, leader: NodeFace) => Promise<unknown>): void {
    const leader = this.#leader();
    leader?.clock.input(() => {
      const replica = leader.core?.replica;
      if (replica !== undefined) void question(replica, leader);
    });
  }

  /** Of two who believe so, the one of the later term. */
  #leader(): NodeFace | undefined {
    let best: NodeFace | undefined;
    for (const node of this.#world.nodes) {
      const term = node.core?.leadingTerm ?? 0;
      if (term > (best?.core?.leadingTerm ?? 0)) best = node;
    }
    return best;
  }
}
