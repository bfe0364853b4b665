export { findProfile, PROFILES } from './catalogue.ts';
export type {
  CancelOnDisconnectFacts,
  DropCopyFacts,
  EventReplayFacts,
  LogonFacts,
  OrderFacts,
  ProfileSource,
  RateFacts,
  ReceiveWindowFacts,
  RecoveryFacts,
  RestFacts,
  SessionFacts,
  StatusQueryWay,
  VenueProfile,
} from './venue-profile.ts';
