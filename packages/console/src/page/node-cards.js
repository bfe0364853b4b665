/**
 * The nodes of the cluster, a card each: role, term, heads of the log, lag, gate of each venue, what is wrong. Rule decided
 * here: what a card says of a node is the node's own word, and when that is missing the card says so and since when; what
 * others say of it (link, problems, lag) is marked as theirs.
 */
import { element, setAttributes, setText } from './element.js';
import { standing } from './model.js';
import { lengthText } from './time-text.js';

/** @typedef {import('./model.js').NodeView} NodeView */
/** @typedef {{ readonly word: string, readonly tone: string, readonly sign: string }} Role */

/** @type {Readonly<Record<string, Role>>} */
const ROLES = {
  leader: { word: 'leader', tone: 'good', sign: '★' },
  follower: { word: 'follower', tone: '', sign: '●' },
  candidate: { word: 'candidate', tone: 'warn', sign: '▲' },
  'pre-candidate': { word: 'asks for votes', tone: 'warn', sign: '▲' },
  starting: { word: 'starting', tone: 'warn', sign: '▲' },
  silent: { word: 'silent', tone: 'bad', sign: '✕' },
  'not reached': { word: 'not reached', tone: 'bad', sign: '✕' },
};

const FACTS = ['term', 'committed', 'log head', 'lag', 'gate', 'link', 'health'];

/**
 * @typedef {object} NodesShown
 * @property {readonly NodeView[]} nodes
 * @property {string} leader name; '' for none
 * @property {string} home name of the node that the page reads from
 * @property {ReadonlyMap<string, boolean>} links as the home sees them
 * @property {ReadonlyMap<string, readonly string[]>} problems of each node, as far as the home knows; without one: unknown
 * @property {number} nowMs
 */

/** @param {HTMLElement} list @param {NodesShown} shown */
export function showNodes(list, shown) {
  /** @type {Map<string, Element>} */
  const cards = new Map();
  for (const card of list.children) cards.set(card.getAttribute('data-key') ?? '', card);
  shown.nodes.forEach((node, at) => {
    const card = cards.get(node.name) ?? newCard(node.name);
    cards.delete(node.name);
    fill(card, node, shown);
    if (list.children[at] !== card) list.insertBefore(card, list.children[at] ?? null);
  });
  for (const card of cards.values()) card.remove();
}

/** @param {string} name */
function newCard(name) {
  const facts = element('dl');
  for (const label of FACTS) {
    facts.append(element('div', {}, element('dt', {}, label), element('dd', { 'data-fact': label })));
  }
  const role = element('p', { class: 'role' }, element('span', { 'aria-hidden': 'true' }), element('strong'));
  return element('li', { 'data-key': name, class: 'card' }, element('h3', {}, name), role, facts);
}

/** @param {Element} card @param {NodeView} node @param {NodesShown} shown */
function fill(card, node, shown) {
  const { word, isHeard } = standing(node, shown.nowMs);
  const known = ROLES[word] ?? { word, tone: 'warn', sign: '▲' };
  // This browser not reaching a node is one thing, the cluster not reaching it another.
  const role = !isHeard && shown.links.get(node.name) === true ? { ...known, tone: 'warn', sign: '▲' } : known;
  setAttributes(card, { class: `card ${role.tone}`.trim(), 'data-role': word });
  const [sign, strong] = card.querySelectorAll('.role > *');
  if (sign !== undefined) setText(sign, role.sign);
  const since = isHeard || node.heardMs === 0 ? '' : ` for ${lengthText(shown.nowMs - node.heardMs)}`;
  const learner = node.membership === 'learner' ? ', learner' : '';
  const leads = !isHeard && node.name === shown.leader ? `; leads, ${shown.home} says` : '';
  if (strong !== undefined) setText(strong, `${role.word}${learner}${since}${leads}`);
  for (const [label, { text, tone }] of Object.entries(factsOf(node, isHeard, shown))) {
    const place = card.querySelector(`[data-fact="${label}"]`);
    if (place === null) continue;
    setText(place, text);
    setAttributes(place, { class: tone });
  }
}

/** @param {string} text */
const fact = (text, tone = '') => ({ text, tone });

/** @param {NodeView} node @param {boolean} isHeard @param {NodesShown} shown */
function factsOf(node, isHeard, shown) {
  const { facts } = node;
  const old = isHeard ? '' : ' (old)';
  return {
    term: fact(facts === null ? '-' : `${facts.term}${old}`),
    committed: fact(facts === null ? '-' : `${facts.commitIndex}${old}`),
    'log head': fact(facts === null ? '-' : `${facts.lastIndex}${old}`),
    lag: lagOf(node, shown),
    gate: gateOf(node, isHeard),
    link: linkOf(node, shown),
    health: healthOf(node, shown),
  };
}

/** @param {NodeView} node @param {NodesShown} shown */
function lagOf({ lagEntries, name }, { leader }) {
  if (name === leader) return fact('leads');
  if (leader === '' || lagEntries < 0) return fact('unknown');
  return fact(`${lagEntries} ${lagEntries === 1 ? 'entry' : 'entries'}`, lagEntries > 1000 ? 'warn' : '');
}

/** @param {NodeView} node @param {boolean} isHeard */
function gateOf({ facts }, isHeard) {
  if (!isHeard || facts === null || facts.gate.length === 0) return fact('-');
  const shut = facts.role === 'leader';
  const words = facts.gate.map(({ open, phase, venue }) => {
    // Before its own barrier a new leader has its predecessor's last phase.
    const where = shut && phase !== 'GateOpen' ? ` (${phase})` : '';
    return `${venue} ${open ? 'open' : `shut${where}`}`;
  });
  const isOpen = facts.gate.every(({ open }) => open);
  return fact(words.join(', '), isOpen ? 'good' : shut ? 'bad' : '');
}

/** @param {NodeView} node @param {NodesShown} shown */
function linkOf({ name }, { home, links }) {
  if (name === home) return fact('this page');
  const isUp = links.get(name);
  if (isUp === undefined) return fact('unknown');
  return isUp ? fact(`up from ${home}`) : fact(`down from ${home}`, 'bad');
}

/** @param {NodeView} node @param {NodesShown} shown */
function healthOf({ name }, { problems }) {
  const found = problems.get(name);
  if (found === undefined) return fact('unknown');
  return found.length === 0 ? fact('fit') : fact(found.join('; '), 'bad');
}
