import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProfile, PROFILES } from './catalogue.ts';

test('every profile has a name of its own, and is found by it', () => {
  assert.equal(new Set(PROFILES.map((profile) => profile.name)).size, PROFILES.length);
  for (const profile of PROFILES) {
    assert.match(profile.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.equal(findProfile(profile.name), profile);
  }
  assert.equal(findProfile('no such venue'), undefined);
});

test('every profile names dated sources and claims no certification', () => {
  for (const { name, sources, standing } of PROFILES) {
    assert.ok(sources.length > 0, name);
    for (const source of sources) assert.match(source.readOn, /^20[0-9]{2}-[0-9]{2}-[0-9]{2}$/, name);
    assert.equal(standing, 'simulated, not certified');
  }
});

test('facts of one profile do not contradict each other', () => {
  for (const profile of PROFILES) {
    const { name, session, logon, orders, recovery, cancelOnDisconnect } = profile;
    const { minimum, maximum, default: chosen } = session.heartBtIntS;
    assert.ok(minimum <= chosen && chosen <= maximum, `${name}: heartBtIntS`);
    if (session.sequence === 'persistent') {
      assert.ok(session.resend, `${name}: numbers that live on are of use only with resend`);
      assert.equal(session.resetSeqNumFlag, 'N', name);
      assert.equal(logon.compIdPer, 'cluster', `${name}: numbers belong to a CompID`);
    } else {
      assert.ok(!session.nextExpectedMsgSeqNum, `${name}: a number of a session that has ended proves nothing`);
      assert.notEqual(session.resetSeqNumFlag, 'N', name);
      assert.notEqual(recovery.unknownIs, 'conclusive', `${name}: an order may still be on its way`);
    }
    if (logon.compIdPer !== 'cluster') {
      assert.equal(orders.cancelScope, 'account', `${name}: another CompID must be able to cancel`);
    }
    if (logon.mutedSessions) {
      assert.equal(logon.reportsTo, 'all-sessions', `${name}: a silent session that is told nothing is of no use`);
      assert.ok(logon.connectionsMax >= 2, name);
    }
    if (logon.coolDownHeartBtInts > 0) assert.notEqual(logon.compIdPer, 'cluster', `${name}: each takeover would wait`);
    if (orders.receiveWindow !== undefined) assert.ok(orders.receiveWindow.defaultMs <= orders.receiveWindow.maximumMs);
    assert.equal(recovery.rest !== undefined, recovery.statusBy.includes('REST'), `${name}: REST has bounds`);
    assert.equal(recovery.eventReplay !== undefined, recovery.statusBy.includes('F1F3'), `${name}: F3 has fields`);
    assert.ok(!recovery.massStatusByClOrdId || recovery.statusBy.includes('AF'), `${name}: ClOrdID in AF`);
    assert.equal(session.defaultApplVerId !== undefined, session.beginString === 'FIXT.1.1', name);
    if (cancelOnDisconnect.mode === 'asked') {
      assert.ok(cancelOnDisconnect.tag !== undefined && cancelOnDisconnect.off !== undefined, name);
    }
    assert.ok(new RegExp(logon.compIdPattern).test('B1T7'), `${name}: compIdPattern`);
    assert.ok(new RegExp(orders.clOrdIdPattern).test('demo1abc-1'), `${name}: clOrdIdPattern`);
  }
});
