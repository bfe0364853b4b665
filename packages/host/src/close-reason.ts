// Why a connection ended: evidence for who must decide whether a peer is dead, and a reason for who must repair TLS.

/** Why a connection ended. */
export interface CloseReason {
  /**
   * `closed`: the other side ended it in order (FIN). `reset`: it vanished or reset it (RST, broken pipe).
   * `refused`: nobody listens there (dial only). `timeout`: no answer in time. `local`: this side ended it.
   * `tls`: the handshake failed, or TLS was broken later, see `code`. `error`: anything else, see `code`.
   */
  readonly kind: 'closed' | 'reset' | 'refused' | 'timeout' | 'local' | 'tls' | 'error';
  /** The system's code (ECONNREFUSED, ECONNRESET, …), for `tls` a `TlsFailure`, or '' when there was none. */
  readonly code: string;
  /** For `tls`: more about it, for people. May hold text that the other side chose, at most 300 characters. */
  readonly detail?: string;
}

/** How TLS fails: the `code` of a `CloseReason` whose kind is `tls`. */
export const TlsFailure = {
  CertificateExpired: 'certificate-expired',
  CertificateNotYetValid: 'certificate-not-yet-valid',
  /** The certificate is another's: it does not carry the name that was dialled. */
  WrongName: 'wrong-name',
  /** Nobody we trust has issued it. */
  UnknownCa: 'unknown-ca',
  /** The client showed none, and must. */
  CertificateMissing: 'certificate-missing',
  /** It is of the right CA, and wrong in some other way: see `detail`. */
  CertificateRefused: 'certificate-refused',
  /** The other side did not like what it saw: see `detail`. */
  RefusedByPeer: 'refused-by-peer',
  /** No version of TLS in common. */
  Version: 'version',
  /** What arrived is no TLS. */
  NotTls: 'not-tls',
  HandshakeTimeout: 'handshake-timeout',
  /** More handshakes at a time than a port takes. */
  TooManyHandshakes: 'too-many-handshakes',
  Other: 'other',
} as const;
export type TlsFailure = (typeof TlsFailure)[keyof typeof TlsFailure];
