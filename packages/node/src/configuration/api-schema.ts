/** Who may use the operations API, as the file says it: tokens with a role each, TLS, and the names of this API. */
import { z } from 'zod';

export const API_ROLES = ['read', 'trade', 'operate'] as const;
export type ApiRole = (typeof API_ROLES)[number];

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

export type ApiConfiguration = z.infer<typeof apiSchema>;
