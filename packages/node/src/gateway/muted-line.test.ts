import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeBody, encodeTransmit, FixSession, Framer, parseMessage } from '@baton/fix';
import type { Connection } from '@baton/host';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import { CLOCK_SKEW_MAX_MS, type Command, type VenueConfiguration, venueFactsFrom } from '@baton/ledger';
import { findProfile } from '@baton/profiles';
import { Gate } from '../gate/gate.ts';
import { Gateway } from './gateway.ts';
import { LogonPace } from './logon-pace.ts';
import { MutedLine } from './muted-line.ts';

const ADDRESS = { host: 'venue', port: 9880 };

function configurationOf(name: string): VenueConfiguration {
  const profile = findProfile(name);
  assert.ok(profile !== undefined);
  return {
    venue: 'SIM',
    beginString: 'FIX.4.4',
    senderCompId: 'BATON',
    targetCompId: 'SIM',
    account: 'A1',
    heartBtIntS: 5,
    nextExpectedMsgSeqNum: false,
    neverReceivedPolicy: 'void',
    orderMaxAgeMs: 2000,
    facts: venueFactsFrom(profile, {
      cancelOnDisconnect: false,
      receiveWindowMs: undefined,
      clockSkewMaxMs: CLOCK_SKEW_MAX_MS,
    }),
  };
}

/** A venue that lets everybody in, and a follower that keeps a line there. */
class Scene {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  /** `CompID MsgType` of everything that the venue has received. */
  readonly heard: string[] = [];
  readonly lines: { connection: Connection; session: FixSession }[] = [];
  readonly known = new Set<string>();
  readonly proposed: Command[] = [];
  readonly muted: MutedLine;
  readonly gateway: Gateway;

  constructor(profile: string) {
    this.network.host('venue').listen(
      ADDRESS,
      (connection) => this.#accept(connection),
      (outcome) => assert.equal(outcome.ok, true),
    );
    const header = { beginString: 'FIX.4.4', senderCompId: 'BATON', targetCompId: 'SIM' };
    const { clock } = this;
    const network = this.network.host('node');
    const common = { venue: 'SIM', address: ADDRESS, tls: undefined, header, logon: undefined, network, clock };
    const pace = new LogonPace(clock, undefined);
    const configuration = configurationOf(profile);
    const known = (execId: string): boolean => this.known.has(execId);
    this.muted = new MutedLine({ ...common, nodeId: 2, configuration, pace, known, log: () => {} });
    this.gateway = new Gateway({
      ...common,
      pace,
      muted: this.muted,
      gate: new Gate({ leadingTerm: () => 7, leaseRemainingUs: () => 1000, openTerm: () => 7 }),
      propose: (command) => {
        this.proposed.push(command);
        return true;
      },
      observe: { connected() {}, closed() {}, written() {}, garbled() {}, withheld() {} },
    });
  }

  /** The venue tells of an execution on every line. */
  report(execId: string): void {
    for (const { connection, session } of this.lines) {
      const body = encodeBody([
        [17, execId],
        [150, 'F'],
      ]);
      const sent = session.send('8', body, this.clock.wallUs());
      assert.ok(sent.ok);
      for (const output of sent.outputs) {
        if (output.type === 'transmit') connection.write(encodeTransmit(session.config, output, this.clock.wallUs()));
      }
    }
    this.clock.advance(5);
  }

  #accept(connection: Connection) {
    const framer = new Framer();
    let session: FixSession | undefined;
    return {
      onData: (bytes: Uint8Array) => {
        framer.push(bytes);
        for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
          if (frame.type !== 'message') continue;
          const message = parseMessage(frame.bytes);
          this.heard.push(`${message.senderCompId} ${message.msgType}`);
          if (session === undefined) {
            session = new FixSession(
              {
                role: 'acceptor',
                beginString: 'FIX.4.4',
                senderCompId: 'SIM',
                targetCompId: message.senderCompId ?? '',
                heartBtIntS: 5,
              },
              { onResend: () => 'gap-fill' },
            );
            session.connected(this.clock.wallUs());
            this.lines.push({ connection, session });
          }
          for (const output of session.received(frame.bytes, this.clock.wallUs())) {
            if (output.type === 'transmit')
              connection.write(encodeTransmit(session.config, output, this.clock.wallUs()));
          }
        }
      },
      onClose: () => {
        const at = this.lines.findIndex((line) => line.connection === connection);
        if (at !== -1) this.lines.splice(at, 1);
      },
    };
  }
}

