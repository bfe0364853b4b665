/** Runs a program for each alert: fields as `BATON_ALERT_*` in its environment, the JSON document on standard input. */
import { type Alert, alertDocument, redacted, type Severity, type Teller } from './alert.ts';
import { type Receiver, ReceiverError } from './receiver.ts';
import { runCommand } from './run-command.ts';

export interface CommandReceiverOptions {
  readonly name: string;
  readonly severityMin: Severity;
  readonly command: readonly string[];
}

export class CommandReceiver implements Receiver {
  readonly name: string;
  readonly severityMin: Severity;
  readonly #command: readonly string[];

  constructor({ command, name, severityMin }: CommandReceiverOptions) {
    this.name = name;
    this.severityMin = severityMin;
    this.#command = command;
  }

  async send(alert: Alert, teller: Teller, signal: AbortSignal): Promise<void> {
    const problem = await runCommand({
      command: this.#command,
      environment: {
        BATON_ALERT_ID: alert.id,
        BATON_ALERT_CODE: alert.code,
        BATON_ALERT_SEVERITY: alert.severity,
        BATON_ALERT_SUBJECT: alert.subject,
        BATON_ALERT_TEXT: redacted(alert.text),
        BATON_CLUSTER: teller.cluster,
        BATON_NODE: teller.node,
      },
      input: `${JSON.stringify(alertDocument(alert, teller))}\n`,
      signal,
    });
    if (problem !== '') throw new ReceiverError(problem);
  }
}
