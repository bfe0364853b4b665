export {
  type AlertSettings,
  alertsSchema,
  type LoadBalancerSettings,
  loadBalancerSchema,
  type OnPromoteSettings,
  onPromoteSchema,
  type ReceiverSettings,
} from './schema.ts';
