/** How the watchdog sees one node: `GET /status` and `GET /health`, at once and bounded in time. */
import { type ApiAccess, OPEN_ACCESS } from './api-access.ts';
import { answerFailure } from './api-failure.ts';
import { askApi } from './api-request.ts';
import { CliError } from './errors.ts';
import { NodeClient } from './node-client.ts';
import type { Seen } from './watchdog-judge.ts';

interface HealthBody {
  readonly checks?: readonly { readonly check: string; readonly counts: boolean; readonly problem: string }[];
}

export async function seeNode(address: string, timeoutMs: number, access: ApiAccess = OPEN_ACCESS): Promise<Seen> {
  try {
    const [status, health] = await Promise.all([
      new NodeClient(address, timeoutMs, access).status(),
      healthOf(address, timeoutMs, access),
    ]);
    const { appliedIndex, commitIndex, gate, leader, node, role, term } = status;
    const gateOpen = gate.length > 0 && gate.every(({ open }) => open);
    return { address, status: { node, role, term, leader, commitIndex, appliedIndex, gateOpen, ...health } };
  } catch (error) {
    const isThere =
      error instanceof CliError && (error.code === 'BATON_CLI_ACCESS' || error.code === 'BATON_CLI_UNTRUSTED');
    return { address, status: null, refusal: isThere ? `${error.message}; ${error.remedy}` : '' };
  }
}

async function healthOf(
  address: string,
  timeoutMs: number,
  access: ApiAccess,
): Promise<{ readonly healthy: boolean; readonly problem: string }> {
  const { status, text, url } = await askApi(access, address, '/health', { method: 'GET', timeoutMs });
  if (status === 200) return { healthy: true, problem: '' };
  if (status !== 503) throw answerFailure(access, `GET ${url}`, status, text);
  return { healthy: false, problem: problemText(text) };
}

function problemText(text: string): string {
  try {
    const { checks = [] } = JSON.parse(text) as HealthBody;
    return checks
      .filter(({ counts }) => counts)
      .map(({ check, problem }) => `${check}: ${problem}`)
      .join('; ');
  } catch {
    return '';
  }
}
