/** An API server over a core that is none, for tests of what is checked before anything is asked of the core. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '@baton/host/node';
import { type Command, Ledger } from '@baton/ledger';
import type { ApiPlan } from '../../configuration/api-plan.ts';
import type { Log } from '../../core/log.ts';
import { FeedServer } from '../../feed/feed-server.ts';
import { FeedSink } from '../../feed/feed-sink.ts';
import { ApiServer } from '../server.ts';
import type { ApiSubject } from '../subject.ts';

export interface SomeApi {
  readonly address: string;
  readonly port: number;
  /** Commands that got through. */
  readonly commands: Command[];
  /** Lines of the log. */
  readonly lines: Record<string, unknown>[];
  readonly feed: FeedSink;
}

export const TOKENS = {
  reader: 'reader-token-0123456789',
  trader: 'trader-token-0123456789',
  operator: 'operator-token-0123456789',
} as const;

export function tokenPlan(): ApiPlan {
  const entry = (name: keyof typeof TOKENS, role: ApiPlan['tokens'][number]['role']) => {
    return { name, role, sha256: createHash('sha256').update(TOKENS[name]).digest('hex') };
  };
  return { hosts: [], tokens: [entry('reader', 'read'), entry('trader', 'trade'), entry('operator', 'operate')] };
}

/** `more`: what of the core is otherwise. */
export async function startSomeApi(t: TestContext, access: ApiPlan, more: Partial<ApiSubject> = {}): Promise<SomeApi> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-api-'));
  const port = await freePort();
  const commands: Command[] = [];
  const lines: Record<string, unknown>[] = [];
  const line = (facts: Record<string, unknown>): void => void lines.push(facts);
  const log = { debug: line, info: line, warn: line, error: line } as unknown as Log;
  const self = { id: 1, name: 'n1', raft: { host: '127.0.0.1', port: 1 }, api: { host: '127.0.0.1', port } };
  const core = {
    plan: { self, venues: [], apiAccess: access, feedSocket: join(folder, 'feed.sock') },
    leadingTerm: 0,
    replica: undefined,
    ledger: new Ledger(),
    knownNodes: () => [self],
    scribe: { status: () => null },
    uptimeMs: () => 0,
    timeline: { list: () => [] },
    processFigures: () => {
      return { rssBytes: 1, heapUsedBytes: 1, loopLateMaxUs: 0, gcPauseMaxUs: 0, gcPauseTotalUs: 0, gcPauses: 0 };
    },
    health: () => ({ healthy: true, checks: [], coolDownMs: 0, peers: [] }),
    proposer: {
      external: (command: Command, answer: (answer: object) => void) => {
        commands.push(command);
        answer({ ok: true, clOrdId: 'X', duplicate: false });
      },
    },
    ...more,
  } as unknown as ApiSubject;
  const feed = new FeedSink({ cluster: 'c', node: 'n1', incarnation: 1, wallUs: () => 0 });
  const feedServer = new FeedServer(core.plan.feedSocket, feed, log);
  const server = new ApiServer(core, self.api, log);
  await feedServer.start();
  await server.start();
  t.after(async () => {
    await server.stop();
    feedServer.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { address: `127.0.0.1:${port}`, port, commands, lines, feed };
}
