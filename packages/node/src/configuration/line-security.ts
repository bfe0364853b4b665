/**
 * Which lines need TLS, FIX and links between nodes alike, and which keys about it belong together: no plaintext off loopback unless the file says so, a
 * certificate never without its key, and where clients show certificates each client is bound to the name in its own, so
 * that none can log on as another (fix reference §8.2).
 */
import { isLoopback, opensOnLoopback } from './loopback.ts';
import { type RelationProblem, relationProblem } from './relation-problem.ts';
import type { FileConfiguration } from './schema.ts';

export function lineSecurityProblems(configuration: FileConfiguration): RelationProblem[] {
  return [
    ...configuration.venues.flatMap((venue, i) => venueProblems(venue, i)),
    ...configuration.nodes.flatMap((node, i) => nodeProblems(node, i)),
    ...clientProblems(configuration),
    ...linkProblems(configuration),
  ];
}

function linkProblems({ nodes, tls, linkPlaintext }: FileConfiguration): RelationProblem[] {
  if (tls !== undefined) {
    if (!linkPlaintext) return [];
    return [relationProblem(['linkPlaintext'], true, 'tls or linkPlaintext, not both', 'remove one of them')];
  }
  if (linkPlaintext) return [];
  const remedy =
    'add tls with caFile, certFile and keyFile (baton certs), or linkPlaintext: true if the network is safe';
  return nodes.flatMap(({ raft }, i) =>
    isLoopback(raft) ? [] : [relationProblem(['nodes', i, 'raft'], raft, 'tls for links off loopback', remedy)],
  );
}

function venueProblems(venue: FileConfiguration['venues'][number], i: number): RelationProblem[] {
  const { address, tls, plaintext } = venue;
  const problems: RelationProblem[] = [];
  if (tls === undefined && !plaintext && !isLoopback(address)) {
    const remedy = `add tls: {} (checked against the system's roots) or with caFile, or plaintext: true if the line is safe`;
    problems.push(relationProblem(['venues', i, 'address'], address, 'tls for an address off loopback', remedy));
  }
  const copyAddress = venue.dropCopy?.address;
  if (tls === undefined && !plaintext && copyAddress !== undefined && !isLoopback(copyAddress)) {
    const remedy = 'add tls to the venue, or plaintext: true if the way there is safe in itself';
    const path = ['venues', i, 'dropCopy', 'address'];
    problems.push(relationProblem(path, copyAddress, 'tls for an address off loopback', remedy));
  }
  if (tls === undefined) return problems;
  if (plaintext) {
    problems.push(
      relationProblem(['venues', i, 'plaintext'], true, 'tls or plaintext, not both', 'remove one of them'),
    );
  }
  if ((tls.certFile === undefined) !== (tls.keyFile === undefined)) {
    const missing = tls.certFile === undefined ? 'certFile' : 'keyFile';
    const remedy = `add ${missing}; both may name one file that holds both`;
    problems.push(
      relationProblem(['venues', i, 'tls', missing], undefined, 'a certificate together with its key', remedy),
    );
  }
  return problems;
}

function nodeProblems(node: FileConfiguration['nodes'][number], i: number): RelationProblem[] {
  const { fix, fixTls, fixPlaintext, listen } = node;
  if (fix === undefined) {
    if (fixTls === undefined && !fixPlaintext) return [];
    const key = fixTls === undefined ? 'fixPlaintext' : 'fixTls';
    return [
      relationProblem(['nodes', i, key], undefined, 'a fix address that it is for', 'add fix, or remove this key'),
    ];
  }
  if (fixTls === undefined && !fixPlaintext && !opensOnLoopback(fix, listen)) {
    const remedy = 'add fixTls with certFile and keyFile, or fixPlaintext: true if the line is safe';
    return [relationProblem(['nodes', i, 'fix'], fix, 'fixTls for an address off loopback', remedy)];
  }
  if (fixTls === undefined || !fixPlaintext) return [];
  const expected = 'fixTls or fixPlaintext, not both';
  return [relationProblem(['nodes', i, 'fixPlaintext'], true, expected, 'remove one of them')];
}

/** A client may come to any node: either all of them ask it for its certificate, or none. */
function clientProblems({ nodes, clients }: FileConfiguration): RelationProblem[] {
  const served = nodes.flatMap((node, i) => (node.fix === undefined ? [] : [{ node, i }]));
  const asking = served.filter(({ node }) => node.fixTls?.clientCaFile !== undefined);
  const problems: RelationProblem[] = [];
  clients.forEach(({ certificateName }, i) => {
    const path = ['clients', i, 'certificateName'];
    if (certificateName !== undefined && asking.length === 0 && served.length > 0) {
      const expected = 'nodes that ask clients for certificates';
      problems.push(relationProblem(path, certificateName, expected, 'add clientCaFile to fixTls of each node'));
    }
    if (certificateName === undefined && asking.length > 0) {
      const expected = 'the name in the certificate of this client';
      const remedy = 'add it: otherwise whoever has a certificate of clientCaFile could log on as this client';
      problems.push(relationProblem(path, undefined, expected, remedy));
    }
  });
  if (asking.length === 0) return problems;
  for (const { node, i } of served) {
    if (node.fixTls?.clientCaFile !== undefined) continue;
    const path = ['nodes', i, 'fixTls', 'clientCaFile'];
    const expected = 'the same as at other nodes, which ask clients for certificates';
    problems.push(relationProblem(path, undefined, expected, 'add it here, or remove it from all nodes'));
  }
  return problems;
}
