/** The last takeovers on the page: a heading each, and a bar for each step. Widths are set on the element, not in markup. */
import { element, setAttributes, setText } from './element.js';
import { barsOf, downMs } from './takeover-bars.js';
import { lengthText, timeOfDay } from './time-text.js';

/** @typedef {import('./shapes.d.ts').TakeoverReport} TakeoverReport */

const SHOWN_MAX = 4;
/** What a place shows: the bars stay as they are until there is something new. @type {WeakMap<Element, string>} */
const signs = new WeakMap();

/**
 * @param {HTMLElement} place
 * @param {readonly TakeoverReport[]} reports oldest first
 */
export function showTakeovers(place, reports) {
  const shown = reports
    .filter(({ kind }) => kind === 'failover')
    .slice(-SHOWN_MAX)
    .reverse();
  const sign = JSON.stringify(shown);
  if (signs.get(place) === sign) return;
  signs.set(place, sign);
  if (shown.length === 0) {
    place.replaceChildren(element('p', { class: 'nothing' }, 'No takeover in this incarnation yet.'));
    return;
  }
  place.replaceChildren(...shown.map(takeover));
}

/** @param {TakeoverReport} report */
function takeover(report) {
  const { evidence, n, node, orders, startedUs, term } = report;
  const { endMs, groups } = barsOf(report);
  const down = downMs(report);
  const doubt = orders.filter(({ outcome }) => outcome === 'InDoubt').length;
  const took = down === undefined ? 'gate not open yet' : `${lengthText(down)} to the open gate`;
  const doubts = orders.length === 0 ? '' : `; ${orders.length} orders settled or in doubt, ${doubt} still in doubt`;
  const made = element(
    'article',
    { class: 'takeover', 'data-n': String(n) },
    element('h3', {}, `${node} took over in term ${term}: ${took}`),
    element('p', {}, `takeover ${n}, ${timeOfDay(startedUs)} UTC${evidence === '' ? '' : `; ${evidence}`}${doubts}`),
  );
  for (const { bars, title } of groups) {
    if (groups.length > 1) made.append(element('h4', {}, title));
    const list = element('ol', { class: 'bars' });
    for (const bar of bars) list.append(barRow(bar, endMs));
    made.append(list);
  }
  return made;
}

/** @param {{ readonly label: string, readonly fromMs: number, readonly toMs: number }} bar @param {number} endMs */
function barRow({ fromMs, label, toMs }, endMs) {
  const row = element('li');
  const name = element('span', { class: 'bar-label' });
  setText(name, label);
  const track = element('span', { class: 'track', 'aria-hidden': 'true' });
  const bar = element('span', { class: 'bar' });
  const part = (/** @type {number} */ ms) => `${endMs > 0 ? (100 * ms) / endMs : 0}%`;
  bar.style.setProperty('margin-inline-start', part(fromMs));
  bar.style.setProperty('inline-size', part(toMs - fromMs));
  track.append(bar);
  const length = element('span', { class: 'number' }, `+${lengthText(toMs - fromMs)}, at ${lengthText(toMs)}`);
  setAttributes(row, { title: `${label}: +${lengthText(toMs - fromMs)}` });
  row.append(name, track, length);
  return row;
}
