/** Sessions, strategies, health and what happened as rows. */
import { showNothing, showRows } from './rows.js';
import { lengthText, timeOfDay } from './time-text.js';

/** @typedef {import('./shapes.d.ts').Session} Session */
/** @typedef {import('./shapes.d.ts').ClientSession} ClientSession */
/** @typedef {import('./shapes.d.ts').Strategies} Strategies */
/** @typedef {import('./shapes.d.ts').Health} Health */
/** @typedef {import('./rows.js').Cell} Cell */

/** @param {number} value @returns {Cell} */
const count = (value) => ({ text: String(value), kind: 'number' });
/** @param {string} text @returns {Cell} */
const code = (text) => ({ text, kind: 'code' });

/** @param {HTMLElement} body @param {readonly Session[]} sessions @param {readonly ClientSession[]} clients */
export function showSessions(body, sessions, clients) {
  if (sessions.length + clients.length === 0) return showNothing(body, 'No FIX sessions.', 8);
  const venues = sessions.map((session) => ({
    key: `venue ${session.venue}`,
    cells: [
      code(session.venue),
      'venue',
      statusOf(session.status),
      { text: session.gateOpen ? 'open' : `shut (${session.phase})`, tone: session.gateOpen ? 'good' : 'bad' },
      count(session.nextOut),
      count(session.nextIn),
      count(session.held),
      code(`${session.senderCompId} → ${session.targetCompId}`),
    ],
  }));
  const others = clients.map((client) => ({
    key: `client ${client.client}`,
    cells: [
      code(client.client),
      'client',
      statusOf(client.status),
      '-',
      count(client.nextOut),
      count(client.nextIn),
      count(client.unsent),
      `${client.openOrders} open orders`,
    ],
  }));
  showRows(
    body,
    [...venues, ...others],
    ({ key }) => key,
    ({ cells }) => /** @type {readonly Cell[]} */ (cells),
  );
}

/** @param {string} status @returns {Cell} */
const statusOf = (status) => ({ text: status, tone: status === 'active' ? 'good' : 'warn' });

/** @param {HTMLElement} body @param {Strategies} told */
export function showStrategies(body, { paused: allPaused, strategies }) {
  const rows = strategies.flatMap(({ deployments, paused, strategyId }) =>
    deployments.map((deployment) => ({ strategyId, rests: paused ?? allPaused, ...deployment })),
  );
  if (rows.length === 0) return showNothing(body, 'No strategies.', 7);
  showRows(
    body,
    rows,
    ({ deployment, strategyId }) => `${deployment} ${strategyId}`,
    ({ deployment, here, mode, place, rests, strategyId, version }) => [
      code(strategyId),
      { text: version === '' ? (deployment === 0 ? 'as configured' : `deployment ${deployment}`) : version },
      place,
      mode,
      rests === null
        ? { text: 'trades', tone: 'good' }
        : { text: `paused${rests.by === '' ? '' : ` by ${rests.by}`}: ${rests.reason}`, tone: 'warn' },
      threadOf(here),
      here === null ? '-' : count(here.restarts),
    ],
  );
}

/** @param {Strategies['strategies'][number]['deployments'][number]['here']} here @returns {Cell} */
function threadOf(here) {
  if (here === null) return 'not told of';
  const { reason, slowestMs, state, waiting } = here;
  if (state !== 'running') return { text: reason === '' ? state : `${state}: ${reason}`, tone: 'bad' };
  const late = waiting > 0 ? `, ${waiting} waiting` : '';
  return { text: `running, slowest ${lengthText(slowestMs)}${late}`, tone: 'good' };
}

/** @param {HTMLElement} body @param {Health} health */
export function showHealth(body, { checks, node, peers }) {
  const own = checks.map(({ bound, check, counts, failingMs, problem }) => ({
    key: `${node} ${check}`,
    cells: [
      node,
      check,
      counts ? bad('counts against it') : problem === '' ? good('good') : warn('not good'),
      problem,
      bound,
      failing(failingMs),
    ],
  }));
  const others = peers.map(({ ageMs, clockErrorUs, clockOffsetUs, node: name, problems }) => {
    const found = Object.entries(problems);
    const words = found.map(([check, text]) => `${check}: ${text}`).join('; ');
    const clock = clockOffsetUs === null ? 'clock not measured' : `clock ${clockText(clockOffsetUs, clockErrorUs)}`;
    const state = found.length === 0 ? good('good') : bad('counts against it');
    return {
      key: `peer ${name}`,
      cells: [name, 'what it says of itself', state, words, clock, `told ${lengthText(ageMs)} ago`],
    };
  });
  showRows(
    body,
    [...own, ...others],
    ({ key }) => key,
    ({ cells }) => /** @type {readonly Cell[]} */ (cells),
  );
}

/** @param {number} offsetUs @param {number | null} errorUs */
function clockText(offsetUs, errorUs) {
  const offset = `${offsetUs < 0 ? '' : '+'}${(offsetUs / 1000).toFixed(3)}`;
  return errorUs === null ? `${offset} ms` : `${offset} ±${(errorUs / 1000).toFixed(3)} ms`;
}

/** @param {number} ms */
const failing = (ms) => (ms > 0 ? `failing for ${lengthText(ms)}` : '-');
/** @param {string} text @returns {Cell} */
const good = (text) => ({ text, tone: 'good' });
/** @param {string} text @returns {Cell} */
const warn = (text) => ({ text, tone: 'warn' });
/** @param {string} text @returns {Cell} */
const bad = (text) => ({ text, tone: 'bad' });

/** @param {HTMLElement} body @param {readonly import('./model.js').ToldEvent[]} events newest first */
export function showEvents(body, events) {
  if (events.length === 0) return showNothing(body, 'Nothing since this page was opened.', 4);
  showRows(
    body,
    events,
    ({ index, n }) => `${index}.${n}`,
    ({ event, index, text, timeUs, type }) => [
      { text: timeOfDay(timeUs), kind: 'number' },
      { text: String(index), kind: 'number' },
      { text: event, tone: type === 'alarm' ? 'bad' : '' },
      { text, title: text },
    ],
  );
}
