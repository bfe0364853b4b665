/** The acceptor of FIX clients as a node's plan wants it. */
import type { Clock, Network } from '@baton/host';
import type { Command, Ledger } from '@baton/ledger';
import { ClientAcceptor } from '../clients/client-acceptor.ts';
import { observeClients } from '../clients/client-observer.ts';
import type { Plan } from '../configuration/plan.ts';
import type { Gate } from '../gate/gate.ts';
import type { CoreLog } from './core-log.ts';

export interface ClientAcceptorParts {
  readonly plan: Pick<Plan, 'self' | 'listen' | 'fixTls' | 'clientCertificates' | 'configuration'>;
  readonly clock: Clock;
  readonly network: Network;
  readonly log: CoreLog;
  readonly gate: Gate;
  /** As `Proposer.settled`. */
  readonly propose: (command: Command, settled: (isApplied: boolean) => void) => boolean;
  readonly ledger: () => Ledger;
}

/** Undefined when this node takes no FIX clients. */
export function clientAcceptor({
  plan,
  clock,
  network,
  log,
  gate,
  propose,
  ledger,
}: ClientAcceptorParts): ClientAcceptor | undefined {
  const { fix } = plan.self;
  if (fix === undefined) return undefined;
  return new ClientAcceptor({
    address: { ...fix, host: plan.listen ?? fix.host },
    tls: plan.fixTls,
    certificates: new Map(Object.entries(plan.clientCertificates)),
    clients: plan.configuration.clients ?? [],
    network,
    clock,
    gate,
    propose,
    session: (client) =>
      ledger()
        .clientSessions()
        .find((session) => session.client === client),
    observe: observeClients(log),
  });
}
