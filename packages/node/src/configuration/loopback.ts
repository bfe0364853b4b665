/** Whether a checked `host:port` cannot be reached from other machines. */
export function isLoopback(address: string): boolean {
  const host = address.slice(0, address.lastIndexOf(':'));
  return host === 'localhost' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}
