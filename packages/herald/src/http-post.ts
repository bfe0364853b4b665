/**
 * One POST with a time limit. Answers 2xx are success; 4xx that say "never" (all but 408, 425, 429) are final; redirects are
 * not followed, because they would carry a secret elsewhere. No error names the URL's path: webhook paths are secrets.
 */
import { ReceiverError } from './receiver.ts';

export interface HttpPost {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

/** @throws ReceiverError */
export async function httpPost({ body, contentType, headers, signal, url }: HttpPost): Promise<void> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal,
      headers: { 'content-type': contentType, ...headers },
    });
    await response.arrayBuffer();
  } catch (error) {
    const { cause, name } = error as Error & { readonly cause?: { readonly code?: string } };
    throw new ReceiverError(`${host} did not answer (${cause?.code ?? name})`);
  }
  if (response.ok) return;
  const isFinal = response.status >= 300 && response.status < 500 && !TRY_AGAIN.has(response.status);
  throw new ReceiverError(`${host} answered ${response.status}`, isFinal);
}
