import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeBody, encodeMessage, Framer, parseMessage } from '@baton/fix';
import type { ClientTls, CloseReason, Connection, Network } from '@baton/host';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import type { Command } from '@baton/ledger';
import { Gate } from '../gate/gate.ts';
import { Gateway } from './gateway.ts';
import type { SendFix } from './observer.ts';

const ADDRESS = { host: 'venue', port: 9880 };

/** A gateway on virtual time, a venue that records what it hears, and facts for the gate that a test can change. */
class Scene {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly facts = { term: 7, leaseUs: 1000, openTerm: 7 };
  readonly proposed: Command[] = [];
  readonly heard: string[] = [];
  readonly ends: string[] = [];
  readonly venueSide: Connection[] = [];
  readonly closed: CloseReason[] = [];
  readonly gateway: Gateway;
  readonly gate: Gate;

  constructor(tls?: ClientTls, connect?: Network['connect']) {
    this.network.host('venue').listen(
      ADDRESS,
      (connection) => {
        this.venueSide.push(connection);
        const framer = new Framer();
        return {
          onData: (bytes) => {
            framer.push(bytes);
            for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
              if (frame.type === 'message') {
                const message = parseMessage(frame.bytes);
                this.heard.push(`${message.msgType}${message.msgSeqNum}`);
              }
            }
          },
          onClose: (reason) => this.ends.push(reason.kind),
        };
      },
      (outcome) => assert.equal(outcome.ok, true),
    );
    this.gate = new Gate({
      leadingTerm: () => this.facts.term,
      leaseRemainingUs: () => this.facts.leaseUs,
      openTerm: () => this.facts.openTerm,
    });
    this.gateway = new Gateway({
      venue: 'SIM',
      address: ADDRESS,
      tls,
      header: { beginString: 'FIX.4.4', senderCompId: 'BATON', targetCompId: 'SIM' },
      network: { ...this.network.host('node'), ...(connect === undefined ? {} : { connect }) },
      clock: this.clock,
      gate: this.gate,
      propose: (command) => {
        this.proposed.push(command);
        return true;
      },
      observe: {
        connected() {},
        closed: (_venue, _id, reason) => void this.closed.push(reason),
        written() {},
        garbled() {},
        withheld() {},
      },
    });
  }

  connect(): void {
    this.gateway.lead(7);
    this.gateway.announce();
    this.clock.advance(5);
  }

  send(msgType: string, msgSeqNum: number, connectionId = this.gateway.connectionId): void {
    const body = encodeBody([]);
    const effect: SendFix = {
      type: 'SendFix',
      senderCompId: 'BATON',
      sentAtEntryTime: false,
      venue: 'SIM',
      connectionId,
      msgSeqNum,
      msgType,
      body,
      possDup: false,
      timeUs: this.clock.wallUs(),
      clOrdId: '',
    };
    this.gateway.send(effect);
  }

  kinds(): string[] {
    return this.proposed.map((command) => command.type);
  }
}

