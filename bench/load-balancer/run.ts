/**
 * How long clients behind HAProxy wait for the next leader: from the moment at which its gate opens until its first answer
 * through HAProxy. Real processes on hosts of their own (network namespaces), from the compiled build.
 *   npm run bench:load-balancer -- --kills 20
 */
import { parseArgs } from 'node:util';
import { BalancerLab, labLacks } from '../../test/load-balancer/balancer-lab.ts';
import { FrontClient } from '../../test/load-balancer/front-client.ts';
import { type SwitchOver, switchOver } from '../../test/load-balancer/switch-over.ts';
import { percentilesOf } from '../failover/percentiles.ts';
import { machineFacts } from '../machine.ts';

const GOAL_MS = 50;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    'every-ms': { type: 'string', default: '5' },
    sources: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const everyMs = Number(values['every-ms']);
if (!Number.isInteger(kills) || kills < 1) throw new RangeError(`--kills is ${values.kills}; expected a number from 1`);
if (!(everyMs >= 1)) throw new RangeError(`--every-ms is ${values['every-ms']}; expected milliseconds from 1`);
const lack = labLacks('haproxy');
if (lack !== undefined) {
  console.error(`bench/load-balancer ${lack}: skipped`);
  process.exit(77);
}

const lab = new BalancerLab({ built: !values.sources, rehearse: true, timing: 'colocated' });
const found: SwitchOver[] = [];
try {
  await lab.start();
  const client = new FrontClient(lab.front, everyMs);
  client.start();
  for (let kill = 1; kill <= kills; kill++) {
    const one = await switchOver(lab, client);
    found.push(one);
    const [gate, answer] = [one.killToGateMs, one.gateToAnswerMs].map((ms) => ms.toFixed(1));
    console.log(
      `${kill}/${kills}  ${one.from} → ${one.to}  kill to gate ${gate} ms, gate to first answer ${answer} ms`,
    );
  }
  client.stop();
} catch (error) {
  console.error(lab.tails());
  throw error;
} finally {
  await lab.close();
}

const { commit, cpus, date, model, node } = machineFacts();
console.log(`\n${date}, ${commit}, Node ${node}, ${cpus} × ${model}; an order each ${everyMs} ms through HAProxy`);
for (const [name, samples] of [
  ['kill to open gate', found.map(({ killToGateMs }) => killToGateMs)],
  ['open gate to first answer through HAProxy', found.map(({ gateToAnswerMs }) => gateToAnswerMs)],
  ['kill to first answer through HAProxy', found.map((one) => one.killToGateMs + one.gateToAnswerMs)],
] as const) {
  const { n, p50, p90, p99, max } = percentilesOf(samples);
  console.log(`${name}: p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, max ${max} ms (n ${n})`);
}
const late = found.filter(({ gateToAnswerMs }) => gateToAnswerMs > GOAL_MS).length;
console.log(`goal: at most ${GOAL_MS} ms after the gate opened; missed ${late} of ${found.length}`);
