/**
 * The scene of the trading reference's wire trace (§3.12), played by a whole cluster and the real venue: nextOut is 43 and
 * nextIn 91; slots 40 and 41 are the orders A1 and A2, written; 42 is A3, committed and not written. The venue's reports 91
 * (A2 is new) and 92 (A1 is filled) are on the wire when the leader ends. Everything said after that is written down.
 */
import { Framer } from '@baton/fix';
import type { VenueConfiguration } from '@baton/ledger';
import type { VenueProfile } from '@baton/profiles';
import type { Intent } from '../workload/client.ts';
import { fieldOf, msgTypeOf, readableFix } from '../world/fix-text.ts';
import type { NodeFace } from '../world/node-face.ts';
import { VENUE_HOST } from '../world/world-options.ts';
import { Stage } from './stage.ts';

const NEXT_OUT = 40;
const NEXT_IN = 90;

export class WireScene {
  readonly stage: Stage;
  readonly leader: NodeFace;
  readonly a1: Intent;
  readonly a2: Intent;
  readonly a3: Intent;
  /** Net quantity before the fill that is on the wire. */
  readonly position: number;
  /** What was said after the leader's end, oldest first: `N2→V 35=A 34=43 …`, without lengths, checksums and times. */
  readonly said: string[] = [];
  /** The same messages as they are on the wire, with `|` for the separator; length and checksum have been verified. */
  readonly wire: string[] = [];

  private constructor(stage: Stage, leader: NodeFace, orders: readonly [Intent, Intent, Intent]) {
    this.stage = stage;
    this.leader = leader;
    [this.a1, this.a2, this.a3] = orders;
    this.position = Number(stage.position());
  }

  /** Plays up to the leader's end: killed before it writes A3, or stopped there. */
  static async play(
    profile: VenueProfile,
    end: 'kill' | 'stop',
    venue: Partial<VenueConfiguration> = {},
  ): Promise<WireScene> {
    const stage = await Stage.open(profile, { venue });
    const { world, trader: leader } = stage;
    // One order that the house hits again and again, so that the venue's numbers run ahead of ours.
    await stage.working(stage.submit({ quantity: '1000' }));
    while (session(stage).nextOut < NEXT_OUT) await stage.working(stage.submit({ quantity: '1', price: '80' }));
    while (session(stage).nextIn < NEXT_IN) {
      const before = session(stage).nextIn;
      world.venue.hit('BTC-USD', 'sell', 1n, 9_000n);
      await world.until(() => session(stage).nextIn > before, 'a report');
    }
    const a1 = stage.submit({ quantity: '10', price: '91' });
    await stage.working(a1);
    world.network.cut(VENUE_HOST, leader.name);
    const a2 = stage.submit({ quantity: '5' });
    await world.until(() => accepted(stage, '5'), 'A2 is accepted');
    world.venue.hit('BTC-USD', 'sell', 10n, 9_100n);
    const a3 = await endBeforeWrite(stage, leader, end);
    const scene = new WireScene(stage, leader, [a1, a2, a3]);
    scene.#listen();
    return scene;
  }

  #listen(): void {
    const { moments } = this.stage.world;
    const note = (arrow: string) => (node: NodeFace, bytes: Uint8Array) => {
      if (node === this.leader) return;
      const framer = new Framer();
      framer.push(bytes);
      for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
        if (frame.type !== 'message') continue;
        this.wire.push(Buffer.from(frame.bytes).toString('latin1').replaceAll('\u0001', '|'));
        this.said.push(`${arrow.replace('N', `N${node.nodeId}`)} ${readableFix(frame.bytes)}`);
      }
    };
    moments.on('written', note('N→V'));
    moments.on('reading', note('V→N'));
  }
}

function session(stage: Stage): { readonly nextOut: number; readonly nextIn: number } {
  return stage.trader.core?.ledger.sessions()[0] ?? { nextOut: 0, nextIn: 0 };
}

function accepted(stage: Stage, quantity: string): boolean {
  return [...stage.world.venue.exchange.market.orders.history()].some(
    (order) => order.quantity === BigInt(quantity) && order.owner !== 'HOUSE',
  );
}

async function endBeforeWrite(stage: Stage, leader: NodeFace, end: 'kill' | 'stop'): Promise<Intent> {
  const { world } = stage;
  const strike = stage.striker(leader);
  const stop = world.moments.on('writing', (node, bytes) => {
    if (node !== leader || msgTypeOf(bytes) !== 'D' || fieldOf(bytes, 38) !== '7') return;
    stop();
    if (end === 'kill') strike();
    else world.pause(leader);
  });
  const a3 = stage.submit({ quantity: '7' });
  await world.until(() => !leader.isAlive || leader.clock.isPaused, 'the leader has ended');
  return a3;
}
