/** Webhooks: a JSON document an alert, or a message in the form that Slack, Mattermost and Rocket.Chat take. */
import { type Alert, alertDocument, alertLine, type Severity, type Teller } from './alert.ts';
import { httpPost } from './http-post.ts';
import type { Receiver } from './receiver.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly severityMin: Severity;
  readonly url: string;
  /** Sent as `Authorization: Bearer`; '' for none. */
  readonly token: string;
}

export class WebhookReceiver implements Receiver {
  readonly name: string;
  readonly severityMin: Severity;
  readonly #options: WebhookOptions;

  constructor(options: WebhookOptions) {
    this.name = options.name;
    this.severityMin = options.severityMin;
    this.#options = options;
  }

  send(alert: Alert, teller: Teller, signal: AbortSignal): Promise<void> {
    const { token, url } = this.#options;
    return httpPost({
      url,
      contentType: 'application/json',
      body: JSON.stringify(alertDocument(alert, teller)),
      headers: { 'idempotency-key': alert.id, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
      signal,
    });
  }
}

const EMOJI: Readonly<Record<Severity, string>> = {
  critical: ':rotating_light:',
  warning: ':warning:',
  info: ':information_source:',
};

export class SlackReceiver implements Receiver {
  readonly name: string;
  readonly severityMin: Severity;
  readonly #url: string;

  constructor({ name, severityMin, url }: Omit<WebhookOptions, 'token'>) {
    this.name = name;
    this.severityMin = severityMin;
    this.#url = url;
  }

  send(alert: Alert, teller: Teller, signal: AbortSignal): Promise<void> {
    // The three characters with a meaning of their own in Slack's text.
    const line = alertLine(alert, teller).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    const body = JSON.stringify({ text: `${EMOJI[alert.severity]} ${line}` });
    return httpPost({ url: this.#url, contentType: 'application/json', body, signal });
  }
}
