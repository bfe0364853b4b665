/**
 * Makes elements of the page. Rules decided here: every text gets in as a text node, made printable; attributes come from a
 * closed list that can neither load, run nor lead anywhere; existing elements are changed only where they differ, so that a
 * reader's selection and a screen reader's place survive the next second.
 */
import { printable } from './printable.js';

const ATTRIBUTES = new Set([
  'class',
  'id',
  'title',
  'role',
  'type',
  'scope',
  'colspan',
  'tabindex',
  'for',
  'name',
  'value',
  'datetime',
  'autocomplete',
  'spellcheck',
  'maxlength',
  'disabled',
  'required',
]);

/** @typedef {Node | string | number | null | undefined} Child */

/**
 * @param {string} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  for (const child of children) {
    if (child === null || child === undefined) continue;
    made.append(child instanceof Node ? child : printable(child));
  }
  return made;
}

/** @param {Element} of @param {string} name @param {string} value */
function setAttribute(of, name, value) {
  if (!ATTRIBUTES.has(name) && !/^(aria|data)-[a-z-]+$/.test(name)) {
    throw new TypeError(`attribute ${name} of ${of.tagName}: not one that this page sets; see element.js`);
  }
  const text = printable(value, 400);
  if (of.getAttribute(name) !== text) of.setAttribute(name, text);
}

/**
 * @param {Element} of
 * @param {unknown} text
 */
export function setText(of, text) {
  const shown = printable(text, 400);
  if (of.textContent !== shown) of.textContent = shown;
}

/**
 * @param {Element} of
 * @param {Readonly<Record<string, string>>} attributes
 */
export function setAttributes(of, attributes) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(of, name, value);
}

/**
 * The element with this id, of the page as it was served.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
}
