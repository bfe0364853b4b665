export { WireError } from './errors.ts';
export { DEFAULT_WIRE_LIMITS, type WireLimits } from './limits.ts';
export {
  type DownEvidence,
  type HandshakeRefusal,
  HandshakeRefusalReason,
  type PeerInfo,
  type VersionRange,
  type WireHandlers,
  type WireLog,
  type WireOptions,
  type WireTls,
} from './options.ts';
export { type PeerStatus, Wire } from './wire.ts';
