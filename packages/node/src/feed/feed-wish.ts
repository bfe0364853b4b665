/** What a reader of the feed asks for in its URL; every problem names the parameter, its value and what is expected. */
import type { FeedWish } from './feed-client.ts';
import { UPDATE_TYPES, type UpdateType } from './feed-update.ts';

export type WishFound =
  | { readonly ok: true; readonly wish: FeedWish }
  | { readonly ok: false; readonly text: string; readonly remedy: string };

export function feedWish(query: URLSearchParams): WishFound {
  for (const name of query.keys()) {
    if (!['after', 'incarnation', 'types'].includes(name)) {
      return { ok: false, text: `unknown parameter ${JSON.stringify(name)}`, remedy: 'use after, incarnation, types' };
    }
  }
  for (const name of ['after', 'incarnation']) {
    const text = query.get(name);
    if (text === null || /^[0-9]{1,15}$/.test(text)) continue;
    return {
      ok: false,
      text: `${name} is ${JSON.stringify(text)}; expected a whole number`,
      remedy: `correct ${name}`,
    };
  }
  const types = query.get('types')?.split(',') ?? null;
  const unknown = types?.find((type) => type !== 'node' && !UPDATE_TYPES.has(type));
  if (unknown !== undefined) {
    const known = [...UPDATE_TYPES, 'node'].join(', ');
    return {
      ok: false,
      text: `types has ${JSON.stringify(unknown)}; expected some of ${known}`,
      remedy: 'correct types',
    };
  }
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined);
  return {
    ok: true,
    wish: {
      after: number('after'),
      incarnation: number('incarnation'),
      types: types === null ? null : new Set(types as (UpdateType | 'node')[]),
    },
  };
}
