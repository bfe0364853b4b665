/**
 * Changing who belongs to a cluster, over the nodes' APIs. Rules decided here: any node that answers will do, the leader
 * is found by redirects; what a lost leader leaves in doubt is asked again, because repeating is harmless; an addition is
 * done when the node has a vote, not before.
 */

import type { MemberView } from '@baton/node';
import type { ClusterView } from './cluster-view.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';
import type { NewMember, NodeClient } from './node-client.ts';
import { pause } from './pause.ts';

export interface ChangeOptions {
  /** Give up after this time. */
  readonly timeoutMs: number;
  /** What happens meanwhile, for people. */
  readonly say: (text: string) => void;
}

const POLL_MS = 200;
/** Who can be reached is judged by the last answers: a pause of a voter looks like a quorum that is missing. */
const NO_QUORUM_MS = 10_000;

export class MembershipClient {
  readonly #view: ClusterView;

  constructor(view: ClusterView) {
    this.#view = view;
  }

  /** The members as the leader knows them, or another node when none leads. */
  async list(): Promise<readonly MemberView[]> {
    return this.#ask((client) => client.members(), await this.#likelyFirst());
  }

  /** The leader first; last of all those that hear of none, who may be removed and not know it. */
  async #likelyFirst(): Promise<readonly NodeClient[]> {
    const reports = await this.#view.status();
    const term = (at: number): number => reports[at]?.status?.term ?? -1;
    const standing = (at: number): number =>
      reports[at]?.status?.role === 'leader' ? 2 : (reports[at]?.status?.leader ?? null) === null ? 0 : 1;
    const order = reports.map((_, at) => at).sort((a, b) => standing(b) - standing(a) || term(b) - term(a));
    return order.map((at) => this.#view.nodes[at]!.client);
  }

  /** Adds a node and waits until it has a vote. */
  async add(member: NewMember, options: ChangeOptions): Promise<void> {
    const deadlineMs = Date.now() + options.timeoutMs;
    const { changed } = await this.#change((client) => client.addMember(member), deadlineMs);
    options.say(
      changed ? `${member.name} is a learner: it gets the log, and has no vote yet` : `${member.name} is a member`,
    );
    for (;;) {
      const found = (await this.list()).find(({ id }) => id === member.id);
      if (found?.role === 'voter') return options.say(`${member.name} has caught up and is a voter`);
      if (Date.now() >= deadlineMs) throw timeout(`${member.name} is no voter yet: ${progressOf(found)}`);
      await pause(POLL_MS);
    }
  }

  /** Removes a node; false when it was no member. */
  async remove(name: string, options: ChangeOptions): Promise<boolean> {
    const { changed } = await this.#change((client) => client.removeMember(name), Date.now() + options.timeoutMs);
    options.say(changed ? `${name} is removed: stop its process and keep or erase its folder` : `${name} is no member`);
    return changed;
  }

  /** Asks again while nobody leads or the answer was lost with a leader. */
  async #change<T>(ask: (client: NodeClient) => Promise<T>, deadlineMs: number): Promise<T> {
    const doubtEndsMs = Math.min(deadlineMs, Date.now() + NO_QUORUM_MS);
    for (;;) {
      try {
        return await this.#ask(ask, await this.#likelyFirst());
      } catch (error) {
        const isOpen =
          error instanceof CliError &&
          (error.exitCode === ExitCode.outcomeUnknown || error.exitCode === ExitCode.unreachable);
        const isDoubt = error instanceof CliError && error.apiCode === 'NO_QUORUM' && Date.now() < doubtEndsMs;
        if (!isDoubt && (!isOpen || Date.now() >= deadlineMs)) throw error;
        await pause(POLL_MS);
      }
    }
  }

  /** The first answer; a node that is down passes the question on to the next. */
  async #ask<T>(ask: (client: NodeClient) => Promise<T>, clients: readonly NodeClient[]): Promise<T> {
    let last: unknown;
    for (const client of clients) {
      try {
        return await ask(client);
      } catch (error) {
        const isNoAnswer =
          error instanceof CliError && (error.code === 'BATON_CLI_UNREACHABLE' || error.code === 'BATON_CLI_UNTRUSTED');
        if (!isNoAnswer) throw error;
        last = error;
      }
    }
    throw last;
  }
}

function progressOf(member: MemberView | undefined): string {
  if (member === undefined) return 'it is no member';
  const link = member.linkUp ? 'linked' : `no link to ${member.raft}`;
  return `${link}, ${member.lagEntries} entries behind`;
}

function timeout(text: string): CliError {
  return new CliError('BATON_CLI_TIMEOUT', text, {
    exitCode: ExitCode.outcomeUnknown,
    remedy:
      'it becomes one by itself once it is reached and has caught up: baton members list; or give up: baton members remove',
  });
}
