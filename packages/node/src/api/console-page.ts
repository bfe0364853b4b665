/**
 * `GET /console`: the page and its files, read when asked for: no memory of the core. Rule decided here: the page may talk
 * to the nodes that this one knows, and only to them. Without a token: what it shows, the page asks for itself.
 */
import { readFile } from 'node:fs/promises';
import { pageFile, pagePolicy } from '@baton/console';
import { problem, type Reply } from './reply.ts';
import type { ApiSubject } from './subject.ts';

/** `name`: of one of the page's files; '' for the page. */
export async function consolePage(core: Pick<ApiSubject, 'knownNodes' | 'plan'>, name: string): Promise<Reply> {
  const file = pageFile(name);
  if (file === undefined) return unknown(name);
  try {
    const body = await readFile(file.url);
    const apis = core.knownNodes().map(({ api }) => `${api.host}:${api.port}`);
    const policy = pagePolicy(apis, core.plan.apiAccess.tls !== undefined);
    return { status: 200, body, headers: { 'content-type': file.contentType, ...policy } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return unknown(name);
    throw error;
  }
}

function unknown(name: string): Reply {
  return problem(404, 'NOT_FOUND', `the console has no file ${JSON.stringify(name)}`, 'open /console');
}
