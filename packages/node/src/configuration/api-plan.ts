/**
 * Who may use the operations API, as the file says it: tokens with a role each, TLS, and under which names this node is
 * asked. Rules decided here: off loopback there is no API without TLS and tokens unless the file says so in so many words;
 * a token itself is never in the plan, only its SHA-256 (tokens are random and long: nothing is gained by a slow hash).
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isLoopback } from './loopback.ts';
import { type RelationProblem, relationProblem } from './relation-problem.ts';
import type { SecretFiles } from './secret-files.ts';

export const API_ROLES = ['read', 'trade', 'operate'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** Shorter ones can be guessed; 32 random bytes in base64url are 43. */
const TOKEN_LENGTH_MIN = 20;

const tokenSchema = z.strictObject({
  /** Who it is, in audit lines and in the reasons of entries. */
  name: z.string().regex(/^[A-Za-z0-9_.@-]{1,32}$/, 'letters, digits, "-", "_", "." or "@", at most 32'),
  /** Each may do what the ones before it may: read < trade < operate. */
  role: z.enum(API_ROLES),
  /** One of three: the hash of the token, a file that holds it, an environment variable of the node that does. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the token, 64 hexadecimal digits')
    .optional(),
  tokenFile: z.string().min(1).optional(),
  tokenVariable: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable')
    .optional(),
});

export const apiSchema = z
  .strictObject({
    tokens: z.array(tokenSchema).max(100).default([]),
    /** `{node}` in a path is the node's name. `caFile`: by which nodes know each other; left out: the system's roots. */
    tls: z
      .strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1), caFile: z.string().min(1).optional() })
      .optional(),
    /** No TLS although an address is off loopback: whoever sees the network reads the tokens. */
    plaintext: z.boolean().default(false),
    /** No tokens although an address is off loopback: whoever reaches the port trades. */
    withoutTokens: z.boolean().default(false),
    /** Names besides the addresses by which this API may be asked: those of a load balancer. */
    hosts: z.array(z.string().min(1).max(253)).default([]),
  })
  .prefault({});

type ApiConfiguration = z.infer<typeof apiSchema>;

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

export function apiProblems(api: ApiConfiguration, nodes: readonly { readonly api: string }[]): RelationProblem[] {
  const problems: RelationProblem[] = [];
  const far = nodes.findIndex((node) => !isLoopback(node.api));
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
