/**
 * E-mail by SMTP. The library is loaded with the first mail: who sends none does not pay for it. Message-ID is the alert's
 * id, so that a repetition after a failover is one mail in the reader's box.
 */
import { type Alert, alertDocument, alertLine, type Severity, type Teller } from './alert.ts';
import { type Receiver, ReceiverError } from './receiver.ts';

export interface MailOptions {
  readonly name: string;
  readonly severityMin: Severity;
  readonly host: string;
  readonly port: number;
  /** `starttls` refuses a server that does not offer it. */
  readonly tls: 'starttls' | 'tls' | 'none';
  /** '' for none. */
  readonly username: string;
  readonly password: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** Of connection, greeting and silence; the whole is bounded by the caller. */
const STEP_TIMEOUT_MS = 10_000;
/** Refused for good: the server does not want this mail, or this sender. */
const REFUSED = 500;

export class MailReceiver implements Receiver {
  readonly name: string;
  readonly severityMin: Severity;
  readonly #options: MailOptions;

  constructor(options: MailOptions) {
    this.name = options.name;
    this.severityMin = options.severityMin;
    this.#options = options;
  }

  async send(alert: Alert, teller: Teller, signal: AbortSignal): Promise<void> {
    const { createTransport } = await import('nodemailer');
    const { from, host, password, port, tls, to, username } = this.#options;
    const transport = createTransport({
      host,
      port,
      secure: tls === 'tls',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      connectionTimeout: STEP_TIMEOUT_MS,
      greetingTimeout: STEP_TIMEOUT_MS,
      socketTimeout: STEP_TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(username === '' ? {} : { auth: { user: username, pass: password } }),
    });
    const close = (): void => transport.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      await Promise.race([transport.sendMail(mailOf(alert, teller, from, to)), aborted(signal)]);
    } catch (error) {
      const { code, responseCode } = error as { readonly code?: string; readonly responseCode?: number };
      const isFinal = responseCode !== undefined && responseCode >= REFUSED;
      throw new ReceiverError(`${host}:${port} did not take the mail (${responseCode ?? code ?? 'error'})`, isFinal);
    } finally {
      signal.removeEventListener('abort', close);
      transport.close();
    }
  }
}

function mailOf(alert: Alert, teller: Teller, from: string, to: readonly string[]) {
  const subject = alert.subject === '' ? '' : ` ${alert.subject}`;
  const facts = JSON.stringify(alertDocument(alert, teller), null, 2);
  return {
    from,
    to,
    subject: oneLine(`[baton ${teller.cluster}] ${alert.severity}: ${alert.code}${subject}`),
    text: `${alertLine(alert, teller)}\n\n${facts}\n`,
    messageId: `<${alert.id.replace(/[^\w.-]/g, '-')}@${teller.cluster}.baton>`,
    headers: { 'X-Baton-Alert': alert.code, 'Auto-Submitted': 'auto-generated' },
  };
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').slice(0, 200);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new ReceiverError('it took too long')), { once: true });
  });
}
