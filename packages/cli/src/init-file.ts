/** The commented configuration that `baton init` writes: an ordinary file for the hosts that were named, to be edited. */
export interface InitPlan {
  readonly cluster: string;
  /** Host of each node, in the order n1, n2, … */
  readonly hosts: readonly string[];
  readonly venue: string;
  readonly withTls: boolean;
}

export const INIT_PORTS = { raft: 7101, api: 9090 } as const;

export function initFileText({ cluster, hosts, venue, withTls }: InitPlan): string {
  // The same host twice: a cluster for trying out, on ports that follow each other.
  const nth = (host: string, i: number): number => hosts.slice(0, i).filter((other) => other === host).length;
  const nodes = hosts.map((host, i) => {
    const [raft, api] = [INIT_PORTS.raft + nth(host, i), INIT_PORTS.api + nth(host, i)];
    return `  - { id: ${i + 1}, name: n${i + 1}, raft: ${host}:${raft}, api: ${host}:${api} }`;
  });
  const isLocalVenue = /^(127\.|localhost)/.test(venue);
  return `# Configuration of the cluster "${cluster}": the same file on every host. Check it with: baton config check FILE --node n1
# Every key, with its default: docs/contracts.md. Paths are relative to this file; {node} stands for the node's name.

cluster: ${cluster}
incarnation: 1              # raised by a cold start only
dataFolder: ./data          # node n1 keeps its state in ./data/n1; a disk whose fsync is fast (baton doctor --host)
durability: disk            # disk: a quorum has synced before anything leaves; memory: a quorum has it in memory
timing: lan                 # colocated for hosts in one rack with cores to spare; requirements: heartbeat 100 ms x 3

nodes:
${nodes.join('\n')}

# Who may use the operations API of the nodes (api: of each): read < trade < operate.
api:
${withTls ? '  tls: { caFile: certs/ca.pem, certFile: "certs/{node}.pem", keyFile: "certs/{node}-key.pem" }' : '  plaintext: true           # whoever sees the network reads the tokens'}
  tokens:
    - { name: reader, role: read, tokenFile: secrets/token-read }
    - { name: trader, role: trade, tokenFile: secrets/token-trade }
    - { name: operator, role: operate, tokenFile: secrets/token-operate }

# Links between nodes: mutual TLS, one certificate a node, its name is checked.
${withTls ? 'tls: { caFile: certs/ca.pem, certFile: "certs/{node}.pem", keyFile: "certs/{node}-key.pem" }' : 'linkPlaintext: true         # links can be read and forged by whoever reaches the ports'}

venues:
  - name: SIM
    address: ${venue}
    environment: test       # live: drills and planned failures are refused unless told twice
    senderCompId: BATON
    targetCompId: SIM
    account: A1
    beginString: FIX.4.4
    heartBtIntS: 5
    nextExpectedMsgSeqNum: true   # tag 789: a takeover knows at once what the venue has received
    neverReceivedPolicy: void     # what never arrived is voided; resend: sent again if it is not too old
    orderMaxAgeMs: 2000
${isLocalVenue ? '' : '    plaintext: true         # replace by tls: {} for a venue off this machine\n'}    # logon: { username: desk, passwordFile: secrets/venue-password }

instruments:
  - { symbol: BTC-USD, venue: SIM, priceScale: 2, quantityScale: 4 }

# Decimals are quoted text. Every limit that applies to an order must hold.
limits:
  orderQuantityMax: "10"
  orderNotionalMax: "1000000"
  positionMax: "50"
  openOrdersMax: 200

strategies: []
# strategies:
#   - { id: pingpong, file: strategies/ping-pong.ts, parameters: { symbol: BTC-USD, referencePrice: "60000" } }

# Who is told what a person should look at: sent once a cluster, by the leader's node.
alerts:
  receivers: []
  # receivers:
  #   - { type: slack, name: chat, urlFile: secrets/slack-url, severityMin: warning }
  #   - { type: webhook, name: ops, url: "https://ops.example/alerts", tokenFile: secrets/alert-token }
  #   - { type: mail, name: mail, server: "smtp.example:587", from: baton@example.com, to: [ops@example.com] }
  #   - { type: command, name: pager, command: [/usr/local/bin/page], severityMin: critical }

# Who is told which node leads, besides their own health checks (deploy/haproxy).
loadBalancers: []
# loadBalancers:
#   - { type: haproxy, address: /run/haproxy/admin.sock, backend: baton }

checkpoints: { everySeconds: 60, everyEntries: 50000 }
history: { database: sqlite }     # or postgres://user@host/database
log: { level: info }
`;
}
