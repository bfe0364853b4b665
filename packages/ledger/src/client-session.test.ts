/** Laws of a client's session: what outlives connections and leaders, and what the client is told of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { historyViolations, Ledger } from './index.ts';
import { ClientRig, DESK, rootOf as root, clientScene as scene } from './testing/client-rig.ts';
import { Rig } from './testing/rig.ts';
import { configuration } from './testing/some-configuration.ts';

describe('what happens while a client is away', () => {
  it('reaches it at its next logon, in order and once, as a resend', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.drop();
    rig.acknowledge(root(rig));
    rig.fill(root(rig), 4);
    rig.fill(root(rig), 6);
    client.logon();
    assert.deepEqual(client.told(43, 150, 14), [
      '35=8 43=Y 150=0 14=0',
      '35=8 43=Y 150=F 14=4',
      '35=8 43=Y 150=F 14=10',
    ]);
  });

  it('is told anew when the client restarts the numbers instead', () => {
    for (const resetOnLogon of [false, true]) {
      const rig = new Rig().open({ clients: [{ ...DESK, resetOnLogon }] });
      const client = new ClientRig(rig, { ...DESK, resetOnLogon }, { resetOnLogon: true }).logon();
      client.order('c1');
      client.drop();
      rig.fill(root(rig), 10);
      client.logon();
      assert.deepEqual(client.told(43, 150), ['35=8 150=0', '35=8 150=F']);
    }
  });

  it('ends as Rejected when its order never reached the venue, as Canceled when it was known there', () => {
    const { rig, client } = scene();
    rig.disconnect();
    client.order('c1');
    client.order('c2');
    client.cancel('c3', 'c2');
    client.deliver(rig.tick(2_000));
    assert.deepEqual(client.told(11, 41, 150, 39, 58), [
      '35=8 11=c3 41=c2 150=4 39=4 58=CANCELED_BEFORE_SENT',
      '35=8 11=c1 150=8 39=8 58=HELD_TOO_LONG',
    ]);
  });

  it('is told at once when the terms of an order change that has not left yet', () => {
    const { rig, client } = scene();
    rig.disconnect();
    client.order('c1');
    client.replace('c2', 'c1', '10', '100');
    client.replace('c3', 'c2', '5', '99');
    assert.deepEqual(client.told(11, 41, 150, 39, 38, 44), [
      '35=8 11=c2 41=c1 150=5 39=A 38=10 44=100',
      '35=8 11=c3 41=c2 150=5 39=A 38=5 44=99',
    ]);
  });
});

describe('a failover', () => {
  it('voids the connection, keeps the numbers, and loses no report that the dead leader did not write', () => {
    const { rig, client } = scene();
    client.order('c1');
    // Committed by the old leader, never written.
    rig.acknowledge(root(rig));
    rig.takeover(2);
    client.lose();
    assert.equal(rig.ledger.clientSessions()[0]?.connectionId, 0);
    const before = client.session.state.nextOut;
    client.logon();
    assert.equal(client.session.state.status, 'active');
    assert.ok(client.session.state.nextOut > before);
    assert.deepEqual(client.told(11, 43, 150), ['35=8 11=c1 43=Y 150=0']);
  });

  it('takes an order that was lost on the way when the client sends it again, once', () => {
    const { rig, client } = scene();
    client.isLineDead = true;
    client.order('c1');
    rig.takeover(2);
    client.lose();
    client.logon();
    assert.equal(rig.ledger.orders().length, 1);
    rig.takeover(3);
    client.lose();
    client.logon();
    assert.equal(rig.ledger.orders().length, 1);
  });

  it('refuses an order that is sent again long after it was meant', () => {
    const { rig, client } = scene();
    client.isLineDead = true;
    client.order('c1');
    client.lose();
    rig.timeUs += 60_000_000;
    rig.takeover(2);
    client.logon();
    assert.match(client.told(11, 150, 58)[0] ?? '', /^35=8 11=c1 150=8 58=ORDER_TOO_OLD/);
    assert.equal(rig.ledger.orders().length, 0);
  });

  it('lets a client in that followers have turned away and that has counted their Logouts', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.drop();
    rig.acknowledge(root(rig));
    for (let n = 0; n < 5; n += 1) client.turnedAway();
    client.logon();
    assert.equal(client.session.state.status, 'active');
    client.received.length = 0;
    client.order('c2');
    client.deliver(rig.acknowledge(root(rig, 1)));
    assert.deepEqual(client.told(11, 150), ['35=8 11=c2 150=0']);
  });

  it('loses nothing for a client that counted the Logouts of followers before or after something happened', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.order('c2');
    client.drop();
    client.turnedAway();
    rig.acknowledge(root(rig));
    client.turnedAway();
    rig.acknowledge(root(rig, 1));
    client.logon();
    assert.deepEqual(client.told(11, 43, 150), ['35=8 11=c1 43=Y 150=0', '35=8 11=c2 43=Y 150=0']);
  });

  it('ignores commands of connections that are not current, and a second connection of a client', () => {
    const { rig, client } = scene();
    const old = client.connectionId;
    const second = rig.apply({ type: 'ClientUp', client: 'desk', connectionId: old + 1 });
    assert.deepEqual(
      second.effects.map((effect) => [effect.type, effect.connectionId]),
      [['CloseClient', old + 1]],
    );
    client.order('c1');
    assert.equal(rig.ledger.orders().length, 1);
    rig.takeover(2);
    const before = rig.ledger.status().staleCommands;
    client.order('c2');
    assert.equal(rig.ledger.orders().length, 1);
    assert.equal(rig.ledger.status().staleCommands, before + 1);
    rig.apply({ type: 'ClientUp', client: 'nobody', connectionId: 1 });
    assert.equal(rig.ledger.status().staleCommands, before + 2);
  });
});

describe('the session of a client', () => {
  it('is closed when it asks for no heartbeats, or for too slow ones', () => {
    for (const heartBtIntS of [0, 31]) {
      const rig = new Rig().open({ clients: [DESK] });
      const client = new ClientRig(rig, DESK, { heartBtIntS }).logon();
      assert.equal(client.session.state.status, 'disconnected');
      assert.ok(rig.alarms().includes('FIX_logon-refused'));
    }
  });

  it('beats, asks a silent client, and gives it up', () => {
    const { rig, client } = scene();
    client.isLineDead = true;
    assert.equal(rig.tick(10_100).effects.filter((effect) => effect.type === 'SendClientFix').length, 1);
    rig.tick(3_000);
    const end = rig.tick(14_000).effects.filter((effect) => effect.type === 'CloseClient');
    assert.equal(end.length, 1);
    assert.equal(rig.ledger.clientSessions()[0]?.connectionId, 0);
  });

  it('asks a client that was told something whether it has it, once things are quiet, and knows then', () => {
    const { rig, client } = scene();
    const mayMiss = (): boolean | undefined => rig.ledger.clientSessions()[0]?.mayMiss;
    assert.equal(mayMiss(), false);
    client.order('c1');
    client.deliver(rig.acknowledge(root(rig)));
    assert.equal(mayMiss(), true);
    client.deliver(rig.tick(500));
    assert.equal(mayMiss(), true);
    client.deliver(rig.tick(500));
    assert.equal(mayMiss(), false);
    rig.fill(root(rig), 1);
    rig.tick(1_000);
    client.drop();
    assert.equal(mayMiss(), true);
    client.logon();
    client.deliver(rig.tick(1_000));
    assert.equal(mayMiss(), false);
  });

  it('survives a snapshot: same bytes, same hash, same future', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.order('c2');
    client.deliver(rig.fill(root(rig), 3));
    client.cancel('c3', 'c1');
    client.replace('c4', 'c2', '20', '100');
    for (let n = 0; n < 150; n += 1) client.order(`more${n}`, { 38: '0.001' });
    client.send('AF', [
      [584, 'all'],
      [585, '7'],
    ]);
    const copy = Ledger.restore(rig.ledger.snapshot());
    assert.equal(copy.hash(), rig.ledger.hash());
    assert.deepEqual(copy.snapshot(), rig.ledger.snapshot());
    rig.tick();
    rig.fill(root(rig), 7);
    client.drop();
    rig.tick();
    rig.cancel(root(rig, 1));
    rig.disconnect();
    for (const entry of rig.log.slice(-6)) copy.apply(entry);
    assert.deepEqual(Ledger.restore(copy.snapshot()).snapshot(), copy.snapshot());
    assert.equal(copy.hash(), rig.ledger.hash());
    assert.deepEqual(copy.snapshot(), rig.ledger.snapshot());
  });

  it('breaks no invariant of its history', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.drop();
    rig.fill(root(rig), 10);
    client.logon();
    assert.deepEqual(historyViolations(rig.history), []);
    assert.deepEqual(rig.ledger.violations(), []);
  });

  it('speaks FIX 4.2 to a client of FIX 4.2', () => {
    const { rig, client } = scene({ beginString: 'FIX.4.2' });
    client.order('c1');
    client.deliver(rig.fill(root(rig), 4));
    client.send('H', [
      [11, 'c1'],
      [54, '1'],
      [55, 'BTC-USD'],
    ]);
    client.send('AF', [
      [584, 'all'],
      [585, '7'],
    ]);
    assert.deepEqual(client.told(20, 150, 39, 380), [
      '35=8 20=0 150=0 39=0',
      '35=8 20=0 150=1 39=1',
      '35=8 20=3 150=1 39=1',
      '35=j 380=3',
    ]);
  });

  it('cannot be configured twice, without heartbeats, or changed under its orders', () => {
    const { rig } = scene();
    const refused = [
      [DESK, { ...DESK, client: 'other' }],
      [{ ...DESK, heartBtIntS: 0 }],
      [{ ...DESK, senderCompId: 'OTHER' }],
      [{ ...DESK, beginString: 'FIX.5.0' }],
      [],
    ];
    for (const clients of refused) {
      const { result } = rig.apply({ type: 'Configure', configuration: configuration({ clients }) });
      assert.equal(result.ok, false);
    }
    const more = [DESK, { ...DESK, client: 'other', senderCompId: 'OTHER' }];
    assert.equal(rig.apply({ type: 'Configure', configuration: configuration({ clients: more }) }).result.ok, true);
    assert.deepEqual(
      rig.ledger.clientSessions().map((session) => session.client),
      ['desk', 'other'],
    );
  });
});
