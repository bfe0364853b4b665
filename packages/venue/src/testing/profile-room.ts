/**
 * A hall whose venue plays one profile, with clients that speak it: what the laws of the profiles are tested with. Every
 * order has the receive window of the profile; the participants are `B` (more CompIDs by the profile's rule) and `OTHER`.
 */
import { type BodyField, Tag } from '@baton/fix';
import type { VenueProfile } from '@baton/profiles';
import type { SessionSpec } from '../venue-session.ts';
import { FixClient, type FixClientOptions, type OrderFields } from './fix-client.ts';
import { TradingHall } from './trading-hall.ts';

export class ProfileRoom {
  readonly profile: VenueProfile;
  readonly hall: TradingHall;

  constructor(profile: VenueProfile, spec: Partial<SessionSpec> = {}) {
    this.profile = profile;
    this.hall = new TradingHall({
      profile,
      sessions: [
        { senderCompId: 'SIM', targetCompId: 'B', ...spec },
        { senderCompId: 'SIM', targetCompId: 'OTHER', compIdPattern: '^O[0-9]+$' },
      ],
    });
  }

  /** A further CompID of `B`, where the profile allows one. */
  get secondCompId(): string | null {
    return this.profile.logon.compIdPer === 'cluster' ? null : 'B1T7';
  }

  client(compId = 'B', options: FixClientOptions = {}): FixClient {
    return new FixClient(compId, { profile: this.profile, ...options });
  }

  /** Logs on and asserts nothing. */
  enter(compId = 'B', options: FixClientOptions = {}, gateway: 1 | 2 = 1): { client: FixClient; connectionId: number } {
    const client = this.client(compId, options);
    return { client, connectionId: this.hall.connect(client, gateway) };
  }

  order(client: FixClient, clOrdId: string, over: Partial<OrderFields> = {}): void {
    client.order(clOrdId, { ...over, extra: [...this.window(), ...(over.extra ?? [])] }, this.hall.timeUs);
    this.hall.flush();
  }

  /** The receive window of an order, where there is one. */
  window(ms?: number): BodyField[] {
    const facts = this.profile.orders.receiveWindow;
    if (facts === undefined) return [];
    const wanted = ms ?? facts.defaultMs;
    return [[facts.tag, facts.unit === 'us' ? wanted * 1_000 : wanted]];
  }

  cancel(client: FixClient, clOrdId: string, origClOrdId: string): void {
    const fields: BodyField[] = [
      [Tag.ClOrdID, clOrdId],
      [Tag.OrigClOrdID, origClOrdId],
    ];
    client.send('F', [...fields, ...this.window()], this.hall.timeUs);
    this.hall.flush();
  }

  send(client: FixClient, msgType: string, fields: readonly BodyField[]): void {
    client.send(msgType, fields, this.hall.timeUs);
    this.hall.flush();
  }

  violations(): string[] {
    return this.hall.exchange.records.violations().map(({ code }) => code);
  }

  refusals(): string[] {
    return this.hall.exchange.records.refusedLogons().map(({ reason }) => reason);
  }
}
