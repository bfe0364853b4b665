/**
 * `GET /log`: what the last entries made happen, as the change feed told it. Kept by the scribe, which is asked; the whole
 * log, from its files, is `baton log`'s.
 */
import { problem, type Reply } from './reply.ts';

const TIMEOUT_MS = 2000;
/** The scribe's answer is bounded by its page; this is what is taken of anything else. */
const ANSWER_SIZE_BYTES_MAX = 8 * 1024 * 1024;

export function recentLog(socketPath: string, query: URLSearchParams): Promise<Reply> {
  const { request } = process.getBuiltinModule('node:http');
  const none = problem(503, 'NO_SCRIBE', 'the scribe of this node does not answer', 'try again, or ask another node');
  return new Promise((resolve) => {
    const asked = request(
      { socketPath, path: `/log?${query.toString()}`, agent: false, timeout: TIMEOUT_MS },
      (response) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        response.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length;
          if (sizeBytes > ANSWER_SIZE_BYTES_MAX) asked.destroy();
          else chunks.push(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks) }));
        response.on('error', () => resolve(none));
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(none));
    asked.on('close', () => resolve(none));
    asked.end();
  });
}
