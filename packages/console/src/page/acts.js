/**
 * What a person can do from the page, and what will happen then, said before it happens and with the facts of the moment.
 * Rules decided here: nothing acts without being confirmed; the words of a confirmation name what stays as it is, too.
 */

/**
 * What the confirmations speak of.
 * @typedef {object} Facts
 * @property {string} leader name of the node that leads; '' for none
 * @property {number} term
 * @property {readonly string[]} others names of the voters that could lead next and are heard
 * @property {number} openOrders
 * @property {number} nodes
 * @property {string} lastDown how long the last takeover took; '' for unknown
 * @property {boolean} isKilled the kill switch is on
 */

/** @typedef {{ readonly name: string, readonly label: string, readonly options: readonly (readonly [value: string, label: string])[] }} Choice */

/**
 * @typedef {object} Act
 * @property {string} title
 * @property {readonly string[]} consequences
 * @property {string} confirm words on the button
 * @property {'danger' | 'plain'} tone
 * @property {readonly Choice[]} choices
 * @property {string} reason what is written into the log when nothing else is said; '' for acts without a reason
 */

/** @typedef {'kill' | 'unkill' | 'transfer' | 'drain' | 'stop' | 'start'} ActName */

const orders = (/** @type {number} */ count) => (count === 1 ? '1 open order' : `${count} open orders`);

/** @type {Readonly<Record<ActName, (facts: Facts) => Act>>} */
const ACTS = {
  kill: ({ nodes, openOrders }) => ({
    title: 'Kill switch: stop new orders now',
    consequences: [
      `Each of the ${nodes} nodes closes its own gate at once, without asking the others; then the cluster writes it into its log.`,
      'No new order and no replace leaves for any venue, and new ones are denied with KILL_SWITCH.',
      `${orders(openOrders)} stay at their venues. Cancels still pass: cancel them yourself, or drain.`,
      'It stays on through failovers and restarts until somebody turns it off.',
    ],
    confirm: 'Stop new orders now',
    tone: 'danger',
    choices: [],
    reason: 'kill switch, from the console',
  }),
  unkill: ({ nodes }) => ({
    title: 'Kill switch: let new orders pass again',
    consequences: [
      'The cluster writes it into its log first.',
      `Then each of the ${nodes} nodes opens the gate that it closed for itself.`,
      'Strategies and clients may trade again within milliseconds.',
    ],
    confirm: 'Let new orders pass',
    tone: 'danger',
    choices: [],
    reason: 'kill switch off, from the console',
  }),
  transfer: ({ lastDown, leader, openOrders, others, term }) => ({
    title: 'Hand leadership over',
    consequences: [
      `${leader === '' ? 'No node leads now.' : `${leader} leads in term ${term}.`} It stops proposing, brings its successor level, and lets it be elected.`,
      `The new leader logs on at the venues again; orders given meanwhile wait${lastDown === '' ? '' : ` (the last takeover took ${lastDown})`}.`,
      `${orders(openOrders)} stay at their venues. Nothing is canceled.`,
      'When the successor is not level in time, nothing changes.',
    ],
    confirm: 'Hand over',
    tone: 'plain',
    choices: [
      {
        name: 'to',
        label: 'Next leader',
        options: [['', 'whoever is most level'], ...others.map((name) => /** @type {const} */ ([name, name]))],
      },
    ],
    reason: '',
  }),
  drain: ({ openOrders }) => ({
    title: 'Drain: end trading in order',
    consequences: [
      'New orders are refused from now on.',
      `${orders(openOrders)} get the time below to fill or to be canceled by their owners; then what you choose below happens to the rest.`,
      'Then every venue gets a Logout, and the nodes write a checkpoint. The nodes keep running.',
      '“Start trading” ends it, at any moment.',
    ],
    confirm: 'Drain',
    tone: 'danger',
    choices: [
      {
        name: 'timeoutMs',
        label: 'Time for open orders',
        options: [
          ['30000', '30 seconds'],
          ['0', 'none'],
          ['120000', '2 minutes'],
          ['600000', '10 minutes'],
        ],
      },
      {
        name: 'atDeadline',
        label: 'Then',
        options: [
          ['cancel', 'cancel what is still open'],
          ['leave', 'leave it at the venue'],
        ],
      },
    ],
    reason: 'drained, from the console',
  }),
  stop: ({ openOrders }) => ({
    title: 'Stop trading',
    consequences: [
      'New orders are refused from now on, whoever leads. Cancels pass.',
      `${orders(openOrders)} stay at their venues, and the sessions stay logged on.`,
    ],
    confirm: 'Stop trading',
    tone: 'danger',
    choices: [],
    reason: 'stopped, from the console',
  }),
  start: ({ isKilled }) => ({
    title: 'Start trading',
    consequences: [
      'A stop or a drain ends: sessions are logged on where they were logged out, and orders are taken again.',
      isKilled ? 'The kill switch is on and stays on: new orders still do not leave.' : 'Strategies may trade at once.',
    ],
    confirm: 'Start trading',
    tone: 'danger',
    choices: [],
    reason: 'started, from the console',
  }),
};

/** @type {Readonly<Record<ActName, string>>} */
const PATHS = {
  kill: '/kill-switch',
  unkill: '/kill-switch',
  transfer: '/transfer',
  drain: '/drain',
  stop: '/stop-trading',
  start: '/start-trading',
};

/** @param {ActName} name @param {Facts} facts @returns {Act} */
export function actOf(name, facts) {
  return ACTS[name](facts);
}

/** @param {string} name @returns {name is ActName} */
export function isActName(name) {
  return Object.hasOwn(ACTS, name);
}

/**
 * The request that carries it out.
 * @param {ActName} name
 * @param {Readonly<Record<string, string>>} chosen
 * @param {string} reason
 * @returns {{ readonly path: string, readonly fields: Readonly<Record<string, unknown>> }}
 */
export function requestOf(name, chosen, reason) {
  const path = PATHS[name];
  if (name === 'transfer') return { path, fields: chosen['to'] ? { to: chosen['to'] } : {} };
  if (name === 'drain') {
    const { atDeadline = 'cancel', timeoutMs = '30000' } = chosen;
    return { path, fields: { timeoutMs: Number(timeoutMs), atDeadline, reason } };
  }
  return { path, fields: { reason } };
}
