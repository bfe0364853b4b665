import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { pageFile } from './page-file.ts';
import { pagePolicy } from './page-policy.ts';

const FOLDER = new URL('./page/', import.meta.url);

test('every file of the page has a name, tests and declarations have none', () => {
  const names = readdirSync(FOLDER).filter((name) => pageFile(name) !== undefined);
  assert.deepEqual(
    names.toSorted(),
    readdirSync(FOLDER)
      .filter((name) => !name.endsWith('.ts'))
      .toSorted(),
  );
  assert.equal(pageFile('')?.url.href, new URL('console.html', FOLDER).href);
});

test('no name leads out of the folder', () => {
  const parts = fc.constantFrom('..', '.', '/', '\\', '%2e', '%2f', 'main', '.js', 'package', '.json', '\0', 'a', '-');
  const names = fc.array(parts, { maxLength: 8 }).map((list) => list.join(''));
  fc.assert(
    fc.property(fc.oneof(names, fc.string()), (name) => {
      const { url } = pageFile(name) ?? {};
      if (url !== undefined) assert.match(url.href.slice(FOLDER.href.length), /^[a-z-]+\.(html|css|js|svg)$/);
    }),
  );
});

test('everything that the page loads is one of its files, without a script, style or handler inline', () => {
  const html = readFileSync(new URL('console.html', FOLDER), 'utf8');
  const loaded = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path = '']) => path);
  assert.ok(loaded.length >= 3);
  for (const path of loaded) {
    assert.match(path, /^\/console\//);
    const file = pageFile(path.slice('/console/'.length));
    assert.ok(file !== undefined && existsSync(file.url), path);
  }
  assert.doesNotMatch(html, /\son[a-z]+=|\sstyle=|<style|javascript:|<script(?![^>]*\ssrc=)/);
  for (const name of readdirSync(FOLDER).filter((each) => each.endsWith('.js'))) {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    const made =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|parseFloat|localStorage|sessionStorage|document\.cookie/;
    assert.doesNotMatch(text, made, name);
    for (const [, from = ''] of text.matchAll(/from '([^']+)'/g)) {
      assert.ok(
        pageFile(from.replace('./', '')) !== undefined && existsSync(new URL(from, FOLDER)),
        `${name}: ${from}`,
      );
    }
  }
});

test('the page may talk to its own node and to the nodes of the cluster, whatever an address says', () => {
  const policy = pagePolicy(['127.0.0.1:9091', 'evil; script-src *', 'x y:1', '[::1]:9', 'h:99999999'], false);
  const directives = (policy['content-security-policy'] ?? '').split('; ');
  assert.equal(
    directives.find((each) => each.startsWith('connect-src')),
    "connect-src 'self' http://127.0.0.1:9091 ws://127.0.0.1:9091 http://[::1]:9 ws://[::1]:9",
  );
  assert.equal(directives.filter((each) => each.startsWith('script-src')).length, 1);
  const secure = pagePolicy(['n1:9091'], true)['content-security-policy'] ?? '';
  assert.ok(secure.includes("connect-src 'self' https://n1:9091 wss://n1:9091"));
});
