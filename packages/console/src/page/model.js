/**
 * What the page knows of the cluster: lists as they were read, changed by the updates of the feed. Rules decided here: an
 * update that a list has in it already changes nothing (each list carries its place in the log); everything is bounded;
 * what is not known is said to be unknown, not zero. No clock, no page, no network in here.
 */

/** @typedef {import('./shapes.d.ts').NodeFacts} NodeFacts */
/** @typedef {import('./shapes.d.ts').Member} Member */
/** @typedef {import('./shapes.d.ts').Order} Order */
/** @typedef {import('./shapes.d.ts').Fill} Fill */
/** @typedef {import('./shapes.d.ts').FeedMessage} FeedMessage */

export const CLOSED_MAX = 40;
export const FILLS_MAX = 60;
export const EVENTS_MAX = 60;
/** A node says something each second. */
const SILENT_AFTER_MS = 3500;

const CLOSED = new Set(['Denied', 'Voided', 'Filled', 'Canceled', 'Rejected', 'Expired']);
/** Updates that a person wants to read as they come. */
const TOLD = new Set(['gate', 'takeover', 'risk', 'operation', 'configuration', 'reconciliation', 'alarm', 'strategy']);
/** Those that come by the hundred. */
const UNTOLD_EVENTS = new Set(['StrategyStateWritten', 'AccountTold']);

/**
 * @typedef {object} NodeView
 * @property {string} name
 * @property {number} id
 * @property {string} api host:port
 * @property {'voter' | 'learner' | ''} membership
 * @property {NodeFacts | null} facts as it said last
 * @property {number} heardMs when that was; 0 for never
 * @property {boolean} isLineUp its feed is open from here
 * @property {number} lagEntries as the leader knows; -1 for unknown
 */

/** @typedef {{ readonly index: number, readonly n: number, readonly timeUs: number, readonly type: string, readonly event: string, readonly text: string }} ToldEvent */

export class Model {
  cluster = '';
  incarnation = 0;
  /** The feed is at this entry. */
  index = 0;
  /** @type {Map<string, NodeView>} */
  nodes = new Map();
  /** @type {Map<string, Order>} */
  openOrders = new Map();
  /** @type {readonly Order[]} newest first */
  closedOrders = [];
  /** @type {readonly Fill[]} newest first */
  fills = [];
  /** @type {readonly ToldEvent[]} newest first */
  events = [];
  #ordersIndex = 0;
  #fillsIndex = 0;

  /**
   * @param {readonly Order[]} orders closed ones first, in the order in which they closed
   * @param {number} index
   */
  takeOrders(orders, index) {
    this.#ordersIndex = index;
    this.openOrders = new Map(orders.filter((order) => !isClosed(order)).map((order) => [order.clOrdId, order]));
    this.closedOrders = orders.filter(isClosed).slice(-CLOSED_MAX).reverse();
  }

  /** @param {readonly Fill[]} fills oldest first @param {number} index */
  takeFills(fills, index) {
    this.#fillsIndex = index;
    this.fills = fills.slice(-FILLS_MAX).reverse();
  }

  /** @param {readonly Member[]} members */
  takeMembers(members) {
    for (const { api, id, lagEntries, node: name, role } of members) {
      const known = this.nodes.get(name);
      const membership = role === 'learner' ? 'learner' : 'voter';
      const before = known ?? { name, id, facts: null, heardMs: 0, isLineUp: false };
      this.nodes.set(name, { ...before, id, api, membership, lagEntries });
    }
    for (const name of this.nodes.keys()) {
      if (!members.some(({ node }) => node === name)) this.nodes.delete(name);
    }
  }

  /** @param {string} name @param {NodeFacts} facts @param {number} nowMs */
  takeFacts(name, facts, nowMs) {
    const known = this.nodes.get(name);
    if (known !== undefined) this.nodes.set(name, { ...known, facts, heardMs: nowMs, isLineUp: true });
  }

  /** @param {string} name */
  lineDown(name) {
    const known = this.nodes.get(name);
    if (known !== undefined) this.nodes.set(name, { ...known, isLineUp: false });
  }

  /**
   * One message of the feed; answers the kinds of lists that it makes old.
   * @param {FeedMessage} message
   * @returns {readonly string[]}
   */
  takeUpdate(message) {
    const { index, type } = message;
    // What was missed comes after the hello that names the newest entry: a line that ends in between goes on before it.
    if (type !== 'hello' && Number.isSafeInteger(index) && index > this.index) this.index = index;
    if (TOLD.has(type)) this.#tell(message);
    switch (type) {
      case 'order':
        this.#takeOrder(message);
        return [];
      case 'fill':
        this.#takeFill(message);
        return ['positions'];
      case 'position':
        return ['positions'];
      case 'gate':
      case 'takeover':
        return ['sessions', 'takeovers', 'recovery', 'members'];
      case 'risk':
        return ['risk'];
      case 'strategy':
        return message.event === 'StrategyStateWritten' ? [] : ['strategies'];
      case 'operation':
        return ['recovery'];
      default:
        return [];
    }
  }

