/** Which role a request needs: reading, entering orders, or operating the cluster; nothing, for what probes ask. */
import type { ApiRole } from '../configuration/api-schema.ts';

/** A load balancer's and an orchestrator's questions, and what a page needs before it has a token. */
const PUBLIC: ReadonlySet<string> = new Set([
  '/health',
  '/role',
  '/leader',
  '/livez',
  '/readyz',
  '/openapi.json',
  '/console',
  '/console/:',
]);

const TRADING: ReadonlySet<string> = new Set([
  '/orders',
  '/orders/:/cancel',
  '/orders/:/replace',
  '/orders/:/query',
  '/orders/:/claim',
  '/mass-cancel',
]);

/** `path`: of the route, with `:` for a variable part. */
export function roleOfRoute(method: string, path: string): ApiRole | 'nothing' {
  if (method === 'GET') return PUBLIC.has(path) ? 'nothing' : 'read';
  return TRADING.has(path) ? 'trade' : 'operate';
}
