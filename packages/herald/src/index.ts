export {
  type Alert,
  alertDocument,
  alertLine,
  isAtLeast,
  redacted,
  SEVERITIES,
  type Severity,
  type Teller,
} from './alert.ts';
export { AlertPost, type AlertPostOptions, type HeraldClock } from './alert-post.ts';
export { askHaproxy } from './haproxy-target.ts';
export {
  type ReceiverPlan,
  receiverOf,
  receiverPlan,
  type SecretReader,
  type TargetPlan,
  targetOf,
  targetPlans,
} from './plan.ts';
export type { Promotion, PromotionTarget } from './promotion-target.ts';
export { Promotions, type PromotionsOptions } from './promotions.ts';
export { type Receiver, ReceiverError } from './receiver.ts';
export { type Condition, Conditions, Repetition } from './repetition.ts';
