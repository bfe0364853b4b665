/** Who is told which node leads: load balancers and programs beside the cluster's own health checks. */
export interface Promotion {
  readonly cluster: string;
  /** The node that leads. */
  readonly node: string;
  readonly term: number;
  /** Host of the leader's API, as the configuration names it. */
  readonly host: string;
  /** `host:port` of it. */
  readonly api: string;
  /** All other nodes. */
  readonly others: readonly string[];
}

export interface PromotionTarget {
  readonly name: string;
  /** How long one try may take. */
  readonly timeoutMs: number;
  /** Rejects when the target did not take it. Telling the same twice does no harm. */
  promote(promotion: Promotion, signal: AbortSignal): Promise<void>;
}
