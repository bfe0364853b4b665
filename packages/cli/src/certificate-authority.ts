/**
 * A certificate authority for development, and certificates for nodes: ECDSA P-256, X.509 v3 (RFC 5280). Rules decided
 * here: a node's certificate carries its name as a DNS subject alternative name, because links check the name, not the
 * address; it serves both ends of a link; the authority can sign nodes and nothing below them (path length 0).
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Certificates are valid from a little before now: the nodes' clocks differ. */
const CLOCK_MARGIN_MS = 5 * 60_000;

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly nowMs: number;
  readonly days: number;
}

/** A new authority for the cluster `cluster`. */
export async function makeAuthority(cluster: string, validity: Validity): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: distinguishedName(`Baton development CA ${cluster}`),
    ...dates(validity),
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pemOf(certificate, keys.privateKey);
}

/**
 * A new certificate for node `node`, signed by `authority`. `addresses` are further names and IP addresses under which
 * something other than a link may reach it; loopback is always among them.
 * @throws Error when the authority's PEM cannot be read or key and certificate do not belong together
 */
export async function makeNodeCertificate(
  authority: KeyPair,
  node: string,
  addresses: readonly { readonly type: 'dns' | 'ip'; readonly value: string }[],
  validity: Validity,
): Promise<KeyPair> {
  const issuer = new X509Certificate(authority.certificate);
  const signingKey = await signingKeyOf(authority.key);
  const keys = await newKeys();
  const names: JsonGeneralName[] = [
    { type: 'dns', value: node },
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'ip', value: '::1' },
    ...addresses,
  ];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: distinguishedName(node),
    issuer: issuer.subjectName,
    ...dates(validity, issuer.notAfter),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: SIGNING,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(withoutRepeats(names)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  if (!(await certificate.verify({ publicKey: issuer, signatureOnly: true }))) {
    throw new Error('the private key of the authority does not belong to its certificate');
  }
  return pemOf(certificate, keys.privateKey);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function signingKeyOf(pem: string): Promise<CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']);
}

async function pemOf(certificate: X509Certificate, key: CryptoKey): Promise<KeyPair> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${PemConverter.encode(bytes, PemConverter.PrivateKeyTag)}\n`,
  };
}

/** Nothing outlives the authority that vouches for it. */
function dates({ nowMs, days }: Validity, last?: Date): { readonly notBefore: Date; readonly notAfter: Date } {
  const wantedMs = nowMs + days * DAY_MS;
  return {
    notBefore: new Date(nowMs - CLOCK_MARGIN_MS),
    notAfter: new Date(Math.min(wantedMs, last?.getTime() ?? wantedMs)),
  };
}

/** 16 random bytes, positive (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function distinguishedName(commonName: string): { CN: string[] }[] {
  return [{ CN: [commonName] }];
}

function withoutRepeats(names: readonly JsonGeneralName[]): JsonGeneralName[] {
  return names.filter(
    (name, at) => names.findIndex((other) => other.type === name.type && other.value === name.value) === at,
  );
}
