/**
 * The core's end towards its parent, which acts for it when it cannot (parent/guardian.ts): a pulse while it leads, and a
 * second handle of each connection to a venue.
 */
import type { Socket } from 'node:net';
import { type GuardMessage, PULSE_MS } from '../parent/guard-message.ts';

export class GuardLink {
  #lineCount = 0;
  #timer: NodeJS.Timeout | undefined;

  /** This node leads, or no longer does. */
  lead(leads: boolean): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    tell({ type: 'pulse', leads });
    if (leads) this.#timer = setInterval(() => tell({ type: 'pulse', leads }), PULSE_MS);
  }

  /** A connection to a venue is open. */
  keep(raw: Socket): void {
    // The handle of a socket has no public name, and a socket that is sent whole would be read at the other end.
    const handle = (raw as unknown as { _handle: object | null })._handle;
    if (handle === null) return;
    const id = ++this.#lineCount;
    tell({ type: 'line', id }, handle);
    raw.once('close', () => tell({ type: 'line-closed', id }));
  }
}

function tell(message: GuardMessage, handle?: object): void {
  if (process.connected !== true) return;
  // A parent that is gone is noticed by 'disconnect'.
  process.send?.(message, handle as undefined, {}, () => {});
}
