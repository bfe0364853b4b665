/**
 * Acts for a core that leads and no longer can. Two things end a leader that its own code cannot tell: it is killed, or it
 * stands still (stopped, looping, waiting for a disk). Rules decided here: a dying core's venues are let go and its peers
 * are told, at the first sign of its death; a core that gave no sign of life for an election timeout has lost its
 * leadership by then, so its venues are let go for it (design §6: a leader without a lease frees the venue at once). If it
 * was this process that stood still, nothing is concluded.
 */
import type { DeathNotices } from './death-notices.ts';
import type { DeathWatch } from './death-watch.ts';
import type { GuardMessage } from './guard-message.ts';
import type { KeptLines, LineHandle } from './kept-lines.ts';

/** How often a leading core is looked at: one read of a few bytes, 10 µs. */
export const LOOK_MS = 1;
/** A look that comes later than this says more about this process than about the core. */
const OWN_STALL_MS = 10;

export interface GuardianOptions {
  readonly watch: Pick<DeathWatch, 'isDying' | 'close'>;
  readonly lines: Pick<KeptLines, 'keep' | 'drop' | 'cut' | 'close'>;
  readonly notices: Pick<DeathNotices, 'send'>;
  /** An election timeout: without a sign of life for so long, a leader is none any more. */
  readonly stallMs: number;
  /** What is left to do on a node whose core dies must not keep the next leader from the processor. */
  readonly standAside: () => void;
  readonly nowMs: () => number;
  readonly log: (text: string) => void;
}

export class Guardian {
  readonly #options: GuardianOptions;
  #leads = false;
  #heardMs = 0;
  #lookedMs = 0;
  #isCut = false;
  #isDead = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GuardianOptions) {
    this.#options = options;
  }

  /** Whether the core led when it was last heard. */
  get coreLeads(): boolean {
    return this.#leads;
  }

  hear(message: GuardMessage, handle?: LineHandle): void {
    const { lines, nowMs } = this.#options;
    if (message.type === 'line') {
      if (handle !== undefined) lines.keep(message.id, handle);
      return;
    }
    if (message.type === 'line-closed') {
      lines.drop(message.id);
      return;
    }
    this.#heardMs = nowMs();
    this.#isCut = false;
    if (message.leads === this.#leads) return;
    this.#leads = message.leads;
    clearInterval(this.#timer);
    if (!this.#leads || this.#isDead) return;
    this.#lookedMs = this.#heardMs;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** One look at a core that leads. */
  look(): void {
    const { watch, lines, stallMs, nowMs, log } = this.#options;
    if (this.#isDead) return;
    if (watch.isDying()) {
      this.died();
      return;
    }
    const now = nowMs();
    if (now - this.#lookedMs > OWN_STALL_MS) this.#heardMs = now;
    this.#lookedMs = now;
    if (this.#isCut || now - this.#heardMs <= stallMs) return;
    this.#isCut = true;
    lines.cut();
    log(`the core leads and gave no sign of life for ${Math.round(now - this.#heardMs)} ms: its venues are let go`);
  }

  /** The core is dying, or has ended. */
  died(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#options.lines.cut();
    this.#options.notices.send();
    this.#options.standAside();
    clearInterval(this.#timer);
  }

  /** Gives everything back. */
  close(): void {
    clearInterval(this.#timer);
    this.#options.lines.close();
    this.#options.watch.close();
  }
}
