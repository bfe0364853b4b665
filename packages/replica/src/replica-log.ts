// Where a replica's own words go.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Called with one line and its facts; never with commands or secrets. */
export type ReplicaLog = (level: LogLevel, text: string, facts: object) => void;
