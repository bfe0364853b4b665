// The certificates of tests, as PEM. The keys are public with this repository: never trust this CA anywhere else.

import { readFileSync } from 'node:fs';

/** Files in `certificates/`; what each is for stands in the README there. */
export type TestCertificate =
  | 'ca'
  | 'venue'
  | 'venue-expired'
  | 'venue-foreign'
  | 'loopback'
  | 'desk'
  | 'desk-expired'
  | 'desk-foreign'
  | 'other'
  | 'common-name';

/** Where a test certificate lies, for configuration files of tests. */
export function testPemUrl(name: TestCertificate): URL {
  return new URL(`./certificates/${name}.pem`, import.meta.url);
}

/** Key and certificate (the CA: certificate only) of a test. */
export function testPem(name: TestCertificate): string {
  return readFileSync(testPemUrl(name), 'latin1');
}
