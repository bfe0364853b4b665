/** A load balancer that is told by HTTP, as in requirements §2.4-3: `POST /set-primary` with `host=`, and the node beside it. */
import { httpPost } from './http-post.ts';
import type { Promotion, PromotionTarget } from './promotion-target.ts';

export interface SetPrimaryOptions {
  readonly name: string;
  readonly url: string;
  /** Sent as `Authorization: Bearer`; '' for none. */
  readonly token: string;
  readonly timeoutMs: number;
}

export class SetPrimaryTarget implements PromotionTarget {
  readonly name: string;
  readonly timeoutMs: number;
  readonly #options: SetPrimaryOptions;

  constructor(options: SetPrimaryOptions) {
    this.name = options.name;
    this.timeoutMs = options.timeoutMs;
    this.#options = options;
  }

  promote({ api, cluster, host, node, term }: Promotion, signal: AbortSignal): Promise<void> {
    const { token, url } = this.#options;
    return httpPost({
      url,
      contentType: 'application/x-www-form-urlencoded',
      body: new URLSearchParams({ host, api, node, cluster, term: String(term) }).toString(),
      ...(token === '' ? {} : { headers: { authorization: `Bearer ${token}` } }),
      signal,
    });
  }
}
