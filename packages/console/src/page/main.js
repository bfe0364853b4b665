/**
 * The page: reads the lists, follows the feed of one node and the word of every node, shows what it knows at most four times
 * a second, and carries out what is confirmed. Everything that is shown goes through element.js, everything that is asked
 * through cluster-access.js.
 */
import { carryOut } from './acting.js';
import { actOf, isActName } from './acts.js';
import { ClusterAccess } from './cluster-access.js';
import { Confirmation } from './confirmation.js';
import { byId, setText } from './element.js';
import { LIST_NAMES, Lists } from './lists.js';
import { CLOSED_MAX, FILLS_MAX, leadershipOf, Model, standing } from './model.js';
import { showNodes } from './node-cards.js';
import { isKilled, showOverview } from './overview.js';
import { showEvents, showHealth, showSessions, showStrategies } from './state-tables.js';
import { downMs } from './takeover-bars.js';
import { showTakeovers } from './takeover-view.js';
import { lengthText } from './time-text.js';
import { profitText, showFills, showOrders, showPositions } from './trading-tables.js';

/** @typedef {import('./shapes.d.ts').FeedMessage} FeedMessage */
/** @typedef {import('./shapes.d.ts').NodeFacts} NodeFacts */
/** @typedef {import('./shapes.d.ts').Order} Order */

const SHOW_EVERY_MS = 250;
/** Open orders in one page of the API. */
const OPEN_PAGE = 500;
const AGAIN_MS = 1000;
const TOLD_TYPES = 'gate,takeover,risk,operation,configuration,reconciliation,alarm,strategy';
/** An operator's token that nobody used for so long is forgotten. */
const ACT_TOKEN_IDLE_MS = 600_000;

const model = new Model();
const access = new ClusterAccess({ origin: location.origin, homeChanged: () => lists.old(LIST_NAMES, 0) });
const lists = new Lists({ read: (path) => access.read(path), changed: listChanged, refused });
let isLive = false;
let needsToken = false;
let isShowDue = true;
let actedMs = 0;

const now = () => performance.now();

async function begin() {
  const isIn = await lists.readNow('status', now());
  if (!isIn) {
    // Who has to give a token begins again; a node that is starting, or away, is asked again.
    if (byId('sign-in').hidden) setTimeout(() => void begin(), AGAIN_MS);
    return;
  }
  byId('sign-in').hidden = true;
  byId('cluster-view').hidden = false;
  await lists.readNow('members', now());
  await followFromLists();
}

/** Reads the lists that the feed goes on from, and what it said before; then follows it from there. */
async function followFromLists() {
  const [orders, fills, told] = await Promise.all([
    access.read(`/orders?limit=${CLOSED_MAX}`),
    access.read(`/fills?newest=${FILLS_MAX}`),
    access.read(`/log?types=${TOLD_TYPES}&newest=200`),
  ]);
  if (orders.ok) model.takeOrders(await withOpenOrders(/** @type {never} */ (orders.body)), orders.index);
  if (fills.ok) model.takeFills(/** @type {never} */ (fills.body), fills.index);
  const page = /** @type {{ updates?: readonly FeedMessage[] }} */ (told.ok ? told.body : {});
  for (const update of page.updates ?? []) model.takeUpdate(update);
  // The feed goes on behind the older of the two; what the newer one has in it changes nothing.
  if (orders.ok && fills.ok) model.index = Math.min(orders.index, fills.index);
  isShowDue = true;
  if (!byId('sign-in').hidden) return;
  access.follow({ place: () => ({ after: model.index, incarnation: model.incarnation }), heard, ended: feedEnded });
  // The scribe of a node that starts is a little later than the node.
  if (!orders.ok || !fills.ok || !told.ok) setTimeout(() => void followFromLists(), AGAIN_MS);
}

/**
 * A page of orders, and the open ones that did not fit in it.
 * @param {readonly Order[]} first
 * @returns {Promise<readonly Order[]>}
 */
async function withOpenOrders(first) {
  const found = new Map(first.map((order) => [order.clOrdId, order]));
  for (let page = first, after = 0; page.length >= OPEN_PAGE; after = page.at(-1)?.createdIndex ?? 0) {
    const answer = await access.read(`/orders?after=${after}`);
    if (!answer.ok) break;
    page = /** @type {readonly Order[]} */ (answer.body);
    for (const order of page) found.set(order.clOrdId, order);
  }
  return [...found.values()];
}

