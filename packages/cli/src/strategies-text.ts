/** Strategies and their versions, for people. */
import type { DeploymentView, StrategiesView, StrategyDiff } from '@baton/node';
import Table from 'cli-table3';
import { BORDERLESS } from './status-table.ts';

const HEAD = ['STRATEGY', 'NO', 'PLACE', 'VERSION', 'MODE', 'HERE', 'RESTARTS', 'SLOWEST', 'PARAMETERS'];

export function strategiesLines(view: StrategiesView): string[] {
  const table = new Table({ head: HEAD, chars: BORDERLESS, style: { head: [], border: [], compact: true } });
  const reasons: string[] = [];
  for (const { deployments, paused, strategyId } of view.strategies) {
    for (const each of deployments) table.push(cells(strategyId, each));
    if (paused !== null) reasons.push(`${strategyId} is paused${because(paused)}`);
    for (const { deployment, here } of deployments) {
      if (here !== null && here.reason !== '')
        reasons.push(`${strategyId}.${deployment} ${here.state}: ${here.reason}`);
    }
  }
  if (view.paused !== null) reasons.push(`all strategies are paused${because(view.paused)}`);
  const head = `as node ${view.node} sees it at entry ${view.index}`;
  return [...(view.strategies.length === 0 ? ['no strategies'] : table.toString().split('\n')), ...reasons, head];
}

function cells(strategyId: string, each: DeploymentView): string[] {
  const { deployment, here, mode, parameters, place, version } = each;
  return [
    strategyId,
    String(deployment),
    place,
    version === '' ? 'as configured' : version,
    mode,
    here?.state ?? '-',
    String(here?.restarts ?? 0),
    here === null || here.slowest === '' ? '-' : `${here.slowestMs} ms`,
    JSON.stringify(parameters),
  ];
}

export function diffLines(diff: StrategyDiff): string[] {
  const { active, candidate, different, examples, extra, missing, same, strategyId } = diff;
  return [
    `${strategyId}: deployment ${candidate} beside ${active}, which is active`,
    `same ${same}, missing ${missing}, extra ${extra}, different ${different}`,
    ...examples.map((each) => `  ${each.kind} ${each.key}: ${sideText(each.active)} | ${sideText(each.candidate)}`),
  ];
}

function sideText(text: string): string {
  return text === '' ? 'nothing' : text;
}

function because({ by, reason }: { readonly by: string; readonly reason: string }): string {
  return `${by === '' ? '' : ` by ${by}`}${reason === '' ? '' : `: ${reason}`}`;
}
