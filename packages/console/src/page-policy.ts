/**
 * What a browser may do for the page, as HTTP headers. Rules decided here: nothing from anywhere but the node that served
 * it, no inline script or style, no text made into markup (Trusted Types, without any policy), no frame around it; it may
 * talk to the APIs of the cluster's nodes and to nobody else. Sources: W3C CSP 3, W3C Trusted Types.
 */

/** `host:port`; what else stands in an address could end the directive and begin another. */
const ADDRESS = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$/;

/** `apis`: addresses of the nodes' APIs, `host:port`; an address that is none is left out. */
export function pagePolicy(apis: readonly string[], isSecure: boolean): Readonly<Record<string, string>> {
  const [http, ws] = isSecure ? ['https', 'wss'] : ['http', 'ws'];
  const nodes = apis.filter((api) => ADDRESS.test(api)).flatMap((api) => [`${http}://${api}`, `${ws}://${api}`]);
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${["'self'", ...new Set(nodes)].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    'content-security-policy': directives.join('; '),
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
