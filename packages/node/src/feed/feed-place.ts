/** Where the change feed is, and what it is called: known to the core, which must not load what serves it. */

/** The second is the requirements' name of the channel. */
export const FEED_PATHS: readonly string[] = ['/feed', '/state_updates'];
export const FEED_PROTOCOL = 'baton.feed.v1';