describe('gateway', () => {
  it('touches no socket before its node leads', () => {
    const scene = new Scene();
    scene.gateway.announce();
    scene.clock.advance(1000);
    assert.equal(scene.venueSide.length, 0);
    assert.deepEqual(scene.proposed, []);
  });

  it('begins the line anew when a kill latch held an order back, so that cancels are not stuck behind its number', () => {
    const scene = new Scene();
    scene.connect();
    scene.send('A', 1);
    scene.gate.latches.close({ scope: 'global', target: '', reason: 'test' });
    scene.send('D', 2);
    scene.clock.advance(1);
    assert.deepEqual(scene.heard, ['A1']);
    assert.equal(scene.closed.length, 1);
    scene.clock.advance(500);
    assert.equal(scene.venueSide.length, 2);
    scene.send('A', 3);
    scene.send('F', 4);
    scene.clock.advance(5);
    assert.deepEqual(scene.heard, ['A1', 'A3', 'F4']);
  });

  it('dials at once when elected and tells the ledger only when the barrier is ahead in the log', () => {
    const scene = new Scene();
    scene.gateway.lead(7);
    scene.clock.advance(5);
    assert.equal(scene.venueSide.length, 1);
    assert.deepEqual(scene.proposed, []);
    scene.gateway.announce();
    assert.deepEqual(scene.proposed, [{ type: 'TransportUp', venue: 'SIM', connectionId: 7 * 65536 + 1 }]);
  });

  it('tells of the first line of a term before it is open, and writes its Logon as soon as it is', () => {
    const scene = new Scene();
    scene.gateway.lead(7);
    scene.gateway.announce();
    assert.deepEqual(scene.kinds(), ['TransportUp']);
    scene.send('A', 1);
    assert.deepEqual(scene.heard, []);
    scene.clock.advance(5);
    assert.deepEqual(scene.heard, ['A1']);
    assert.deepEqual(scene.kinds(), ['TransportUp']);
  });

  it('says of a first line that did not open that it is down, and of later ones nothing before they are open', () => {
    const failing: Network['connect'] = (address, timeoutMs, handlers) =>
      scene.network.host('node').connect({ ...address, port: 1 }, timeoutMs, handlers);
    const scene: Scene = new Scene(undefined, failing);
    scene.gateway.lead(7);
    scene.gateway.announce();
    scene.send('A', 1);
    scene.clock.advance(500);
    assert.deepEqual(scene.kinds(), ['TransportUp', 'TransportDown']);
    assert.equal(scene.gateway.connectionId, 0);
  });

  it('gives a line up that the ledger closes before it is open, and dials another', () => {
    const scene = new Scene();
    scene.gateway.lead(7);
    scene.gateway.announce();
    scene.gateway.close(scene.gateway.connectionId);
    scene.clock.advance(50);
    assert.deepEqual(scene.kinds(), ['TransportUp', 'TransportDown', 'TransportUp']);
    assert.equal(scene.gateway.connectionId, 7 * 65536 + 2);
  });

  it('writes what belongs to its connection and drops what belongs to an older one', () => {
    const scene = new Scene();
    scene.connect();
    scene.send('A', 1);
    scene.send('D', 2, 6 * 65536 + 1);
    scene.send('D', 3);
    scene.clock.advance(5);
    assert.deepEqual(scene.heard, ['A1', 'D3']);
  });

  it('holds everything in order while the lease is unconfirmed and goes on when it is renewed', () => {
    const scene = new Scene();
    scene.connect();
    scene.facts.leaseUs = 0;
    scene.send('D', 2);
    scene.send('0', 3);
    scene.clock.advance(20);
    assert.deepEqual(scene.heard, []);
    scene.facts.leaseUs = 1000;
    scene.clock.advance(5);
    assert.deepEqual(scene.heard, ['D2', '03']);
  });

  it('tells since when the oldest message waits that should be at the venue, and nothing once none does', () => {
    const scene = new Scene();
    scene.connect();
    assert.equal(scene.gateway.oldestUnsentUs, undefined);
    scene.facts.leaseUs = 0;
    const sinceUs = scene.clock.monotonicUs();
    scene.send('D', 2);
    scene.clock.advance(20);
    scene.send('0', 3);
    assert.equal(scene.gateway.oldestUnsentUs, sinceUs);
    scene.facts.leaseUs = 1000;
    scene.clock.advance(5);
    assert.equal(scene.gateway.oldestUnsentUs, undefined);
    scene.facts.leaseUs = 0;
    scene.send('D', 4);
    scene.gateway.retire();
    assert.equal(scene.gateway.oldestUnsentUs, undefined, 'what is never written does not wait');
  });
  it('frees the venue with a reset when the lease stays lost, and never writes what waited', () => {
    const scene = new Scene();
    scene.connect();
    scene.facts.leaseUs = 0;
    scene.send('D', 2);
    scene.clock.advance(252);
    assert.deepEqual(scene.ends, ['reset']);
    scene.facts.leaseUs = 1000;
    scene.clock.advance(100);
    assert.deepEqual(scene.heard, []);
    assert.ok(scene.kinds().includes('TransportDown'));
  });

  it('resets the connection at once when its node no longer leads, and does not dial again', () => {
    const scene = new Scene();
    scene.connect();
    scene.gateway.retire();
    scene.clock.advance(1000);
    assert.deepEqual(scene.ends, ['reset']);
    assert.equal(scene.venueSide.length, 1);
  });

  it('reports a lost line and dials again with a new connection id', () => {
    const scene = new Scene();
    scene.connect();
    scene.venueSide[0]?.resetAndDestroy();
    scene.clock.advance(50);
    assert.deepEqual(scene.kinds(), ['TransportUp', 'TransportDown', 'TransportUp']);
    assert.equal(scene.gateway.connectionId, 7 * 65536 + 2);
  });

  it('dials no more after a planned logout, until it is resumed or a new term begins', () => {
    const scene = new Scene();
    scene.connect();
    scene.gateway.suspend();
    scene.venueSide[0]?.end();
    scene.clock.advance(2000);
    assert.equal(scene.venueSide.length, 1);
    scene.gateway.resume();
    scene.clock.advance(50);
    assert.equal(scene.venueSide.length, 2);
  });

  it('has its certificates ready before it leads, and dials with them', () => {
    const tls = { servername: 'venue.baton.test' };
    const scene = new Scene(tls);
    assert.deepEqual([...scene.network.tls], [['prepare node venue.baton.test', tls]]);
    scene.connect();
    assert.equal(scene.network.tls.get('connect node venue:9880'), tls);
  });

  it('tells of a handshake that failed, and does not hurry to try again', () => {
    const dialledAtMs: number[] = [];
    const scene: Scene = new Scene({ servername: 'x' }, (address, timeoutMs, handlers) => {
      dialledAtMs.push(scene.clock.monotonicUs() / 1000);
      const connection = scene.network.host('node').connect({ ...address, port: 1 }, timeoutMs, {
        onData() {},
        onClose: () => handlers.onClose({ kind: 'tls', code: 'unknown-ca' }),
      });
      return connection;
    });
    scene.connect();
    scene.clock.advance(4500);
    assert.equal(dialledAtMs.length, 3);
    assert.deepEqual(scene.closed.slice(0, 1), [{ kind: 'tls', code: 'unknown-ca' }]);
    assert.deepEqual(scene.kinds(), ['TransportUp', 'TransportDown'], 'the log hears of the first dial only');
  });

  it('waits longer and longer for a venue that answers each Logon with a Logout', () => {
    const scene = new Scene();
    scene.connect();
    const logout = encodeMessage(
      {
        beginString: 'FIX.4.4',
        msgType: '5',
        msgSeqNum: 1,
        senderCompId: 'SIM',
        targetCompId: 'BATON',
        sendingTimeUs: scene.clock.wallUs(),
      },
      encodeBody([]),
    );
    let refused = 0;
    for (let passedMs = 0; passedMs < 2000; passedMs++) {
      for (; refused < scene.venueSide.length; refused++) {
        scene.venueSide[refused]?.write(logout);
        scene.venueSide[refused]?.end();
      }
      scene.clock.advance(1);
    }
    assert.ok(refused >= 10 && refused <= 20, `${refused} dials in two seconds`);
  });

  it('proposes each framed message once, in order, and nothing that is garbled', () => {
    const scene = new Scene();
    scene.connect();
    const heartbeat = (msgSeqNum: number): Buffer =>
      encodeMessage(
        {
          beginString: 'FIX.4.4',
          msgType: '0',
          msgSeqNum,
          senderCompId: 'SIM',
          targetCompId: 'BATON',
          sendingTimeUs: scene.clock.wallUs(),
        },
        encodeBody([]),
      );
    const bytes = Buffer.concat([heartbeat(1), Buffer.from('garbage\u0001'), heartbeat(2)]);
    for (const byte of bytes) scene.venueSide[0]?.write(Buffer.from([byte]));
    scene.clock.advance(50);
    const seqs = scene.proposed.flatMap((command) =>
      command.type === 'InboundFix' ? [parseMessage(command.bytes).msgSeqNum] : [],
    );
    assert.deepEqual(seqs, [1, 2]);
  });
});
