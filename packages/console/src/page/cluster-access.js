/**
 * The one way from the page to the cluster. Rules decided here: the page reads from the node that served it as long as that
 * one answers, and from another member when it does not; an act goes to the node that leads, never twice to be sure; tokens
 * are held in this object's memory and nowhere else, and are sent to members of the cluster only. The browser enforces the
 * latter, too (page-policy.ts).
 */
import { Line } from './line.js';
import { tokenProtocol } from './token-protocol.js';

/** @typedef {import('./shapes.d.ts').FeedMessage} FeedMessage */
/** @typedef {{ readonly code: string, readonly text: string, readonly remedy: string }} Problem */
/** @typedef {{ readonly ok: true, readonly body: unknown, readonly index: number } | { readonly ok: false, readonly status: number, readonly problem: Problem }} Answer */

const READ_TIMEOUT_MS = 4000;
/** Draining of a hand-over and an election are within it. */
const ACT_TIMEOUT_MS = 15_000;
/** A gate is closed without asking anybody: who does not answer at once will not. */
const GATE_TIMEOUT_MS = 2000;
const ACT_TRIES = 5;
const ACT_PAUSE_MS = 400;
const FEED_TYPES = 'position,order,fill,gate,takeover,risk,strategy,operation,configuration,reconciliation,alarm';
const FEED_PROTOCOL = 'baton.feed.v1';

/** @type {Problem} */
const UNREACHED = {
  code: 'UNREACHED',
  text: 'no answer',
  remedy: 'look whether the node runs, and whether this browser reaches its address',
};

export class ClusterAccess {
  /** Name and API address of the members; the first is where the page came from. */
  #members = new Map([['', '']]);
  #home = '';
  #secure = false;
  #token = '';
  #actToken = '';
  /** @type {Line | null} */
  #feed = null;
  /** @type {Map<string, Line>} */
  #watches = new Map();
  /** @type {() => void} */
  #homeChanged;

  /**
   * @param {{ readonly origin: string, readonly homeChanged: () => void }} parts `origin` of the page
   */
  constructor({ homeChanged, origin }) {
    this.#homeChanged = homeChanged;
    this.#secure = origin.startsWith('https:');
    this.#home = origin.replace(/^https?:\/\//, '');
    this.#members = new Map([['', this.#home]]);
  }

  /** host:port of the node that the page reads from. */
  get home() {
    return this.#home;
  }

  get hasToken() {
    return this.#token !== '';
  }

  get hasActToken() {
    return this.#actToken !== '';
  }

  /** For reading; kept until the page is left. @param {string} token */
  useToken(token) {
    this.#token = token;
    this.rest();
  }

  forgetTokens() {
    this.#actToken = '';
    this.#token = '';
    this.rest();
  }

