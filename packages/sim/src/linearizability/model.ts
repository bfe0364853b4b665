/**
 * The sequential specification of one object. States are texts, so that equal states are equal keys of a cache.
 */
export interface Model<Input, Output> {
  readonly start: string;
  /**
   * The state after an operation took effect in `state`; undefined if it cannot have answered `output` there. Without an
   * output (nobody was told) every answer is possible.
   */
  step(state: string, input: Input, output: Output | undefined): string | undefined;
  /** For people: `write 5`, `read → 5`. */
  describe(input: Input, output: Output | undefined): string;
}