/** @param {FeedMessage} message */
function heard(message) {
  isLive = true;
  isShowDue = true;
  if (message.type === 'hello') {
    model.cluster = String(message['cluster'] ?? '');
    model.incarnation = Number(message['incarnation'] ?? 0);
    lists.old(LIST_NAMES, now());
  }
  if (message.type === 'reload') void followFromLists();
  lists.old(model.takeUpdate(message), now());
}

function feedEnded() {
  isLive = false;
  isShowDue = true;
}

/** @param {string} name @param {FeedMessage} message */
function nodeHeard(name, message) {
  if (message.type !== 'node') return;
  const before = model.nodes.get(name)?.facts;
  const facts = /** @type {NodeFacts} */ (/** @type {unknown} */ (message));
  model.takeFacts(name, facts, now());
  const isNews = before?.role !== facts.role || before?.term !== facts.term;
  if (isNews) lists.old(['members', 'sessions', 'takeovers', 'recovery', 'health', 'risk'], now());
  isShowDue = true;
}

/** @param {string} name */
function nodeEnded(name) {
  model.lineDown(name);
  isShowDue = true;
}

/** @param {import('./lists.js').ListName} name */
function listChanged(name) {
  isShowDue = true;
  if (name !== 'members') return;
  const members = /** @type {readonly import('./shapes.d.ts').Member[]} */ (lists.get('members') ?? []);
  model.takeMembers(members);
  const apis = new Map(members.filter(({ api }) => api !== '').map(({ api, node }) => [node, api]));
  access.useMembers(apis);
  access.watch(apis, nodeHeard, nodeEnded);
  void readLag();
}

/** Only the leader knows how far the others are behind; another node's answer says -1. */
async function readLag() {
  const { api, name } = leading();
  if (api === '' || name === homeName()) return;
  const answer = await access.readFrom(api, '/members');
  if (answer.ok) model.takeMembers(/** @type {never} */ (answer.body));
  isShowDue = true;
}

/** @param {import('./cluster-access.js').Problem} problem @param {number} status */
function refused(problem, status) {
  isShowDue = true;
  if (status !== 401 && status !== 429) return;
  needsToken = true;
  access.rest();
  setText(byId('sign-in-why'), `${problem.text}: ${problem.remedy}`);
  byId('sign-in').hidden = false;
  byId('cluster-view').hidden = true;
}

function homeName() {
  const host = access.home;
  for (const { api, name } of model.nodes.values()) if (api === host) return name;
  return /** @type {{ node?: string } | undefined} */ (lists.get('status'))?.node ?? '';
}

const leading = () => leadershipOf(model.nodes, homeName(), now());

/** What the page shows, from what it knows now. */
function show() {
  const nowMs = now();
  const leadership = leading();
  const leader = model.nodes.get(leadership.name);
  const risk = /** @type {import('./shapes.d.ts').Risk | undefined} */ (lists.get('risk'));
  const recovery = /** @type {import('./shapes.d.ts').Recovery | undefined} */ (lists.get('recovery'));
  const home = homeName();
  showOverview({
    cluster: model.cluster,
    leadership,
    gates: (leadership.teller === leadership.name ? leader?.facts?.gate : recovery?.gates) ?? [],
    recovery,
    risk,
    home,
    isLive,
    index: model.index,
  });
  showButtons(isKilled(risk), recovery?.trading ?? '');
  showCluster(home, leadership.name, nowMs);
  const positions = /** @type {readonly import('./shapes.d.ts').Position[]} */ (lists.get('positions') ?? []);
  showPositions(byId('positions'), positions);
  setText(byId('profit'), profitText(positions));
  showOrders(byId('orders'), model.openOrders, model.closedOrders);
  setText(byId('order-counts'), orderCounts());
  showFills(byId('fills'), model.fills);
  showSessions(byId('sessions'), lists.get('sessions') ?? [], lists.get('clients') ?? []);
  showTakeovers(byId('takeovers'), lists.get('takeovers') ?? []);
  showStrategies(byId('strategies'), lists.get('strategies') ?? { paused: null, strategies: [] });
  showEvents(byId('events'), model.events);
}

