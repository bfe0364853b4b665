/**
 * A token as the name of a WebSocket subprotocol, the only place where a browser can send one with a feed. Such a name has
 * fewer characters than a token may have (RFC 6455 4.1, RFC 9110 5.6.2): one that does not fit goes as base64url.
 */

/** @param {string} token */
export function tokenProtocol(token) {
  if (/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(token)) return `bearer.${token}`;
  // What is not printable is no token, and would only throw below.
  const plain = token.replaceAll(/[^\x21-\x7e]/g, '?');
  return `bearer64.${btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}
