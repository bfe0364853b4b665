/**
 * Versions of the log: what this node's build knows, what is in force, and how the next one comes into force: the leader
 * asks every member what it knows, and proposes only what all of them do. One that does not answer counts as one that
 * does not know: after the entry it could not come back.
 */
import { type Command, LOG_VERSION_NEWEST } from '@baton/ledger';
import { askNode } from './ask-node.ts';
import type { Checked } from './body.ts';
import { problem } from './reply.ts';
import type { ApiSubject } from './subject.ts';

export interface VersionView {
  readonly node: string;
  /** In force since an ActivateVersion entry. */
  readonly logVersion: number;
  /** Newest that this build knows. */
  readonly logVersionNewest: number;
}

const ANSWER_TIMEOUT_MS = 2000;

export function versionView({ ledger, plan }: ApiSubject): VersionView {
  return {
    node: plan.self.name,
    logVersion: ledger.operations().logVersion,
    logVersionNewest: LOG_VERSION_NEWEST,
  };
}

/** The command that activates `version` (0: the newest of all), once every member knows it; or why it may not. */
export async function activation(
  core: ApiSubject,
  { reason, version }: { readonly version: number; readonly reason: string },
  authorization: string,
): Promise<Checked<Command>> {
  const others = core.knownNodes().filter(({ id }) => id !== core.plan.self.id);
  const views = await Promise.all(
    others.map(async (node) => {
      const answer = await askNode(node, 'GET', '/version', {
        timeoutMs: ANSWER_TIMEOUT_MS,
        authorization,
        tls: core.plan.apiAccess.tls,
      });
      const newest = (answer?.body as Partial<VersionView> | undefined)?.logVersionNewest;
      return { node: node.name, newest: typeof newest === 'number' ? newest : undefined };
    }),
  );
  const silent = views.filter(({ newest }) => newest === undefined).map(({ node }) => node);
  if (silent.length > 0) {
    const text = `${silent.join(', ')} did not say which versions of the log they know; nothing was done`;
    return refused('NODE_SILENT', text, 'start them, or remove them from the cluster (baton members remove)');
  }
  const known = [{ node: core.plan.self.name, newest: LOG_VERSION_NEWEST }, ...views];
  const common = Math.min(...known.map(({ newest }) => newest ?? 0));
  const wanted = version === 0 ? common : version;
  const old = known.filter(({ newest }) => (newest ?? 0) < wanted);
  if (old.length > 0) {
    const names = old.map(({ newest, node }) => `${node} knows ${newest}`).join(', ');
    return refused(
      'VERSION_UNKNOWN',
      `version ${wanted} of the log: ${names}`,
      'install the newer build on them first',
    );
  }
  return { ok: true, value: { type: 'ActivateVersion', version: wanted, reason } };
}

function refused(code: string, text: string, remedy: string): Checked<Command> {
  return { ok: false, reply: problem(409, code, text, remedy) };
}
