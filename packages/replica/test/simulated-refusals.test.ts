// Every reason of the closed list for which a proposal has no result, through the public face; and the law that all of
// them share but one: what was refused is applied on no node, then or later.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProposeResult } from '../src/proposal.ts';
import { checkLaws, elect, SimulatedClient } from '../src/testing/simulated-client.ts';
import { SimulatedCluster, type SimulatedNode } from '../src/testing/simulated-cluster.ts';

/** Proposals by name, and what became of each. */
class Proposer {
  readonly outcomes = new Map<string, ProposeResult>();

  propose(node: SimulatedNode, command: string): void {
    node.replica!.proposeNow(Buffer.from(command), (outcome) => this.outcomes.set(command, outcome));
    assert.ok(!this.outcomes.has(command), 'an outcome is never told within the call');
  }

  /** `ok`, or the reason of the refusal and who leads. */
  told(command: string): string {
    const outcome = this.outcomes.get(command);
    if (outcome === undefined) return 'nothing';
    return outcome.ok ? 'ok' : `${outcome.reason}, ${outcome.leader} leads`;
  }
}

function assertNowhere(cluster: SimulatedCluster, commands: readonly string[]): void {
  for (const { machine } of cluster.nodes.values()) {
    for (const { command } of machine.entries) assert.ok(!commands.includes(command), `${command} was refused`);
  }
}

function another(cluster: SimulatedCluster, not: SimulatedNode): SimulatedNode {
  return [...cluster.nodes.values()].find((node) => node !== not)!;
}

test('what cannot be taken is refused at once: too large, too much in flight, not leader, draining, stopped', async () => {
  const cluster = new SimulatedCluster(41, 3, { inFlightMax: 4, inFlightBytesMax: 100, commandBytesMax: 60 });
  const proposer = new Proposer();
  cluster.startAll();
  const leader = await elect(cluster);
  const follower = another(cluster, leader);
  const [large, bytes] = ['l'.repeat(61), 'b'.repeat(60)];
  proposer.propose(leader, large);
  proposer.propose(leader, 'x'.repeat(60));
  proposer.propose(leader, bytes);
  for (const command of ['second', 'third', 'fourth', 'fifth']) proposer.propose(leader, command);
  proposer.propose(follower, 'elsewhere');
  await cluster.advance(20);
  assert.equal(proposer.told(large), `command-too-large, ${leader.nodeId} leads`);
  assert.equal(proposer.told(bytes), `too-much-in-flight, ${leader.nodeId} leads`, 'by bytes');
  assert.equal(proposer.told('fourth'), 'ok');
  assert.equal(proposer.told('fifth'), `too-much-in-flight, ${leader.nodeId} leads`, 'by number');
  assert.equal(proposer.told('elsewhere'), `not-leader, ${leader.nodeId} leads`);
  proposer.propose(leader, 'later');
  await cluster.advance(20);
  assert.equal(proposer.told('later'), 'ok', 'there is room again');

  const { replica } = leader;
  void replica!.stop();
  proposer.propose(leader, 'while it stops');
  assert.ok(await cluster.advanceUntil(() => cluster.leader() !== null && cluster.leader() !== leader));
  assert.match(proposer.told('while it stops'), /^draining, /);
  proposer.propose(leader, 'afterwards');
  await cluster.advance(20);
  assert.match(proposer.told('afterwards'), /^stopped, /);
  assertNowhere(cluster, [large, bytes, 'fifth', 'elsewhere', 'while it stops', 'afterwards']);
});

test('what a cut-off leader took is overwritten, if it learns so in time, and never takes effect', async () => {
  const cluster = new SimulatedCluster(42, 3, { outcomeWaitMs: 5000 });
  const [client, proposer] = [new SimulatedClient(), new Proposer()];
  cluster.startAll();
  const old = await elect(cluster);
  cluster.network.isolate(old.nodeId);
  proposer.propose(old, 'lost');
  assert.ok(await cluster.advanceUntil(() => cluster.leader() !== null && cluster.leader() !== old));
  const next = cluster.leader()!;
  client.propose(next);
  await cluster.advance(20);
  assert.equal(proposer.told('lost'), 'nothing');
  cluster.network.heal();
  assert.ok(await cluster.advanceUntil(() => proposer.outcomes.has('lost')));
  assert.equal(proposer.told('lost'), `overwritten, ${next.nodeId} leads`);
  await checkLaws(cluster, client);
  assertNowhere(cluster, ['lost']);
});

test('an outcome that cannot be learnt in time is unknown, and that is the only word for it', async () => {
  const cluster = new SimulatedCluster(43, 3, { outcomeWaitMs: 100 });
  const [client, proposer] = [new SimulatedClient(), new Proposer()];
  cluster.startAll();
  const old = await elect(cluster);
  cluster.network.isolate(old.nodeId);
  proposer.propose(old, 'perhaps');
  assert.ok(await cluster.advanceUntil(() => proposer.outcomes.has('perhaps')));
  assert.match(proposer.told('perhaps'), /^leadership-lost, /);
  await checkLaws(cluster, client);
});
