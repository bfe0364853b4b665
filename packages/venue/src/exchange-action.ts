/** What the exchange core asks its shell to do, in order. */
export type ExchangeAction =
  | { readonly type: 'write'; readonly connectionId: number; readonly bytes: Uint8Array }
  /** `end`: send what is queued, then FIN. `reset`: RST at once. */
  | { readonly type: 'close'; readonly connectionId: number; readonly how: 'end' | 'reset' };