/** @param {string} home @param {string} leader @param {number} nowMs */
function showCluster(home, leader, nowMs) {
  const health = /** @type {import('./shapes.d.ts').Health | undefined} */ (lists.get('health'));
  const members = /** @type {readonly import('./shapes.d.ts').Member[]} */ (lists.get('members') ?? []);
  /** @type {Map<string, readonly string[]>} */
  const problems = new Map();
  for (const { node, problems: found } of health?.peers ?? []) {
    problems.set(
      node,
      Object.entries(found).map(([check, text]) => `${check}: ${text}`),
    );
  }
  if (health !== undefined) {
    const own = health.checks.filter(({ counts }) => counts);
    problems.set(
      health.node,
      own.map(({ check, problem }) => `${check}: ${problem}`),
    );
    showHealth(byId('health'), health);
  }
  const links = new Map(members.map(({ linkUp, node }) => [node, linkUp]));
  const nodes = [...model.nodes.values()].sort((a, b) => a.id - b.id);
  showNodes(byId('nodes'), { nodes, leader, home, links, problems, nowMs });
}

function orderCounts() {
  const status = /** @type {import('./shapes.d.ts').NodeStatus | undefined} */ (lists.get('status'));
  if (status === undefined) return '';
  const { held, inDoubt, open, total, voided } = status.orders;
  const { fills, durability } = status;
  return `${total} orders, ${open} open, ${held} held, ${inDoubt} in doubt, ${voided} voided; ${fills} fills; durability ${durability}`;
}

/** @param {boolean} killed @param {string} trading */
function showButtons(killed, trading) {
  const rests = trading === 'STOPPED' || trading === 'DRAINING';
  const shown = { unkill: killed, kill: true, stop: !rests, start: rests, drain: trading !== 'DRAINING' };
  for (const [name, isShown] of Object.entries(shown)) {
    const button = /** @type {HTMLElement | null} */ (document.querySelector(`[data-act="${name}"]`));
    if (button !== null) button.hidden = !isShown;
  }
  byId('forget').hidden = !access.hasToken && !access.hasActToken;
}

const confirmation = new Confirmation();

/** @param {import('./acts.js').ActName} name */
function propose(name) {
  const nowMs = now();
  const leader = leading();
  const risk = /** @type {import('./shapes.d.ts').Risk | undefined} */ (lists.get('risk'));
  const others = [...model.nodes.values()].filter(
    (node) => node.name !== leader.name && node.membership === 'voter' && standing(node, nowMs).isHeard,
  );
  const takeovers = /** @type {readonly import('./shapes.d.ts').TakeoverReport[]} */ (lists.get('takeovers') ?? []);
  const last = takeovers.findLast(({ kind }) => kind === 'failover');
  const down = last === undefined ? undefined : downMs(last);
  const act = actOf(name, {
    leader: leader.name,
    term: leader.term,
    others: others.map((node) => node.name),
    openOrders: model.openOrders.size,
    nodes: model.nodes.size,
    lastDown: down === undefined ? '' : lengthText(down),
    isKilled: isKilled(risk),
  });
  if (nowMs - actedMs > ACT_TOKEN_IDLE_MS) access.forgetActToken();
  confirmation.open(act, needsToken && !access.hasActToken, async ({ chosen, reason, token }) => {
    actedMs = now();
    const outcome = await carryOut(access, name, chosen, { reason, token, leaderApi: () => leading().api });
    if (outcome.needsToken) needsToken = true;
    lists.old(LIST_NAMES, now());
    setText(byId('outcome'), `${act.title}: ${outcome.words}`);
    isShowDue = true;
    return outcome;
  });
}

for (const button of document.querySelectorAll('[data-act]')) {
  const name = button.getAttribute('data-act') ?? '';
  if (isActName(name)) button.addEventListener('click', () => propose(name));
}
byId('forget').addEventListener('click', () => {
  access.forgetTokens();
  lists.old(LIST_NAMES, 0);
});
byId('sign-in-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (byId('sign-in-token'));
  access.useToken(field.value.trim());
  field.value = '';
  void begin();
});
setInterval(() => {
  if (!document.hidden && !byId('cluster-view').hidden) lists.look(now());
}, SHOW_EVERY_MS);
setInterval(() => {
  if (document.hidden || !isShowDue) return;
  isShowDue = false;
  show();
}, SHOW_EVERY_MS);
// A silence becomes visible although nothing is heard.
setInterval(() => {
  isShowDue = true;
}, 1000);
void begin();
