/** The colours of the page against WCAG 2.2 (1.4.3 and 1.4.11), in light and in dark; formula of its relative luminance. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const CSS = readFileSync(new URL('./console.css', import.meta.url), 'utf8');

function coloursOf(css: string): Map<string, string> {
  return new Map([...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

const [light = '', dark = ''] = CSS.split('@media (prefers-color-scheme: dark)');

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

for (const [scheme, css] of [
  ['light', light],
  ['dark', dark],
] as const) {
  test(`${scheme}: every ink can be read on every ground it stands on`, () => {
    const colours = coloursOf(css);
    const of = (name: string): string => colours.get(name) ?? assert.fail(`${scheme} has no ${name}`);
    for (const ground of ['ground', 'panel']) {
      for (const ink of ['ink', 'soft', 'good', 'warn', 'bad', 'act', 'danger']) {
        assert.ok(contrast(of(ink), of(ground)) >= 4.5, `${ink} on ${ground}`);
      }
      for (const shape of ['line', 'bar']) assert.ok(contrast(of(shape), of(ground)) >= 3, `${shape} on ${ground}`);
    }
    assert.ok(contrast(of('act-ink'), of('act')) >= 4.5);
    assert.ok(contrast(of('danger-ink'), of('danger')) >= 4.5);
  });
}
