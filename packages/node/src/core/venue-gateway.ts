/** One venue's gateway with all that belongs to it by the venue's facts: pace, silent line, questions over HTTP. */
import type { Clock, Network } from '@baton/host';
import { type Command, factsOf, type Ledger } from '@baton/ledger';
import type { Plan, VenuePlan } from '../configuration/plan.ts';
import type { Gate } from '../gate/gate.ts';
import { Gateway } from '../gateway/gateway.ts';
import { HttpQuestions } from '../gateway/http-questions.ts';
import { LogonPace } from '../gateway/logon-pace.ts';
import { MutedLine } from '../gateway/muted-line.ts';
import type { GatewayObserver } from '../gateway/observer.ts';
import type { VenueQuestions } from '../gateway/venue-questions.ts';
import type { CoreLog } from './core-log.ts';

export interface VenueGatewayOptions {
  readonly plan: Pick<Plan, 'self' | 'configuration'>;
  readonly venue: VenuePlan;
  readonly clock: Clock;
  readonly network: Network;
  readonly log: CoreLog;
  readonly gate: Gate;
  readonly ledger: () => Ledger;
  readonly propose: (command: Command, settled?: () => void) => boolean;
  readonly observe: GatewayObserver;
}

export function venueGateway(options: VenueGatewayOptions): Gateway {
  const { clock, gate, ledger, network, observe, plan, propose, venue } = options;
  const configuration = plan.configuration.venues.find((candidate) => candidate.venue === venue.name);
  if (configuration === undefined) throw new Error(`venue ${venue.name} has no session facts in the configuration`);
  const { beginString, senderCompId, targetCompId } = configuration;
  const facts = factsOf(configuration);
  const header = { beginString, senderCompId, targetCompId };
  const pace = new LogonPace(clock, venue.logonRate);
  const line = {
    venue: venue.name,
    address: venue.address,
    tls: venue.tls,
    logon: venue.logon,
    header,
    network,
    clock,
  };
  // Where numbers live on, they are the ledger's: no second speaker may use them.
  const keepsLine = facts.mutedSessions && facts.sequence === 'reset-at-logon';
  const muted = keepsLine
    ? new MutedLine({
        ...line,
        nodeId: plan.self.id,
        configuration,
        pace,
        known: (execId) => ledger().knowsExecution(venue.name, execId),
        log: (text, more) => options.log.info(more, text),
      })
    : undefined;
  return new Gateway({
    ...line,
    gate,
    propose,
    observe,
    pace,
    muted,
    secondAddress: venue.secondAddress,
    carrying: () =>
      ledger()
        .sessions()
        .find((session) => session.venue === venue.name)?.gateway ?? 0,
    questions: questionsOf(options, senderCompId),
  });
}

function questionsOf({ clock, network, venue }: VenueGatewayOptions, senderCompId: string): VenueQuestions | undefined {
  if (venue.rest === undefined) return undefined;
  const url = new URL(venue.rest);
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  return new HttpQuestions({
    network,
    clock,
    address: { host: url.hostname, port },
    // Its own host name is checked; who must have signed it is what the line's configuration says.
    tls: isSecure ? { ...venue.tls, servername: url.hostname } : undefined,
    apiKey: venue.logon === undefined || venue.logon.username === '' ? senderCompId : venue.logon.username,
  });
}
