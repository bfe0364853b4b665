/**
 * One line of the change feed that is opened again whenever it ends, at the address that is right then, from the place that
 * was reached. Pauses between tries grow to two seconds and start again with the first word that is heard.
 */

const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 2000;
/** Nothing for so long: a feed has a heartbeat each second. */
const SILENT_MS = 5000;

/** @typedef {import('./shapes.d.ts').FeedMessage} FeedMessage */

/**
 * @typedef {object} LineParts
 * @property {() => string} url asked before each try
 * @property {() => readonly string[]} protocols
 * @property {(message: FeedMessage) => void} heard
 * @property {(wasHeard: boolean) => void} ended the line is down; `wasHeard`: it had been up
 */

export class Line {
  #parts;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #pauseMs = PAUSE_MIN_MS;
  #isClosed = false;

  /** @param {LineParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#open();
  }

  /** Opens it anew at once, at another address or with another token. */
  again() {
    this.#pauseMs = PAUSE_MIN_MS;
    clearTimeout(this.#timer);
    this.#drop();
    this.#open();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  #open() {
    if (this.#isClosed) return;
    let wasHeard = false;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(silence);
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#timer = setTimeout(() => this.#open(), this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MAX_MS);
      this.#parts.ended(wasHeard);
    };
    const listen = () =>
      setTimeout(() => {
        socket.close();
        over();
      }, SILENT_MS);
    const socket = new WebSocket(this.#parts.url(), [...this.#parts.protocols()]);
    this.#socket = socket;
    let silence = listen();
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      clearTimeout(silence);
      silence = listen();
      wasHeard = true;
      this.#pauseMs = PAUSE_MIN_MS;
      const message = messageOf(data);
      if (message !== undefined) this.#parts.heard(message);
    };
    socket.onclose = over;
    socket.onerror = over;
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

/**
 * @param {unknown} data
 * @returns {FeedMessage | undefined}
 */
export function messageOf(data) {
  if (typeof data !== 'string') return undefined;
  try {
    const value = /** @type {unknown} */ (JSON.parse(data));
    return typeof value === 'object' && value !== null && typeof (/** @type {FeedMessage} */ (value).type) === 'string'
      ? /** @type {FeedMessage} */ (value)
      : undefined;
  } catch {
    return undefined;
  }
}
