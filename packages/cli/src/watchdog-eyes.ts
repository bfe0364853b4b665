/** How the watchdog sees one node: `GET /status` and `GET /health`, at once and bounded in time. */
import { NodeClient } from './node-client.ts';
import type { Seen } from './watchdog-judge.ts';

interface HealthBody {
  readonly checks?: readonly { readonly check: string; readonly counts: boolean; readonly problem: string }[];
}

export async function seeNode(address: string, timeoutMs: number): Promise<Seen> {
  try {
    const [status, health] = await Promise.all([
      new NodeClient(address, timeoutMs).status(),
      healthOf(address, timeoutMs),
    ]);
    const { appliedIndex, commitIndex, gate, leader, node, role, term } = status;
    const gateOpen = gate.length > 0 && gate.every(({ open }) => open);
    return { address, status: { node, role, term, leader, commitIndex, appliedIndex, gateOpen, ...health } };
  } catch {
    return { address, status: null };
  }
}

async function healthOf(
  address: string,
  timeoutMs: number,
): Promise<{ readonly healthy: boolean; readonly problem: string }> {
  const response = await fetch(`http://${address}/health`, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await response.text();
  if (response.ok) return { healthy: true, problem: '' };
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