  /** Closes all lines until they are asked for again: without a token they would only be refused again and again. */
  rest() {
    this.#feed?.close();
    this.#feed = null;
    for (const line of this.#watches.values()) line.close();
    this.#watches.clear();
  }

  forgetActToken() {
    this.#actToken = '';
  }

  /** @param {ReadonlyMap<string, string>} members name to host:port */
  useMembers(members) {
    if (members.size > 0) this.#members = new Map(members);
  }

  /**
   * From the home, or from the first other member that answers, which is the home from then on.
   * @param {string} path
   * @returns {Promise<Answer>}
   */
  async read(path) {
    const asked = this.#home;
    const first = await this.#ask(asked, path, {}, this.#token, READ_TIMEOUT_MS);
    if (first.ok || first.problem !== UNREACHED) return first;
    if (this.#home !== asked) return this.#ask(this.#home, path, {}, this.#token, READ_TIMEOUT_MS);
    for (const api of this.#others(asked)) {
      const answer = await this.#ask(api, path, {}, this.#token, READ_TIMEOUT_MS);
      if (!answer.ok && answer.problem === UNREACHED) continue;
      this.#moveTo(api);
      return answer;
    }
    return first;
  }

  /**
   * From one node and no other.
   * @param {string} api host:port
   * @param {string} path
   */
  readFrom(api, path) {
    return this.#ask(api, path, {}, this.#token, READ_TIMEOUT_MS);
  }

  /**
   * Has the leader do something. An election in between is waited for; an unknown outcome is told, not tried again.
   * @param {string} path
   * @param {object} fields
   * @param {{ readonly token: string, readonly leaderApi: () => string }} parts '' for a token: the one that worked last
   * @returns {Promise<Answer>}
   */
  async act(path, fields, { leaderApi, token }) {
    /** @type {Answer} */
    let answer = { ok: false, status: 0, problem: noLeader };
    for (let tries = 0; tries < ACT_TRIES; tries += 1) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, ACT_PAUSE_MS));
      const api = leaderApi();
      if (api === '') continue;
      answer = await this.actAt(api, path, fields, token);
      // Nothing was done by who does not lead: the only answers after which another try is no second act.
      if (answer.ok || !['MOVED', 'NO_LEADER'].includes(answer.problem.code)) return answer;
    }
    return answer;
  }

  /**
   * Has one node do something.
   * @param {string} api host:port
   * @param {string} path
   * @param {object} fields
   * @param {string} token
   * @param {number} [timeoutMs]
   * @returns {Promise<Answer>}
   */
  async actAt(api, path, fields, token, timeoutMs = ACT_TIMEOUT_MS) {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(fields);
    const used = token === '' ? this.#actToken : token;
    const answer = await this.#ask(api, path, { method: 'POST', headers, body }, used, timeoutMs);
    if (answer.ok) this.#actToken = used;
    else if (answer.status === 401) this.#actToken = '';
    return answer;
  }

  /**
   * Every node's own gate first, which needs no quorum; then the cluster's log. Opening goes the other way round.
   * @param {boolean} on
   * @param {string} reason
   * @param {{ readonly token: string, readonly leaderApi: () => string }} parts
   * @returns {Promise<{ readonly gates: readonly string[], readonly missing: readonly string[], readonly cluster: Answer }>}
   */
  async killSwitch(on, reason, parts) {
    if (!on) {
      const cluster = await this.act('/kill-switch', { on, reason }, parts);
      return { ...(cluster.ok ? await this.#gates(on, reason, parts.token) : { gates: [], missing: [] }), cluster };
    }
    const gates = await this.#gates(on, reason, parts.token);
    return { ...gates, cluster: await this.act('/kill-switch', { on, reason }, parts) };
  }

  /**
   * Follows the change feed of the home.
   * @param {{ readonly place: () => { readonly after: number, readonly incarnation: number },
   *   readonly heard: (message: FeedMessage) => void, readonly ended: () => void }} parts
   */
  follow({ ended, heard, place }) {
    this.#feed?.close();
    this.#feed = new Line({
      url: () => {
        const { after, incarnation } = place();
        const query = after > 0 ? `&after=${after}&incarnation=${incarnation}` : '';
        return `${this.#scheme('ws')}${this.#home}/feed?types=${FEED_TYPES}${query}`;
      },
      protocols: () => this.#protocols(),
      heard,
      ended: (wasHeard) => {
        ended();
        // A home that does not even open a line is left for one whose line is open.
        if (!wasHeard) void this.read('/role');
      },
    });
  }

  /**
   * Hears what each of these nodes says of itself; those that are not named any more are heard no longer.
   * @param {ReadonlyMap<string, string>} nodes name to host:port
   * @param {(name: string, message: FeedMessage) => void} heard
   * @param {(name: string) => void} ended
   */
  watch(nodes, heard, ended) {
    for (const [key, line] of this.#watches) {
      const [name = '', api = ''] = key.split(' ');
      if (nodes.get(name) === api) continue;
      line.close();
      this.#watches.delete(key);
    }
    for (const [name, api] of nodes) {
      const key = `${name} ${api}`;
      if (this.#watches.has(key) || api === '') continue;
      const line = new Line({
        url: () => `${this.#scheme('ws')}${api}/feed?types=node`,
        protocols: () => this.#protocols(),
        heard: (message) => heard(name, message),
        ended: () => ended(name),
      });
      this.#watches.set(key, line);
    }
  }

  /** @param {boolean} on @param {string} reason @param {string} token */
  async #gates(on, reason, token) {
    /** @type {string[]} */
    const gates = [];
    /** @type {string[]} */
    const missing = [];
    await Promise.all(
      [...this.#members].map(async ([name, api]) => {
        const answer = await this.actAt(api, '/kill-switch', { on, reason, local: true }, token, GATE_TIMEOUT_MS);
        (answer.ok ? gates : missing).push(name);
      }),
    );
    return { gates: gates.sort(), missing: missing.sort() };
  }

  /** @param {string} api */
  #moveTo(api) {
    if (this.#home === api) return;
    this.#home = api;
    this.#homeChanged();
    this.#feed?.again();
  }

  /** @param {string} asked */
  #others(asked) {
    return [...this.#members.values()].filter((api) => api !== asked && api !== '');
  }

  /** @param {'http' | 'ws'} kind */
  #scheme(kind) {
    return `${kind}${this.#secure ? 's' : ''}://`;
  }

  #protocols() {
    return this.#token === '' ? [FEED_PROTOCOL] : [FEED_PROTOCOL, tokenProtocol(this.#token)];
  }

  /**
   * @param {string} api @param {string} path @param {RequestInit} init @param {string} token @param {number} timeoutMs
   * @returns {Promise<Answer>}
   */
  async #ask(api, path, init, token, timeoutMs) {
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
    try {
      const response = await fetch(`${this.#scheme('http')}${api}${path}`, {
        ...init,
        headers: { ...init.headers, ...authorization },
        // A redirect would lead to another origin without the token: the page finds the leader itself.
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return await answerOf(response);
    } catch {
      return { ok: false, status: 0, problem: init.method === 'POST' ? unknownOutcome : UNREACHED };
    }
  }
}

/** @type {Problem} */
const noLeader = { code: 'NO_LEADER', text: 'no node leads now; nothing was done', remedy: 'try again shortly' };
/** @type {Problem} */
const moved = { code: 'MOVED', text: 'another node leads; nothing was done', remedy: 'try again shortly' };
/** @type {Problem} */
const unknownOutcome = {
  code: 'OUTCOME_UNKNOWN',
  text: 'no answer: it may have been done or not',
  remedy: 'look at what the page shows before you try again',
};

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
async function answerOf(response) {
  if (response.type === 'opaqueredirect' || response.status === 307) return { ok: false, status: 307, problem: moved };
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  const body = isJson ? /** @type {unknown} */ (JSON.parse(text)) : text;
  const index = Number(response.headers.get('baton-index') ?? '0');
  const denial = /** @type {{ ok?: unknown, code?: unknown, text?: unknown, remedy?: unknown }} */ (body ?? {});
  const isHealth = response.status === 503 && isJson && denial.code === undefined;
  if ((response.ok || isHealth) && denial.ok !== false) return { ok: true, body, index };
  const problem = {
    code: String(denial.code ?? `HTTP_${response.status}`),
    text: String(denial.text ?? 'refused'),
    remedy: String(denial.remedy ?? ''),
  };
  return { ok: false, status: response.status, problem };
}
