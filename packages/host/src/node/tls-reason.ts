// From the codes of OpenSSL and Node to our closed list, and from a certificate to the names in it.
//
// Rule decided here: a list of names that cannot be read without doubt has no names. (Node quotes alternative names that
// hold commas or quotes; splitting them blindly once let anybody forge names: CVE-2021-44532.)

import type { PeerCertificate } from 'node:tls';
import { type CloseReason, TlsFailure } from '../close-reason.ts';

const DETAIL_MAX = 300;

const FAILURES: ReadonlyMap<string, TlsFailure> = new Map([
  ['CERT_HAS_EXPIRED', TlsFailure.CertificateExpired],
  ['CERT_NOT_YET_VALID', TlsFailure.CertificateNotYetValid],
  ['ERR_TLS_CERT_ALTNAME_INVALID', TlsFailure.WrongName],
  ['HOSTNAME_MISMATCH', TlsFailure.WrongName],
  ['UNABLE_TO_GET_ISSUER_CERT', TlsFailure.UnknownCa],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', TlsFailure.UnknownCa],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', TlsFailure.UnknownCa],
  ['SELF_SIGNED_CERT_IN_CHAIN', TlsFailure.UnknownCa],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', TlsFailure.UnknownCa],
  ['CERT_UNTRUSTED', TlsFailure.UnknownCa],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', TlsFailure.HandshakeTimeout],
  ['ERR_SSL_WRONG_VERSION_NUMBER', TlsFailure.NotTls],
  ['ERR_SSL_HTTP_REQUEST', TlsFailure.NotTls],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', TlsFailure.NotTls],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', TlsFailure.Version],
  ['ERR_SSL_NO_PROTOCOLS_AVAILABLE', TlsFailure.Version],
]);
const ALERT = /^ERR_SSL_(?:SSL|TLS)V[0-9]+_ALERT_/;
const CERTIFICATE = /^(?:CERT_|CRL_|UNABLE_TO_|INVALID_|PATH_LENGTH_|ERROR_IN_CERT_|EE_KEY_|CA_|HOSTNAME_)/;

/** Whether a code comes from TLS and not from the operating system. */
export function isTlsCode(code: string): boolean {
  return FAILURES.has(code) || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || CERTIFICATE.test(code);
}

/** Why TLS failed, from the code of OpenSSL or Node. */
export function tlsReason(code: string, text: string): CloseReason {
  return { kind: 'tls', code: failureOf(code), detail: detailOf(code, text) };
}

function failureOf(code: string): TlsFailure {
  const known = FAILURES.get(code);
  if (known !== undefined) return known;
  if (ALERT.test(code)) return TlsFailure.RefusedByPeer;
  return CERTIFICATE.test(code) ? TlsFailure.CertificateRefused : TlsFailure.Other;
}

/** Texts of OpenSSL's own errors are addresses and file names of its source; their codes say it better. */
function detailOf(code: string, text: string): string {
  return code.startsWith('ERR_SSL_') || text === '' ? code : text.slice(0, DETAIL_MAX);
}

/** The names in a verified certificate: its DNS names, or its common names when it has no DNS names. */
export function certificateNames(certificate: PeerCertificate): readonly string[] {
  const alternatives = dnsNames(certificate.subjectaltname ?? '');
  if (alternatives === null) return [];
  if (alternatives.length > 0) return alternatives;
  const common: unknown = certificate.subject?.CN ?? [];
  return (Array.isArray(common) ? common : [common]).filter((name) => typeof name === 'string');
}

/** DNS names in Node's text of alternative names (`DNS:a, IP Address:b, DNS:"c"`); null when it has another form. */
export function dnsNames(text: string): string[] | null {
  const names: string[] = [];
  const entry = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;
  while (entry.lastIndex < text.length) {
    const found = entry.exec(text);
    if (found === null) return null;
    // Quoted ones hold characters that no DNS name has.
    if (found[1] === 'DNS' && found[2] !== undefined && !found[2].startsWith('"')) names.push(found[2]);
  }
  return names;
}
