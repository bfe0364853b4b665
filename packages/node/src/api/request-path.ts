/**
 * The path and query of a request, taken apart once. Rules decided here: one spelling of every path, so that no check can
 * be walked around: nothing that a browser or a proxy would shorten (`..`, `//`, `\`), no slash or control character
 * hidden in a code, no more than fits.
 */

const URL_LENGTH_MAX = 2048;
const SEGMENT_LENGTH_MAX = 256;

export type PathFound =
  | {
      readonly ok: true;
      readonly pathname: string;
      readonly segments: readonly string[];
      readonly query: URLSearchParams;
      readonly search: string;
    }
  | { readonly ok: false; readonly text: string };

export function requestPath(target: string): PathFound {
  if (target.length > URL_LENGTH_MAX) return { ok: false, text: `the URL is over ${URL_LENGTH_MAX} characters` };
  if (!/^\/[\x21-\x7e]*$/.test(target)) return { ok: false, text: 'the URL is no plain path' };
  const cut = target.search(/[?#]/);
  const pathname = cut < 0 ? target : target.slice(0, cut);
  const search = cut < 0 ? '' : target.slice(cut);
  if (pathname.includes('\\')) return { ok: false, text: 'the path holds a backslash' };
  const segments: string[] = [];
  for (const raw of pathname.split('/').slice(1)) {
    const segment = decoded(raw);
    if (segment === undefined) return { ok: false, text: `the path holds ${JSON.stringify(raw.slice(0, 40))}` };
    segments.push(segment);
  }
  const isRoot = segments.length === 1 && segments[0] === '';
  // One slash at the end is what people type.
  const isFolder = segments.length > 1 && segments.at(-1) === '';
  const named = isRoot || isFolder ? segments.slice(0, -1) : segments;
  if (named.some((segment) => segment === '')) return { ok: false, text: 'the path holds an empty part' };
  return { ok: true, pathname, segments: isFolder ? segments : named, query: new URLSearchParams(search), search };
}

/** Undefined for what is not a name: wrongly coded, too long, a step upwards, or with a hidden slash. */
function decoded(raw: string): string | undefined {
  if (raw.length > SEGMENT_LENGTH_MAX) return undefined;
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  const isStep = text === '.' || text === '..';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return isStep || /[/\\\x00-\x1f\x7f]/.test(text) ? undefined : text;
}
