/**
 * What core and scribe say to each other on their Unix socket. The log itself does not travel: the scribe reads it from the
 * journal's files. Every word of the core may be dropped while the scribe does not read: the next one says as much.
 */
import type { StatePlace } from '@baton/replica';
import type { ScribeStatus, TakenAnswer } from '@baton/scribe';
import type { WatchFacts } from '../alerts/watch-facts.ts';
import type { NodeFacts } from '../feed/feed-sink.ts';

export type CoreWord =
  /** Applied here, and so committed. `place` came with the last change of membership, at `fromIndex`. */
  | {
      readonly type: 'progress';
      readonly index: number;
      readonly term: number;
      readonly hash: { readonly index: number; readonly hash: string } | null;
      /** The membership, which has been as it is since `membersSince` at the latest. */
      readonly membersSince: number;
      readonly members: Pick<StatePlace, 'confState' | 'members'>;
    }
  /** How the node is, for those who read the change feed. */
  | { readonly type: 'node'; readonly facts: NodeFacts }
  /** What alerts need besides the log. */
  | { readonly type: 'watch'; readonly facts: WatchFacts }
  /** A checkpoint is wanted as soon as the scribe is at `index`. */
  | { readonly type: 'take'; readonly request: number; readonly index: number };

export type ScribeWord =
  | { readonly type: 'status'; readonly status: ScribeStatus }
  /** A verified checkpoint is in the journal's folder. Of the log nothing is needed up to `logNeededAfter`. */
  | {
      readonly type: 'checkpoint';
      readonly index: number;
      readonly term: number;
      readonly sizeBytes: number;
      readonly logNeededAfter: number;
    }
  /** It begins to write much to the disk that both share, or has written it. */
  | { readonly type: 'writes'; readonly isMuch: boolean }
  | { readonly type: 'taken'; readonly request: number; readonly answer: TakenCheckpoint }
  /** A receiver has been told all alerts up to an entry. */
  | { readonly type: 'alerts-told'; readonly receiver: string; readonly upTo: number }
  /** Its state is not the core's. */
  | { readonly type: 'diverged'; readonly index: number; readonly own: string; readonly core: string };

export type TakenCheckpoint =
  | TakenAnswer
  | { readonly ok: false; readonly reason: 'no-scribe' | 'timeout'; readonly text: string };