  /** @param {FeedMessage} message */
  #takeOrder({ index, order }) {
    if (index <= this.#ordersIndex || !isOrder(order)) return;
    this.openOrders.delete(order.clOrdId);
    this.closedOrders = this.closedOrders.filter(({ clOrdId }) => clOrdId !== order.clOrdId);
    if (isClosed(order)) this.closedOrders = [order, ...this.closedOrders].slice(0, CLOSED_MAX);
    else this.openOrders.set(order.clOrdId, order);
  }

  /** @param {FeedMessage} message */
  #takeFill(message) {
    const { event, execId, index, timestamp, venue } = message;
    if (index <= this.#fillsIndex) return;
    if (event === 'FillBusted') {
      this.fills = this.fills.map((fill) =>
        fill.execId === execId && fill.venue === venue ? { ...fill, busted: true } : fill,
      );
    }
    if (event !== 'FillApplied') return;
    if (this.fills.some((known) => known.index === index && known.execId === execId && known.venue === venue)) return;
    const fill = /** @type {Fill} */ (/** @type {unknown} */ ({ ...message, busted: false, timeUs: timestamp ?? 0 }));
    this.fills = [fill, ...this.fills].slice(0, FILLS_MAX);
  }

  /** @param {FeedMessage} message */
  #tell(message) {
    const { event = '', index, n = 0, timestamp: timeUs = 0, type } = message;
    if (UNTOLD_EVENTS.has(event)) return;
    if (this.events.some((told) => told.index === index && told.n === n)) return;
    const told = { index, n, timeUs, type, event, text: factsText(message) };
    this.events = [told, ...this.events].sort((a, b) => b.index - a.index || b.n - a.n).slice(0, EVENTS_MAX);
  }
}

/**
 * How a node stands, in one word: what it says of itself, or why that is not known.
 * @param {NodeView} node
 * @param {number} nowMs
 * @returns {{ readonly word: string, readonly isHeard: boolean }}
 */
export function standing({ facts, heardMs, isLineUp }, nowMs) {
  if (facts === null) return { word: 'not reached', isHeard: false };
  if (!isLineUp) return { word: 'not reached', isHeard: false };
  if (nowMs - heardMs > SILENT_AFTER_MS) return { word: 'silent', isHeard: false };
  return { word: facts.role, isHeard: true };
}

/**
 * The leader of the highest term among those that are heard; undefined while there is none.
 * @param {ReadonlyMap<string, NodeView>} nodes
 * @param {number} nowMs
 * @returns {NodeView | undefined}
 */
export function leaderOf(nodes, nowMs) {
  const leading = [...nodes.values()].filter((node) => standing(node, nowMs).word === 'leader');
  return leading.sort((a, b) => (b.facts?.term ?? 0) - (a.facts?.term ?? 0))[0];
}

/**
 * Who leads: the leader's own word, or, while none is heard from here, the word of the node that the page reads from.
 * @typedef {object} Leadership
 * @property {string} name '' for nobody
 * @property {number} term
 * @property {string} api host:port; '' for nobody
 * @property {string} teller the node whose word it is; '' for nobody
 */

/**
 * @param {ReadonlyMap<string, NodeView>} nodes
 * @param {string} home name of the node that the page reads from
 * @param {number} nowMs
 * @returns {Leadership}
 */
export function leadershipOf(nodes, home, nowMs) {
  const leader = leaderOf(nodes, nowMs);
  if (leader !== undefined) {
    return { name: leader.name, term: leader.facts?.term ?? 0, api: leader.api, teller: leader.name };
  }
  const own = nodes.get(home);
  const named = own === undefined || !standing(own, nowMs).isHeard ? undefined : nodes.get(own.facts?.leader ?? '');
  if (named === undefined || named === own) return { name: '', term: own?.facts?.term ?? 0, api: '', teller: '' };
  return { name: named.name, term: own?.facts?.term ?? 0, api: named.api, teller: home };
}

/** @param {Order} order */
function isClosed({ state }) {
  return CLOSED.has(state);
}

/** @param {unknown} value @returns {value is Order} */
function isOrder(value) {
  return typeof value === 'object' && value !== null && typeof (/** @type {Order} */ (value).clOrdId) === 'string';
}

const HEAD = new Set(['type', 'event', 'index', 'n', 'timestamp']);

/**
 * The fields of an event as words: `venue SIM, phase GateOpen`.
 * @param {FeedMessage} message
 */
function factsText(message) {
  return Object.entries(message)
    .filter(([name, value]) => !HEAD.has(name) && value !== '' && typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
