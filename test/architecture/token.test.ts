import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokensOf } from './token.ts';

const texts = (source: string) => tokensOf(source).map((token) => token.text);

test('comments, regular expressions and the text of templates are not code', () => {
  assert.deepEqual(texts('a // Date\n/* Date\n */ b'), ['a', 'b']);
  assert.deepEqual(texts('x = /Date[/]`/.test(y)'), ['x', '=', '', '.', 'test', '(', 'y', ')']);
  assert.deepEqual(
    tokensOf('`Date`').map((token) => token.kind),
    ['string'],
  );
});

test('code inside a template is code', () => {
  assert.deepEqual(texts('`a @{Date.now()} b @{f({ x: `@{y}` })} c` + z'.replaceAll('@', '$')), [
    ...['Date', '.', 'now', '(', ')'],
    ...['f', '(', '{', 'x', ':', 'y', '', '}', ')'],
    ...[' c', '+', 'z'],
  ]);
});

test('a slash after a value divides', () => {
  assert.deepEqual(texts('a / b / c'), ['a', '/', 'b', '/', 'c']);
  assert.deepEqual(texts('(a) / 2'), ['(', 'a', ')', '/', '2']);
  assert.deepEqual(texts('return /x/'), ['return', '']);
});

test('a token knows its line, after comments and templates of several lines too', () => {
  const lines = tokensOf('a\n/*\n*/ b `\n\n` c\n"d"').map((token) => `${token.text.trim()}:${token.line}`);
  assert.deepEqual(lines, ['a:1', 'b:3', ':3', 'c:5', 'd:6']);
});

test('a quote inside a string does not end it', () => {
  assert.deepEqual(texts(`'it\\'s' "a'b"`), ["it\\'s", "a'b"]);
});
