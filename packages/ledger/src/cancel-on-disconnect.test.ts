import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profiledRig } from './testing/profiled.ts';

for (const cancelOnDisconnect of [false, true]) {
  test(`cancel on disconnect ${cancelOnDisconnect ? 'on' : 'off'}: the Logon asks for it, unsolicited cancels at logon are news, not alarms`, () => {
    const rig = profiledRig('kraken-like', {}, { cancelOnDisconnect });
    assert.match(rig.written()[0] ?? '', cancelOnDisconnect ? / 8674=Y/ : / 8674=N/);
    const id = / 112=(\S+)/.exec(rig.written().findLast((text) => text.startsWith('35=1 ')) ?? '')?.[1] ?? '';
    rig.inbound('0', [[112, id]]);
    const one = rig.workingOrder();
    const two = rig.workingOrder();
    rig.fill(two, 4);
    rig.takeover(2);
    rig.connect();
    // The cancels were numbered while nobody was logged on: they come before the venue's Logon is in turn.
    const first = rig.venueNext;
    rig.venueNext = first + (cancelOnDisconnect ? 2 : 0);
    rig.logon();
    if (cancelOnDisconnect) {
      rig.report({ 11: one, 150: '4', 39: '4', 14: '0', 151: '0' }, { seq: first, possDup: true });
      rig.report({ 11: two, 150: '4', 39: '4', 14: '4', 151: '0' }, { seq: first + 1, possDup: true });
      rig.inbound(
        '4',
        [
          [123, 'Y'],
          [36, first + 3],
        ],
        { seq: first + 2, possDup: true },
      );
    }
    assert.deepEqual(
      [rig.view(one).state, rig.view(two).state],
      cancelOnDisconnect ? ['Canceled', 'Canceled'] : ['Working', 'Working'],
    );
    assert.equal(rig.view(two).cumQuantity, '4');
    assert.deepEqual(rig.alarms(), []);
    assert.deepEqual(rig.ledger.violations(), []);
  });
}
