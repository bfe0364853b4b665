/** What has become of a finding whose entry was applied. */

/** `left`: nothing is to be done any more, or not yet: it is known by now, or has moved since it was compared. */
export type Booked = 'booked' | 'left' | 'needs-operator';
