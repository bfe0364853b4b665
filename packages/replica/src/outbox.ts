// Messages on their way out: collected during a turn, stamped, handed to the links once per peer and turn. News of a commit
// index alone may wait for a few milliseconds: under load the next append carries it, which halves the messages between
// nodes; nobody's answer waits for it, for it is the leader that answers.
//
// Rule decided here: what leaves bears the leader's clock (App, Heartbeat, Snap, TimeoutNow), and what answers a leader
// echoes the newest stamp taken from it in the same term (see lease.ts). Of two messages to one peer in a turn the later
// may say all that the earlier says: then only the later leaves, since raft may lose any message. A message that a link
// does not take is dropped and reported: raft sends again.

import { type Message, MessageType } from '@baton/raft';
import type { LeaderEcho } from './leader-echo.ts';
import type { Lease } from './lease.ts';
import type { Links } from './links.ts';

/** Less than a tick, so that news that nothing carries leaves with the next one. */
const NEWS_WAIT_MAX_US = 3000;

type DroppedListener = (peer: number, messages: readonly Message[]) => void;

export class Outbox {
  readonly #links: Links;
  readonly #lease: Lease;
  readonly #echo: LeaderEcho;
  readonly #byPeer = new Map<number, Message[]>();
  #isUrgent = false;
  /** When the oldest of what waits was put here. */
  #sinceUs = 0;
  sentCount = 0;
  droppedCount = 0;

  constructor(links: Links, lease: Lease, echo: LeaderEcho) {
    this.#links = links;
    this.#lease = lease;
    this.#echo = echo;
  }

  get isEmpty(): boolean {
    return this.#byPeer.size === 0;
  }

  /** Something else than news of the commit index waits to leave. */
  get isUrgent(): boolean {
    return this.#isUrgent;
  }

  /** Nothing here has to leave now. */
  mayWait(nowUs: number): boolean {
    return !this.#isUrgent && nowUs - this.#sinceUs < NEWS_WAIT_MAX_US;
  }

  add(message: Message, nowUs: number): void {
    if (this.#byPeer.size === 0) this.#sinceUs = nowUs;
    if (message.type !== MessageType.App || message.entries.length > 0) this.#isUrgent = true;
    switch (message.type) {
      case MessageType.App:
      case MessageType.Heartbeat:
      case MessageType.Snap:
        message.stampUs = nowUs;
        break;
      case MessageType.TimeoutNow:
        message.stampUs = nowUs;
        this.#lease.transferSent(message.to, nowUs);
        break;
      case MessageType.AppResp:
      case MessageType.HeartbeatResp:
        message.stampUs = this.#echo.stampUsFor(message.to, message.term);
        break;
      default:
        break;
    }
    const queued = this.#byPeer.get(message.to);
    if (queued === undefined) this.#byPeer.set(message.to, [message]);
    else if (isCovered(queued.at(-1)!, message)) queued[queued.length - 1] = message;
    else queued.push(message);
  }

  /** Hands everything to the links and the sockets. `onDropped` hears of each peer whose link took nothing. */
  flush(onDropped: DroppedListener): void {
    if (this.#byPeer.size === 0) return;
    const batches = [...this.#byPeer];
    this.#byPeer.clear();
    this.#isUrgent = false;
    for (const [peer, messages] of batches) {
      // A snapshot may be more than the link takes; what else there is to say must not fall with it.
      if (!messages.some(({ type }) => type === MessageType.Snap)) {
        this.#send(peer, messages, onDropped);
        continue;
      }
      const snapshots = messages.filter(({ type }) => type === MessageType.Snap);
      for (const snapshot of snapshots) this.#send(peer, [snapshot], onDropped);
      const others = messages.filter(({ type }) => type !== MessageType.Snap);
      if (others.length > 0) this.#send(peer, others, onDropped);
    }
    this.#links.flush();
  }

  #send(peer: number, messages: readonly Message[], onDropped: DroppedListener): void {
    if (this.#links.send(peer, messages, true)) {
      this.sentCount += messages.length;
      return;
    }
    this.droppedCount += messages.length;
    onDropped(peer, messages);
  }
}

/** News of a commit index before an append that carries it too; an acknowledgement before one that reaches further. */
function isCovered(earlier: Message, later: Message): boolean {
  if (earlier.type !== later.type || earlier.term !== later.term) return false;
  if (later.type === MessageType.App) {
    return earlier.entries.length === 0 && earlier.index <= later.index && earlier.commit <= later.commit;
  }
  return later.type === MessageType.AppResp && !earlier.reject && !later.reject && earlier.index <= later.index;
}
