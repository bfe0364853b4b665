/**
 * The lists that are read rather than followed: each again when something made it old, at most twice a second, and anyway
 * every few seconds while somebody looks. Rule decided here: an answer that cannot be had leaves the last one in place and
 * is told; one reading of a list at a time.
 */

/** @typedef {import('./cluster-access.js').Answer} Answer */
/** @typedef {import('./cluster-access.js').Problem} Problem */
/** @typedef {(path: string) => Promise<Answer>} Read */

const AGAIN_MS = 500;

/** Path, and after how long it is read again without a reason. */
const LISTS = /** @type {const} */ ({
  status: ['/status', 3000],
  members: ['/members', 3000],
  positions: ['/positions', 3000],
  sessions: ['/sessions', 3000],
  clients: ['/clients', 10_000],
  health: ['/health', 3000],
  strategies: ['/strategies', 5000],
  risk: ['/risk', 5000],
  recovery: ['/recovery', 3000],
  takeovers: ['/takeovers', 60_000],
});

/** @typedef {keyof typeof LISTS} ListName */

export const LIST_NAMES = /** @type {readonly ListName[]} */ (Object.keys(LISTS));

export class Lists {
  /** @type {Map<string, unknown>} */
  #bodies = new Map();
  /** @type {Map<ListName, number>} */
  #dueMs = new Map();
  /** @type {Set<ListName>} */
  #reading = new Set();
  #read;
  #changed;
  #refused;

  /**
   * @param {{ readonly read: Read, readonly changed: (name: ListName) => void, readonly refused: (problem: Problem, status: number) => void }} parts
   */
  constructor({ changed, read, refused }) {
    this.#read = read;
    this.#changed = changed;
    this.#refused = refused;
  }

  /**
   * The last answer; undefined before the first.
   * @template Shape
   * @param {ListName} name
   * @returns {Shape | undefined}
   */
  get(name) {
    return /** @type {Shape | undefined} */ (this.#bodies.get(name));
  }

  /** To be read again soon. @param {readonly string[]} names @param {number} nowMs */
  old(names, nowMs) {
    for (const name of LIST_NAMES) {
      if (!names.includes(name)) continue;
      this.#dueMs.set(name, Math.min(this.#dueMs.get(name) ?? 0, nowMs + AGAIN_MS));
    }
  }

  /** Reads what is due. @param {number} nowMs */
  look(nowMs) {
    for (const name of LIST_NAMES) {
      if ((this.#dueMs.get(name) ?? 0) > nowMs || this.#reading.has(name)) continue;
      void this.readNow(name, nowMs);
    }
  }

  /** @param {ListName} name @param {number} nowMs @returns {Promise<boolean>} */
  async readNow(name, nowMs) {
    const [path, everyMs] = LISTS[name];
    this.#reading.add(name);
    this.#dueMs.set(name, nowMs + everyMs);
    const answer = await this.#read(path);
    this.#reading.delete(name);
    if (!answer.ok) {
      this.#refused(answer.problem, answer.status);
      return false;
    }
    this.#bodies.set(name, answer.body);
    this.#changed(name);
    return true;
  }
}
