/** A process that is node 2 of a wire and does nothing else, to be killed by a test. Arguments: the ports of all nodes. */
import { NodeClock, NodeRandom } from '@baton/host/node';
import { Wire } from '../wire.ts';

const peers = new Map(process.argv.slice(2).map((port, i) => [i + 1, { host: '127.0.0.1', port: Number(port) }]));
const listen = peers.get(2);
if (listen === undefined) throw new Error('expected the ports of all nodes as arguments');

const wire = new Wire({
  clusterId: 'test',
  nodeId: 2,
  listen,
  peers,
  clock: new NodeClock(),
  random: new NodeRandom(),
  limits: { redialMinMs: 20 },
  handlers: { onMessages: () => {} },
});
await wire.start();
// Ends with the test that started it.
process.stdin.on('end', () => process.exit(0)).resume();
