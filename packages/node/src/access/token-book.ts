/**
 * Whose token it is. Rules decided here: a token is compared by its SHA-256, with every known one and in a time that tells
 * nothing of how far they agree; the token itself is kept nowhere.
 */
import type { ApiToken } from '../configuration/api-plan.ts';
import type { ApiRole } from '../configuration/api-schema.ts';

/** Who asks. */
export interface Principal {
  readonly name: string;
  readonly role: ApiRole;
}

/** Far longer than any token. */
const TOKEN_LENGTH_MAX = 512;

export class TokenBook {
  readonly #tokens: readonly { readonly principal: Principal; readonly hash: Buffer }[];

  constructor(tokens: readonly ApiToken[]) {
    this.#tokens = tokens.map(({ name, role, sha256 }) => {
      return { principal: { name, role }, hash: Buffer.from(sha256, 'hex') };
    });
  }

  get isEmpty(): boolean {
    return this.#tokens.length === 0;
  }

  ownerOf(token: string): Principal | undefined {
    const { createHash, timingSafeEqual } = process.getBuiltinModule('node:crypto');
    const hash = createHash('sha256').update(token.slice(0, TOKEN_LENGTH_MAX)).digest();
    let found: Principal | undefined;
    for (const known of this.#tokens) if (timingSafeEqual(known.hash, hash)) found = known.principal;
    return found;
  }
}

const RANK: Readonly<Record<ApiRole, number>> = { read: 0, trade: 1, operate: 2 };

/** Roles build on each other: read < trade < operate. */
export function mayAct({ role }: Principal, needs: ApiRole): boolean {
  return RANK[role] >= RANK[needs];
}
