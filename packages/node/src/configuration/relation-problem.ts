/** A problem between keys of a configuration file whose shape is right: by path, because lines are only known to the reader. */
export interface RelationProblem {
  readonly path: Path;
  readonly key: string;
  readonly value: string;
  readonly expected: string;
  readonly remedy: string;
}

export type Path = readonly (string | number)[];

/** `value` undefined: nothing to show. */
export function relationProblem(path: Path, value: unknown, expected: string, remedy: string): RelationProblem {
  return { path, key: keyOfPath(path), value: value === undefined ? '' : shortText(value), expected, remedy };
}

export function keyOfPath(path: Path): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** A value as told in an error: JSON, cut so that a wrong file does not flood the terminal. */
export function shortText(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
