/**
 * One JSON request over HTTP, with a time limit. Nodes and the venue answer errors as `{code, text, remedy}`; they become
 * `CliError` here, so that a caller sees the same shape whether a server refused, was gone, or answered nonsense.
 */
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  /** Time limit for the whole exchange. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * Asks `http://{address}{path}`; follows the 307 by which a follower names the leader.
 * @throws CliError BATON_CLI_UNREACHABLE when nobody answers in time, BATON_CLI_API when the answer is an error.
 */
export async function requestJson<T>(address: string, path: string, request: JsonRequest = {}): Promise<T> {
  const url = `http://${address}${path}`;
  const method = request.method ?? 'GET';
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      ...(request.body === undefined
        ? {}
        : { body: JSON.stringify(request.body), headers: { 'content-type': 'application/json' } }),
    });
    text = await response.text();
  } catch (error) {
    throw new CliError('BATON_CLI_UNREACHABLE', `${method} ${url}: no answer (${reasonOf(error)})`, {
      exitCode: ExitCode.unreachable,
      remedy: 'look whether the process runs: baton status',
      cause: error,
    });
  }
  const value = parseJson(text);
  if (!response.ok) throw apiError(`${method} ${url}`, response.status, value, text);
  return value as T;
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function apiError(what: string, status: number, value: unknown, text: string): CliError {
  const problem = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const detail = typeof problem['text'] === 'string' ? problem['text'] : text.slice(0, 100);
  const exitCode = status === 504 ? ExitCode.outcomeUnknown : status === 503 ? ExitCode.unreachable : ExitCode.failed;
  return new CliError('BATON_CLI_API', `${what}: ${status} ${detail}`, {
    exitCode,
    remedy: typeof problem['remedy'] === 'string' ? problem['remedy'] : '',
  });
}

/** The innermost reason of a failed fetch: `ECONNREFUSED`, `TimeoutError`, … */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as { readonly code?: unknown; readonly message?: unknown } | undefined;
  return String(cause?.code ?? cause?.message ?? error.name);
}
