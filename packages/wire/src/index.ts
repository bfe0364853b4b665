export { encodeDeathNotice } from './death-notice.ts';
export { WireError } from './errors.ts';
export { DEFAULT_WIRE_LIMITS, type WireLimits } from './limits.ts';
export {
  type DeathProof,
  type DownEvidence,
  type HandshakeRefusal,
  HandshakeRefusalReason,
  type PeerInfo,
  type WireHandlers,
  type WireLog,
  type WireOptions,
  type WireTls,
} from './options.ts';
export { PROTOCOLS, type Protocol, type VersionRange } from './protocol.ts';
export { type PeerStatus, Wire } from './wire.ts';
