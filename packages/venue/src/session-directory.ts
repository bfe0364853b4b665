/**
 * Which sessions there are: those of every participant at every gateway, the configured ones from the start, those of a
 * pattern (a CompID a node or a term) from their first Logon on. A CompID belongs to the participant that lists it by name,
 * else to the first one whose pattern it matches.
 */
import type { VenueProfile } from '@baton/profiles';
import { type SessionSpec, sessionIdOf, VenueSession } from './venue-session.ts';

export class SessionDirectory {
  readonly #profile: VenueProfile;
  readonly #specs: readonly SessionSpec[];
  readonly #sessions = new Map<string, VenueSession>();

  constructor(specs: readonly SessionSpec[], profile: VenueProfile) {
    this.#profile = profile;
    this.#specs = specs;
    for (const gateway of gatewaysOf(profile)) {
      for (const spec of specs) {
        this.#add(spec, spec.targetCompId, gateway);
        if (spec.dropCopyCompId !== undefined) this.#add(spec, spec.dropCopyCompId, gateway);
      }
    }
  }

  /** The session a Logon names, made if a pattern allows it; undefined for a stranger. */
  find(compId: string, venueCompId: string, gateway: 1 | 2): VenueSession | undefined {
    const known = this.#sessions.get(sessionIdOf(compId, gateway));
    if (known !== undefined) return known.spec.senderCompId === venueCompId ? known : undefined;
    const spec = this.#specs.find((one) => one.senderCompId === venueCompId && this.#matches(one, compId));
    return spec === undefined ? undefined : this.#add(spec, compId, gateway);
  }

  get(sessionId: string): VenueSession | undefined {
    return this.#sessions.get(sessionId);
  }

  all(): Iterable<VenueSession> {
    return this.#sessions.values();
  }

  /** Names of the participants. */
  owners(): string[] {
    return this.#specs.map(({ targetCompId }) => targetCompId);
  }

  /** Sessions of one participant that enter orders, oldest first. */
  ofOwner(owner: string): VenueSession[] {
    return [...this.#sessions.values()].filter((session) => session.owner === owner && !session.isDropCopy);
  }

  dropCopiesOf(owner: string): VenueSession[] {
    return [...this.#sessions.values()].filter((session) => session.owner === owner && session.isDropCopy);
  }

  #matches(spec: SessionSpec, compId: string): boolean {
    const { compIdPer, compIdPattern, compIdLengthMax } = this.#profile.logon;
    if (compId.length > compIdLengthMax || !new RegExp(compIdPattern).test(compId)) return false;
    if (spec.compIdPattern !== undefined) return new RegExp(spec.compIdPattern).test(compId);
    return compIdPer !== 'cluster';
  }

  #add(spec: SessionSpec, compId: string, gateway: 1 | 2): VenueSession {
    const session = new VenueSession({ spec, compId, gateway }, this.#profile);
    this.#sessions.set(session.sessionId, session);
    return session;
  }
}

export function gatewaysOf(profile: VenueProfile): readonly (1 | 2)[] {
  return profile.session.gateways === 2 ? [1, 2] : [1];
}
