/**
 * Judges a whole history, object by object: linearizability is local (Herlihy and Wing 1990), so the history of everything
 * is linearizable when that of each object is, and small histories are judged quickly (P-compositionality).
 */
import type { Model } from './model.ts';
import type { Operation } from './operation.ts';
import { type Judgement, judgeObject } from './wing-gong.ts';

/** Operations shown with a fault. */
const SHOWN = 12;

/** What is wrong with a history, a text an object; empty if nothing is. What could not be decided counts as wrong. */
export function linearizabilityFaults<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  model: Model<Input, Output>,
): string[] {
  const objects = new Map<string, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const known = objects.get(operation.object);
    if (known === undefined) objects.set(operation.object, [operation]);
    else known.push(operation);
  }
  const faults: string[] = [];
  for (const [object, own] of objects) {
    const judgement = judgeObject(own, model);
    if (judgement.verdict !== 'linearizable') faults.push(fault(object, own, judgement, model));
  }
  return faults;
}

function fault<Input, Output>(
  object: string,
  own: readonly Operation<Input, Output>[],
  { verdict, longest }: Judgement<Input, Output>,
  model: Model<Input, Output>,
): string {
  const ordered = new Set(longest);
  const left = own.filter((operation) => !ordered.has(operation));
  const line = ({ client, input, output, callUs, returnUs }: Operation<Input, Output>): string =>
    `[${callUs}, ${returnUs}] ${client}: ${model.describe(input, output)}`;
  const shown = [...longest.slice(-SHOWN).map(line), '-- cannot follow:', ...left.slice(0, SHOWN).map(line)];
  return `${object} is ${verdict}: ${longest.length} of ${own.length} operations have an order\n  ${shown.join('\n  ')}`;
}
