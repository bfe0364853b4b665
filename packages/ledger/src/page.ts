/**
 * A page of a list that is made when it is asked for: what is not on it costs a step of the iteration and nothing else.
 */

export interface Page {
  /** So many of the first ones are left out. */
  readonly skip?: number;
  readonly limit?: number;
}

export function pageOf<T>(all: Iterable<T>, { limit = Number.POSITIVE_INFINITY, skip = 0 }: Page): T[] {
  const found: T[] = [];
  let at = 0;
  for (const one of all) {
    if (found.length >= limit) break;
    if (at >= skip) found.push(one);
    at += 1;
  }
  return found;
}
