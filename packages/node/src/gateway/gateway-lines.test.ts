/** Which address is dialled, how soon again, and questions beside the line. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMessage } from '@baton/fix';
import type { Connection } from '@baton/host';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import { AWAITING_OPERATOR, type Command } from '@baton/ledger';
import { Gate } from '../gate/gate.ts';
import { Gateway } from './gateway.ts';
import { LogonPace, type LogonRate } from './logon-pace.ts';
import type { VenueQuestions } from './venue-questions.ts';

const FIRST = { host: 'venue', port: 9880 };
const SECOND = { host: 'venue', port: 9881 };

class Scene {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  /** Ports that were dialled, in order. */
  readonly dialled: number[] = [];
  readonly lines: Connection[] = [];
  readonly proposed: Command[] = [];
  readonly gateway: Gateway;
  carrying = 0;

  constructor(more: { two?: boolean; rate?: LogonRate; questions?: VenueQuestions } = {}) {
    for (const address of [FIRST, SECOND]) {
      this.network.host('venue').listen(
        address,
        (connection) => {
          this.dialled.push(address.port);
          this.lines.push(connection);
          return { onData: () => {}, onClose: () => {} };
        },
        (outcome) => assert.equal(outcome.ok, true),
      );
    }
    this.gateway = new Gateway({
      venue: 'SIM',
      address: FIRST,
      secondAddress: more.two === true ? SECOND : undefined,
      carrying: () => this.carrying,
      tls: undefined,
      header: { beginString: 'FIX.4.4', senderCompId: 'BATON', targetCompId: 'SIM' },
      network: this.network.host('node'),
      clock: this.clock,
      pace: new LogonPace(this.clock, more.rate),
      questions: more.questions,
      gate: new Gate({ leadingTerm: () => 7, leaseRemainingUs: () => 1000, openTerm: () => 7 }),
      propose: (command) => {
        this.proposed.push(command);
        return true;
      },
      observe: { connected() {}, closed() {}, written() {}, garbled() {}, withheld() {} },
    });
  }

  lead(): void {
    this.gateway.lead(7);
    this.gateway.announce();
    this.clock.advance(5);
  }

  drop(): void {
    this.lines.at(-1)?.resetAndDestroy();
  }
}

describe('lines of a gateway', () => {
  it('of two gateways dials the one that did not carry orders, then the other, and tells the ledger which', () => {
    const scene = new Scene({ two: true });
    scene.lead();
    assert.deepEqual(scene.dialled, [SECOND.port]);
    scene.drop();
    scene.clock.advance(20);
    assert.deepEqual(scene.dialled, [SECOND.port, FIRST.port]);
    assert.deepEqual(
      scene.proposed.flatMap((command) => (command.type === 'TransportUp' ? [command.gateway] : [])),
      [1, 0],
    );
    const other = new Scene({ two: true });
    other.carrying = 1;
    other.lead();
    assert.deepEqual(other.dialled, [FIRST.port]);
  });

  it('says nothing of gateways where there is one', () => {
    const scene = new Scene();
    scene.lead();
    assert.deepEqual(scene.proposed, [{ type: 'TransportUp', venue: 'SIM', connectionId: 7 * 65536 + 1 }]);
  });

  it('the first dial is made at once, repetitions keep to the venue’s logon rate', () => {
    const scene = new Scene({ rate: { count: 2, windowMs: 1000 } });
    scene.lead();
    scene.drop();
    scene.clock.advance(900);
    assert.equal(scene.dialled.length, 1);
    scene.clock.advance(110);
    assert.equal(scene.dialled.length, 2);
  });

  it('a line that waits for an operator is tried every two seconds, not hundreds of times', () => {
    const scene = new Scene();
    scene.lead();
    for (let n = 0; n < 100; n += 1) {
      scene.gateway.close(scene.gateway.connectionId, AWAITING_OPERATOR);
      scene.clock.advance(100);
    }
    assert.ok(scene.dialled.length >= 4 && scene.dialled.length <= 7, `${scene.dialled.length} dials in ten seconds`);
  });

  it('puts questions of its own line, and brings the answers as one command; not after it has retired', () => {
    const asked: string[][] = [];
    let answer: (reports: readonly (readonly (readonly [number, string])[])[]) => void = () => {};
    const questions: VenueQuestions = {
      ask: (clOrdIds, answered) => {
        asked.push([...clOrdIds]);
        answer = answered;
      },
    };
    const scene = new Scene({ questions });
    scene.lead();
    const { connectionId } = scene.gateway;
    const effect = { type: 'AskVenue', venue: 'SIM', question: 42, clOrdIds: ['A1'] } as const;
    scene.gateway.ask({ ...effect, connectionId: connectionId - 1 });
    assert.deepEqual(asked, []);
    scene.gateway.ask({ ...effect, connectionId });
    assert.deepEqual(asked, [['A1']]);
    answer([
      [
        [11, 'A1'],
        [150, 'I'],
      ],
    ]);
    const [command] = scene.proposed.slice(-1);
    assert.ok(command?.type === 'VenueAnswer');
    assert.equal(command.question, 42);
    assert.equal(parseMessage(command.reports[0] ?? new Uint8Array()).getString(11), 'A1');
    scene.gateway.ask({ ...effect, connectionId });
    scene.gateway.retire();
    const before = scene.proposed.length;
    answer([[[11, 'A1']]]);
    assert.equal(scene.proposed.length, before);
  });
});
