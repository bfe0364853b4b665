/** Where alerts go: one way of telling people. A receiver either has taken an alert when `send` resolves, or `send` rejects. */
import type { Alert, Severity, Teller } from './alert.ts';

export interface Receiver {
  /** Of the configuration; names the receiver in logs and in what the cluster remembers of it. */
  readonly name: string;
  readonly severityMin: Severity;
  /** Rejects with a ReceiverError, or whatever went wrong. The signal ends it when it takes too long. */
  send(alert: Alert, teller: Teller, signal: AbortSignal): Promise<void>;
}

/** A receiver that did not take an alert. `isFinal`: it never will, as it stands; trying again does not help. */
export class ReceiverError extends Error {
  readonly code = 'BATON_HERALD_RECEIVER';
  readonly isFinal: boolean;

  constructor(message: string, isFinal = false, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ReceiverError';
    this.isFinal = isFinal;
  }
}
