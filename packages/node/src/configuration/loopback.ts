/** Whether a node's `address` cannot be reached from other machines, opened at `listen` if that is given. */
export function opensOnLoopback(address: string, listen: string | undefined): boolean {
  return isLoopback(address) && (listen === undefined || isLoopback(`${listen}:0`));
}

/** Whether a checked `host:port` cannot be reached from other machines. */
export function isLoopback(address: string): boolean {
  const host = address.slice(0, address.lastIndexOf(':'));
  return host === 'localhost' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}
