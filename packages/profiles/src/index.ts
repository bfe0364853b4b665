export { findProfile, PROFILES } from './catalogue.ts';
export type {
  CancelOnDisconnectFacts,
  DropCopyFacts,
  LogonFacts,
  OrderFacts,
  ProfileSource,
  RateFacts,
  ReceiveWindowFacts,
  RecoveryFacts,
  SessionFacts,
  StatusQueryWay,
  VenueProfile,
} from './venue-profile.ts';
