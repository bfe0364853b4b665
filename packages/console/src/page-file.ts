/**
 * The page's files, by the names under which a node serves them. Rules decided here: a name leads to a file of the page's
 * own folder or to nothing, whatever it says; what is not meant for a browser (tests) has no name. Same files in the
 * sources and in a build: nothing is made when it is asked for.
 */

export interface PageFile {
  readonly url: URL;
  readonly contentType: string;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const NAME = /^[a-z]+(?:-[a-z]+)*\.(html|css|js|svg)$/;

/** '' is the page itself. Undefined for what no page file can be called; a file of a good name need not exist. */
export function pageFile(name: string): PageFile | undefined {
  const plain = name === '' ? 'console.html' : name;
  const contentType = TYPES[NAME.exec(plain)?.[1] ?? ''];
  return contentType === undefined ? undefined : { url: new URL(`./page/${plain}`, import.meta.url), contentType };
}
