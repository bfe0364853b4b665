/** A register: what is read is what was written last. */
import type { Model } from './model.ts';

export type RegisterInput = { readonly type: 'write'; readonly value: string } | { readonly type: 'read' };
/** The value that a read saw; '' for a write that was acknowledged. */
export type RegisterOutput = string;

export const REGISTER: Model<RegisterInput, RegisterOutput> = {
  start: '',
  step: (state, input, output) => {
    if (input.type === 'write') return input.value;
    return output === undefined || output === state ? state : undefined;
  },
  describe: (input, output) => {
    if (input.type === 'write') return `write ${input.value}${output === undefined ? ' (no answer)' : ''}`;
    return `read → ${output === undefined ? '(no answer)' : output || "''"}`;
  },
};
