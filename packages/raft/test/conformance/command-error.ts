/** What a node or a storage refuses; printed as the last line of a command's output. */
export class CommandError extends Error {}
