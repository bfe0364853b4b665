/**
 * Reads and checks the PEM files and other secrets that a configuration names, so that a wrong one is told at start, by key, and not at the
 * first failover. Paths are relative to the configuration file, and `{node}` in them is the node's name. Contents never stand in a problem. Dates are not checked: a
 * node whose certificate has expired still counts in the quorum, and its refused connections say why.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ClientTls, ServerTls } from '@baton/host';
import type { VenueLogon } from '../gateway/venue-logon.ts';
import type { ConfigurationProblem } from './problem.ts';
import { keyOfPath, type Path, shortText } from './relation-problem.ts';
import type { FileConfiguration } from './schema.ts';

export class SecretFiles {
  readonly problems: ConfigurationProblem[] = [];
  readonly #file: string;
  readonly #node: string;

  /** `file`: the configuration file. */
  constructor(file: string, node: string) {
    this.#file = file;
    this.#node = node;
  }

  /** What dialling `venues[i]` needs; undefined without TLS. */
  ofVenue(venue: FileConfiguration['venues'][number], i: number): ClientTls | undefined {
    const { tls, address } = venue;
    if (tls === undefined) return undefined;
    const path = ['venues', i, 'tls'];
    const { caFile, certFile, keyFile } = tls;
    const servername = tls.serverName ?? address.slice(0, address.lastIndexOf(':'));
    const ca = caFile === undefined ? {} : { ca: this.#certificates([...path, 'caFile'], caFile) };
    const ahead = { ticketsAhead: tls.ticketsAhead };
    if (certFile === undefined || keyFile === undefined) return { servername, ...ahead, ...ca };
    return { servername, ...ahead, ...ca, ...this.#pair(path, certFile, keyFile) };
  }

  /** What a Logon to `venues[i]` carries besides CompIDs; undefined for nothing. A final line end is no part of a secret. */
  logonOf(venue: FileConfiguration['venues'][number], i: number): VenueLogon | undefined {
    if (venue.logon === undefined) return undefined;
    const { username = '', passwordFile, signingKeyFile } = venue.logon;
    const secret = (key: string, name: string | undefined): string =>
      name === undefined ? '' : this.#read(['venues', i, 'logon', key], name).replace(/\r?\n$/, '');
    return {
      username,
      password: secret('passwordFile', passwordFile),
      signingKey: secret('signingKeyFile', signingKeyFile),
    };
  }

  /** A secret of one line, such as a token. */
  secret(path: Path, name: string): string {
    return this.#read(path, name).trimEnd();
  }

  /** What the FIX port of `nodes[i]` needs; undefined without TLS. */
  ofPort(node: FileConfiguration['nodes'][number], i: number): ServerTls | undefined {
    if (node.fixTls === undefined) return undefined;
    const path = ['nodes', i, 'fixTls'];
    const { certFile, keyFile, clientCaFile } = node.fixTls;
    const ca = clientCaFile === undefined ? {} : { ca: this.#certificates([...path, 'clientCaFile'], clientCaFile) };
    return { ...this.#pair(path, certFile, keyFile), ...ca };
  }

  /** What the API of this node is served with. */
  ofApi(tls: { readonly certFile: string; readonly keyFile: string; readonly caFile?: string | undefined }): {
    cert: string;
    key: string;
    ca?: string;
  } {
    const path = ['api', 'tls'];
    const ca = tls.caFile === undefined ? {} : { ca: this.#certificates([...path, 'caFile'], tls.caFile) };
    return { ...this.#pair(path, tls.certFile, tls.keyFile), ...ca };
  }

  /** A secret that is a file's whole text, without a final line end; '' when there is a problem. */
  text(path: Path, name: string): string {
    return this.#read(path, name).replace(/\r?\n$/, '');
  }

  /** A secret in the environment of this process; '' when there is a problem. */
  variable(path: Path, name: string): string {
    const value = process.env[name] ?? '';
    if (value === '') this.problem(path, name, 'a variable of the environment that is set', 'set it for this node');
    return value;
  }

  #pair(path: Path, certFile: string, keyFile: string): { cert: string; key: string } {
    const cert = this.#certificates([...path, 'certFile'], certFile);
    const key = this.#read([...path, 'keyFile'], keyFile);
    if (cert === '' || key === '') return { cert, key };
    let privateKey: KeyObject;
    try {
      privateKey = createPrivateKey(key);
    } catch {
      const remedy = 'name a PEM file with an unencrypted private key';
      this.problem([...path, 'keyFile'], keyFile, 'a file with a private key', remedy);
      return { cert, key };
    }
    if (!new X509Certificate(cert).checkPrivateKey(privateKey)) {
      const remedy = 'name the key and the certificate that were made together';
      this.problem([...path, 'keyFile'], keyFile, `the key of the certificate in ${certFile}`, remedy);
    }
    return { cert, key };
  }

  /** The text of a file that begins with a certificate; '' when there is a problem. */
  #certificates(path: Path, name: string): string {
    const text = this.#read(path, name);
    if (text === '') return '';
    try {
      new X509Certificate(text);
      return text;
    } catch {
      this.problem(
        path,
        name,
        'a file with a certificate',
        'name a PEM file that begins with -----BEGIN CERTIFICATE-----',
      );
      return '';
    }
  }

  #read(key: Path, name: string): string {
    try {
      const path = resolve(dirname(resolve(this.#file)), name.replaceAll('{node}', this.#node));
      const text = readFileSync(path, 'latin1');
      if (text !== '') return text;
      this.problem(key, name, 'a file that is not empty', 'write the PEM text or the secret into it');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      const remedy = `correct the path (relative to the configuration file) or its permissions (${code})`;
      this.problem(key, name, 'a readable file', remedy);
    }
    return '';
  }

  /** Notes what is wrong; `name` is shown and must be no secret. */
  problem(path: Path, name: string, expected: string, remedy: string): void {
    const place = { file: this.#file, line: 0, column: 0 };
    this.problems.push({ ...place, key: keyOfPath(path), value: shortText(name), expected, remedy });
  }
}
