/** Who is told of alerts, and who of a promotion, as a node's processes need it: settings with their secrets read. */
import { type ReceiverPlan, receiverPlan, type TargetPlan, targetPlans } from '@baton/herald';
import type { FileConfiguration } from '../configuration/schema.ts';
import type { SecretFiles } from '../configuration/secret-files.ts';

export interface AlertPlan {
  readonly receivers: readonly ReceiverPlan[];
  readonly repeatMs: number;
  /** In a node's memory: so many, and no older. */
  readonly keptMax: number;
  readonly keptMinutes: number;
  readonly syncLagWarnMs: number;
  readonly syncLagErrorMs: number;
  readonly diskFreeMinPercent: number;
}

/** Null: nobody is told. */
export function alertPlan({ alerts }: FileConfiguration, secrets: SecretFiles): AlertPlan | null {
  const { receivers, ...settings } = alerts;
  if (receivers.length === 0) return null;
  const plans = receivers.map((each, i) =>
    receiverPlan(each, (name) => secrets.secret(['alerts', 'receivers', i], name)),
  );
  return { ...settings, receivers: plans };
}

export function promotionPlan({ loadBalancers, onPromote }: FileConfiguration, secrets: SecretFiles): TargetPlan[] {
  return targetPlans(loadBalancers, onPromote, (name) => secrets.secret(['loadBalancers'], name));
}
