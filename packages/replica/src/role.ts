// Which role this node plays, published as levels.
//
// Rule decided here: a listener gets the whole state {role, term, leader}, each state once and in order, never a mere
// edge: if leadership flaps within one turn, the listener sees what holds now and loses nothing it must act on, because
// a new term is always a new level (nomad pull 6977 is the bug this avoids).

/** Raft's roles (paper §5.1, thesis §9.6). */
export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** The role as it is now. */
export interface RoleLevel {
  readonly role: Role;
  readonly term: number;
  /** Node id of the leader of `term` as far as known, 0 if none. */
  readonly leader: number;
  /** Monotonic clock when this level began, in microseconds. */
  readonly sinceUs: number;
}

export type RoleListener = (level: RoleLevel) => void;
