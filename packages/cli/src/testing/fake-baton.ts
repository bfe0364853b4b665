/** A program that stands for `baton` in tests: `venue` and `node`, both fakes. Ends with its parent, as the real one does. */
import { parseArgs } from 'node:util';
import { endWithParent } from '../parent-watch.ts';
import { runFakeNode } from './fake-node.ts';
import { runFakeVenue } from './fake-venue.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { fix: { type: 'string' }, http: { type: 'string' }, config: { type: 'string' }, node: { type: 'string' } },
});

const portOf = (address: unknown): number => Number(String(address).split(':')[1]);

endWithParent();
if (positionals[0] === 'venue') runFakeVenue(portOf(values['fix']), portOf(values['http']));
else if (positionals[0] === 'node') runFakeNode(String(values['config']), String(values['node']));
else process.exitCode = 2;