describe('silent session of a follower', () => {
  it('logs on under a CompID of its own, and says nothing but heartbeats for as long as it is left alone', () => {
    const scene = new Scene('deribit-like');
    scene.muted.follow(6);
    scene.clock.advance(10);
    assert.equal(scene.muted.isReady, true);
    for (let n = 0; n < 12; n += 1) {
      scene.clock.advance(5000);
      for (const { connection, session } of scene.lines) {
        for (const output of session.tick(scene.clock.wallUs())) {
          if (output.type === 'transmit')
            connection.write(encodeTransmit(session.config, output, scene.clock.wallUs()));
        }
      }
      scene.clock.advance(5);
    }
    assert.equal(scene.muted.isReady, true);
    assert.deepEqual([...new Set(scene.heard)], ['BATONN2 A', 'BATONN2 0']);
    assert.deepEqual(scene.proposed, []);
  });

  it('is handed over by one entry when its node leads: no dial, no logon, and what it heard that the log has not', () => {
    const scene = new Scene('binance-like');
    scene.muted.follow(6);
    scene.clock.advance(10);
    const startedUs = scene.clock.wallUs();
    scene.report('e1');
    scene.report('e2');
    scene.known.add('e1');
    scene.gateway.lead(7);
    scene.report('e3');
    scene.gateway.announce();
    const [handed, heard] = scene.proposed;
    assert.ok(handed?.type === 'SessionHandedOver' && heard?.type === 'VenueAnswer');
    assert.deepEqual([handed.connectionId, handed.compId, handed.line.nextOut], [7 * 65536 + 1, handed.compId, 2]);
    assert.match(handed.compId, /2T6-/);
    assert.ok(handed.heardSinceUs <= startedUs);
    assert.deepEqual(
      heard.reports.map((bytes) => parseMessage(bytes).getString(17)),
      ['e2', 'e3'],
    );
    assert.equal(heard.question, 0);
    // From here on everything goes through the log.
    scene.report('e4');
    const last = scene.proposed.at(-1);
    assert.ok(last?.type === 'InboundFix');
    assert.deepEqual([last.connectionId, parseMessage(last.bytes).getString(17)], [7 * 65536 + 1, 'e4']);
    assert.deepEqual(scene.heard.filter((text) => text.endsWith(' A')).length, 1);
  });

  it('a line that is not up is no hindrance: the leader dials', () => {
    const scene = new Scene('deribit-like');
    scene.gateway.lead(7);
    scene.gateway.announce();
    scene.clock.advance(5);
    assert.deepEqual(
      scene.proposed.map(({ type }) => type),
      ['TransportUp'],
    );
  });

  it('a line that is lost between election and barrier makes the leader dial', () => {
    const scene = new Scene('deribit-like');
    scene.muted.follow(6);
    scene.clock.advance(10);
    scene.gateway.lead(7);
    scene.lines[0]?.connection.resetAndDestroy();
    scene.clock.advance(5);
    scene.gateway.announce();
    scene.clock.advance(5);
    assert.deepEqual(
      scene.proposed.map(({ type }) => type),
      ['TransportUp'],
    );
    assert.equal(scene.lines.length, 0);
    scene.clock.advance(5000);
    assert.deepEqual(scene.heard, ['BATONN2 A'], 'the silent line does not come back while its node leads');
  });

  it('logs on again after its line was lost, with a CompID that was not used before where one may be barred', () => {
    const scene = new Scene('binance-like');
    scene.muted.follow(6);
    scene.clock.advance(10);
    scene.lines[0]?.connection.resetAndDestroy();
    scene.clock.advance(1500);
    assert.equal(scene.muted.isReady, true);
    assert.equal(new Set(scene.heard).size, 2);
  });

  it('stops with a Logout', () => {
    const scene = new Scene('deribit-like');
    scene.muted.follow(6);
    scene.clock.advance(10);
    scene.muted.stop();
    scene.clock.advance(10);
    assert.equal(scene.heard.at(-1), 'BATONN2 5');
    assert.equal(scene.lines.length, 0);
  });
});
