/**
 * Certificates for the links between nodes: read, and judged before the node starts, because the other nodes would only
 * say that they refuse it. What they check is checked here: the CA, the dates, and that the certificate carries the name
 * of the node (`docs/contracts.md`). Key material is read by the process that uses it and travels nowhere.
 */
import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ReplicaOptions } from '@baton/replica';
import { ConfigurationError } from './problem.ts';

/** Absolute paths of PEM files. */
export interface LinkTlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a link's certificate must carry as DNS subject alternative name: the node's name. */
export type NodeNameOf = (nodeId: number) => string;

/** What links are opened with. */
export type LinkTls = NonNullable<ReplicaOptions['tls']>;

type Key = keyof LinkTlsFiles;

/**
 * Reads the files.
 * @throws ConfigurationError naming the file that cannot be read
 */
export function readLinkTls(files: LinkTlsFiles, nameOf: NodeNameOf): LinkTls {
  return { ca: textOf(files, 'caFile'), cert: textOf(files, 'certFile'), key: textOf(files, 'keyFile'), nameOf };
}

/**
 * Reads and judges the files as those of node `name`.
 * @throws ConfigurationError when the other nodes would refuse links with them
 */
export function checkLinkTls(files: LinkTlsFiles, name: string): void {
  const { ca, cert, key } = readLinkTls(files, () => name);
  const { createPrivateKey } = process.getBuiltinModule('node:crypto');
  const certificate = parsed(files, 'certFile', cert);
  const authority = parsed(files, 'caFile', ca);
  const wrong = (of: Key, expected: string, remedy: string): never => {
    throw problem(files, of, '', expected, remedy);
  };
  const { checkServerIdentity } = process.getBuiltinModule('node:tls');
  const legacy = certificate.toLegacyObject() as Parameters<typeof checkServerIdentity>[1];
  if (checkServerIdentity(name, legacy) !== undefined) {
    const found = certificate.subjectAltName ?? 'no name at all';
    wrong('certFile', `a certificate for DNS:${name}; it is for ${found}`, `make one: baton certs node ${name}`);
  }
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    wrong(
      'certFile',
      `a certificate signed by the CA in ${files.caFile}`,
      'give the node one of the CA of its cluster',
    );
  }
  const expiry = certificate.validToDate;
  if (expiry.getTime() < Date.now()) {
    wrong('certFile', `a certificate that is valid; it expired on ${expiry.toISOString()}`, 'make a new one');
  }
  let belongs = false;
  try {
    belongs = certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    wrong('keyFile', 'a private key in PEM', 'give the file that was made with the certificate');
  }
  if (!belongs) {
    wrong('keyFile', `the private key of ${files.certFile}`, 'give the file that was made with the certificate');
  }
}

function parsed(files: LinkTlsFiles, of: Key, pem: string): X509Certificate {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  try {
    return new X509Certificate(pem);
  } catch {
    throw problem(files, of, '', 'a certificate in PEM', 'give a file made by baton certs, or by your CA');
  }
}

function textOf(files: LinkTlsFiles, of: Key): string {
  try {
    return readFileSync(files[of], 'latin1');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw problem(files, of, code, 'a readable PEM file', 'correct the path, or make the file: baton certs --help');
  }
}

function problem(files: LinkTlsFiles, of: Key, value: string, expected: string, remedy: string): ConfigurationError {
  return new ConfigurationError([{ file: files[of], line: 0, column: 0, key: `tls.${of}`, value, expected, remedy }]);
}
