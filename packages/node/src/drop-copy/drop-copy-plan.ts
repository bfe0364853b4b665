/** A venue's drop copy as the configuration names it, with the facts of the venue's profile. */
export interface DropCopyPlan {
  readonly senderCompId: string;
  readonly address: { readonly host: string; readonly port: number };
  /** How much later than the order session it tells. */
  readonly delayMs: number;
}
