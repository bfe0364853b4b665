// For tests: a session with a wire. What it transmits is kept as text with '|' for
// SOH and without 8, 9, 10 and 52, so that a test reads like a trace.

import { parseMessage } from '../message.ts';
import { FixSession } from '../session.ts';
import type { SessionOptions } from '../session-options.ts';
import type { ResendPolicy, SendOutcome, SessionOutput } from '../session-output.ts';
import { encodeTransmit } from '../wire-message.ts';

/** Monday 2026-11-23, 10:00 UTC. */
export const START_US = 1_795_428_000_000_000;

export const RESEND_ALL: ResendPolicy = { onResend: () => 'resend' };
export const FILL_ALL: ResendPolicy = { onResend: () => 'gap-fill' };

const HIDDEN = new Set([8, 9, 10, 52, 49, 56]);

/** A message as '35=A|34=1|98=0', without header fields that say nothing in a test. */
export function readable(frame: Uint8Array): string {
  return parseMessage(frame)
    .fields()
    .filter(({ tag }) => !HIDDEN.has(tag))
    .map(({ tag, value }) => `${tag}=${value}`)
    .join('|');
}

export class Peer {
  readonly session: FixSession;
  /** Frames transmitted and not yet taken. */
  readonly wire: Buffer[] = [];
  /** All outputs so far. */
  readonly outputs: SessionOutput[] = [];
  timeUs = START_US;

  constructor(options: Partial<SessionOptions>, policy: ResendPolicy = RESEND_ALL, session?: FixSession) {
    const defaults: SessionOptions = {
      role: 'initiator',
      beginString: 'FIX.4.4',
      senderCompId: options.role === 'acceptor' ? 'VENUE' : 'BATON',
      targetCompId: options.role === 'acceptor' ? 'BATON' : 'VENUE',
      heartBtIntS: 5,
    };
    this.session = session ?? new FixSession({ ...defaults, ...options }, policy);
  }

  /** Carries out the outputs of a step. */
  take(outputs: readonly SessionOutput[]): readonly SessionOutput[] {
    this.outputs.push(...outputs);
    for (const output of outputs) {
      if (output.type === 'transmit') {
        this.wire.push(encodeTransmit(this.session.config, output, this.timeUs));
      }
    }
    return outputs;
  }

  sent(outcome: SendOutcome): void {
    if (!outcome.ok) {
      throw new Error(`send refused: ${outcome.reason}`);
    }
    this.take(outcome.outputs);
  }

  /** Transmitted frames since the last call, readable. */
  trace(): string[] {
    return this.wire.splice(0).map(readable);
  }

  typesOf(type: SessionOutput['type']): SessionOutput[] {
    return this.outputs.filter((output) => output.type === type);
  }
}

/** Carries frames both ways until nothing is left; returns the trace, '>' from a, '<' from b. */
export function exchange(a: Peer, b: Peer): string[] {
  const trace: string[] = [];
  for (;;) {
    const fromA = a.wire.shift();
    if (fromA !== undefined) {
      trace.push(`> ${readable(fromA)}`);
      b.take(b.session.received(fromA, b.timeUs));
      continue;
    }
    const fromB = b.wire.shift();
    if (fromB === undefined) {
      return trace;
    }
    trace.push(`< ${readable(fromB)}`);
    a.take(a.session.received(fromB, a.timeUs));
  }
}
