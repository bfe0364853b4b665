/** A promise that is resolved from outside, once; later resolutions change nothing. */
export interface Outcome<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
}

export function outcome<T>(): Outcome<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, resolve };
}
