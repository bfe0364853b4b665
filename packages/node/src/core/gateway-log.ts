/** What happens at a gateway, in the log and in the takeover's timeline. */
import type { GatewayObserver, SendFix } from '../gateway/observer.ts';
import type { Timeline } from '../takeover/timeline.ts';
import type { CoreLog } from './core-log.ts';

export interface GatewayLogOptions {
  readonly log: CoreLog;
  readonly timeline: Timeline;
  readonly leadingTerm: () => number;
  readonly written: (venue: string, effect: SendFix) => void;
}

export function observeGateway({ log, timeline, leadingTerm, written }: GatewayLogOptions): GatewayObserver {
  return {
    connected: (venue, connectionId) => {
      timeline.note(leadingTerm(), 'connected');
      log.info({ venue, connectionId, event: 'gateway.connected' }, 'connected to the venue');
    },
    closed: (venue, connectionId, reason) =>
      log[reason.kind === 'tls' ? 'warn' : 'info'](
        { venue, connectionId, ...reason, event: 'gateway.closed' },
        'connection to the venue ended',
      ),
    written: (venue, effect) => {
      if (effect.msgType === 'D' && !effect.possDup) timeline.orderWritten(leadingTerm(), effect.clOrdId);
      written(venue, effect);
    },
    garbled: (venue, reason, sizeBytes) => log.warn({ venue, reason, sizeBytes }, 'garbled bytes from the venue'),
    withheld: (venue, effect, reason) =>
      log.warn({ venue, msgType: effect.msgType, msgSeqNum: effect.msgSeqNum, reason }, 'the gate withheld a message'),
  };
}
