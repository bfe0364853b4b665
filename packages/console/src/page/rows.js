/**
 * Rows of a table that stay the same elements as long as they mean the same thing: a key each, cells changed where they
 * differ, moved where the order differs.
 */
import { element, setAttributes, setText } from './element.js';

/**
 * A cell: its text, or text with more. `tone`: good, warn or bad, always beside words that say so; `kind`: number, text.
 * @typedef {string | number | { readonly text: string | number, readonly tone?: string, readonly kind?: string,
 *   readonly title?: string }} Cell
 */

/**
 * @template Item
 * @param {HTMLElement} body a tbody
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => readonly Cell[]} cellsOf the first is the row's heading
 */
export function showRows(body, items, keyOf, cellsOf) {
  /** @type {Map<string, Element>} */
  const rows = new Map();
  for (const row of body.children) rows.set(row.getAttribute('data-key') ?? '', row);
  /** @type {Set<Element>} */
  const used = new Set();
  let at = 0;
  for (const item of items) {
    const key = keyOf(item);
    const known = rows.get(key);
    const row = known !== undefined && !used.has(known) ? known : element('tr', { 'data-key': key });
    used.add(row);
    showCells(row, cellsOf(item));
    if (body.children[at] !== row) body.insertBefore(row, body.children[at] ?? null);
    at += 1;
  }
  while (body.children.length > at) body.lastElementChild?.remove();
}

/** @param {Element} row @param {readonly Cell[]} cells */
function showCells(row, cells) {
  cells.forEach((cell, at) => {
    const { kind = 'text', text, title = '', tone = '' } = typeof cell === 'object' ? cell : { text: cell };
    const made = row.children[at] ?? row.appendChild(at === 0 ? element('th', { scope: 'row' }) : element('td'));
    setText(made, text);
    setAttributes(made, { class: `${kind} ${tone}`.trim(), title });
  });
  while (row.children.length > cells.length) row.lastElementChild?.remove();
}

/**
 * One row that says why there are no others.
 * @param {HTMLElement} body @param {string} words @param {number} columns
 */
export function showNothing(body, words, columns) {
  const row = body.children.length === 1 ? body.firstElementChild : null;
  if (row?.getAttribute('data-key') === ':nothing' && row.textContent === words) return;
  const cell = element('td', { colspan: String(columns), class: 'nothing' }, words);
  body.replaceChildren(element('tr', { 'data-key': ':nothing' }, cell));
}
