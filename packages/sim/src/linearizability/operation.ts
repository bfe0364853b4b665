/**
 * What clients did and were told, with the interval in which it happened. An operation without an answer may have taken
 * effect at any moment after its call, or never: nobody can tell, so both are allowed.
 */
export interface Operation<Input, Output> {
  /** Which object it is about; operations on different objects are judged apart (linearizability is local). */
  readonly object: string;
  readonly client: string;
  readonly input: Input;
  /** Undefined while there is no answer. */
  output: Output | undefined;
  readonly callUs: number;
  /** Infinity while there is no answer. */
  returnUs: number;
}

/** The operations of one run, in the order of their calls. */
export class OperationHistory<Input, Output> {
  readonly operations: Operation<Input, Output>[] = [];

  call(object: string, client: string, input: Input, nowUs: number): Operation<Input, Output> {
    const made = { object, client, input, output: undefined, callUs: nowUs, returnUs: Number.POSITIVE_INFINITY };
    this.operations.push(made);
    return made;
  }

  /** The answer has come. */
  settle(operation: Operation<Input, Output>, output: Output, nowUs: number): void {
    operation.output = output;
    operation.returnUs = nowUs;
  }

  /** It certainly had no effect: as if it was never called. */
  forget(operation: Operation<Input, Output>): void {
    const at = this.operations.indexOf(operation);
    if (at >= 0) this.operations.splice(at, 1);
  }
}
