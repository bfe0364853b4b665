/**
 * Who may use the operations API, checked and made ready for the core. Rules decided here: off loopback there is no API without TLS and tokens unless the file says so in so many words;
 * a token itself is never in the plan, only its SHA-256 (tokens are random and long: nothing is gained by a slow hash).
 */
import { createHash } from 'node:crypto';
import type { ApiConfiguration, ApiRole } from './api-schema.ts';
import { opensOnLoopback } from './loopback.ts';
import { type RelationProblem, relationProblem } from './relation-problem.ts';
import type { FileConfiguration } from './schema.ts';
import type { SecretFiles } from './secret-files.ts';

/** Shorter ones can be guessed; 32 random bytes in base64url are 43. */
const TOKEN_LENGTH_MIN = 20;

export interface ApiToken {
  readonly name: string;
  readonly role: ApiRole;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface ApiPlan {
  readonly tokens: readonly ApiToken[];
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  readonly hosts: readonly string[];
}

export function apiPlan({ hosts, tls, tokens }: ApiConfiguration, secrets: SecretFiles): ApiPlan {
  return {
    hosts,
    tokens: tokens.map(({ name, role, sha256, tokenFile, tokenVariable }, i) => {
      if (sha256 !== undefined) return { name, role, sha256 };
      const path = ['api', 'tokens', i];
      const token =
        tokenFile === undefined
          ? secrets.variable([...path, 'tokenVariable'], tokenVariable ?? '')
          : secrets.text([...path, 'tokenFile'], tokenFile);
      if (token !== '' && (token.length < TOKEN_LENGTH_MIN || /[^\x21-\x7e]/.test(token))) {
        const key = tokenFile === undefined ? 'tokenVariable' : 'tokenFile';
        const remedy = 'make one: openssl rand -base64 32 | tr "+/" "-_"';
        secrets.problem([...path, key], '', `a token of at least ${TOKEN_LENGTH_MIN} printable characters`, remedy);
      }
      return { name, role, sha256: createHash('sha256').update(token).digest('hex') };
    }),
    ...(tls === undefined ? {} : { tls: secrets.ofApi(tls) }),
  };
}

export function apiProblems(api: ApiConfiguration, nodes: FileConfiguration['nodes']): RelationProblem[] {
  const problems: RelationProblem[] = [];
  const far = nodes.findIndex(({ api: address, listen }) => !opensOnLoopback(address, listen));
  const address = nodes[far]?.api;
  if (far >= 0 && api.tls === undefined && !api.plaintext) {
    const remedy = 'add api.tls with certFile and keyFile, or api.plaintext: true if the network is safe';
    problems.push(relationProblem(['nodes', far, 'api'], address, 'api.tls for an address off loopback', remedy));
  }
  if (far >= 0 && api.tokens.length === 0 && !api.withoutTokens) {
    const remedy = 'add api.tokens, or api.withoutTokens: true if everybody who reaches the port may trade';
    problems.push(relationProblem(['nodes', far, 'api'], address, 'api.tokens for an address off loopback', remedy));
  }
  if (api.tls !== undefined && api.plaintext) {
    problems.push(relationProblem(['api', 'plaintext'], true, 'tls or plaintext, not both', 'remove one of them'));
  }
  if (api.tokens.length > 0 && api.withoutTokens) {
    const expected = 'tokens or withoutTokens, not both';
    problems.push(relationProblem(['api', 'withoutTokens'], true, expected, 'remove one of them'));
  }
  const names = api.tokens.map(({ name }) => name);
  api.tokens.forEach(({ name, sha256, tokenFile, tokenVariable }, i) => {
    const given = [sha256, tokenFile, tokenVariable].filter((value) => value !== undefined).length;
    if (given !== 1) {
      const expected = 'exactly one of sha256, tokenFile and tokenVariable';
      problems.push(relationProblem(['api', 'tokens', i], name, expected, 'say where the token is, once'));
    }
    if (names.indexOf(name) !== i) {
      const expected = 'a name that no other token has';
      problems.push(relationProblem(['api', 'tokens', i, 'name'], name, expected, 'give each token its own name'));
    }
  });
  return problems;
}
