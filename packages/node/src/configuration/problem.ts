/** What is wrong in a configuration file: where, which value, what was expected, what to do. */
export interface ConfigurationProblem {
  readonly file: string;
  /** Position of the key or value in the file, from 1; 0 when unknown. */
  readonly line: number;
  readonly column: number;
  /** Path of keys, such as `nodes[1].raft`. */
  readonly key: string;
  readonly value: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Thrown with all problems of a file at once. */
export class ConfigurationError extends Error {
  readonly code = 'BATON_CONFIGURATION';
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    super(problems.map(textOfProblem).join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

function textOfProblem(problem: ConfigurationProblem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  const found = problem.value === '' ? '' : ` is ${problem.value},`;
  return `${place}: ${problem.key || '(file)'}${found} expected ${problem.expected}; ${problem.remedy}`;
}
