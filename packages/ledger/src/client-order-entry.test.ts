/** Laws of order entry by FIX: real sessions on both sides, bytes in and out, and a venue that says what the test says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rootOf as root, clientScene as scene } from './testing/client-rig.ts';

describe('a client of the FIX acceptor', () => {
  it('logs on, and its order goes to the venue under our ClOrdID', () => {
    const { rig, client } = scene();
    assert.equal(client.session.state.status, 'active');
    client.order('c1');
    const order = rig.ledger.order(root(rig));
    assert.equal(order?.clientKey, 'c1');
    assert.equal(order?.state, 'Sent');
    assert.equal(rig.written().filter((text) => text.startsWith('35=D')).length, 1);
  });

  it('is told New, each fill with exact figures, and the end, under its own ClOrdID', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.deliver(rig.acknowledge(root(rig)));
    client.deliver(rig.fill(root(rig), 1, '100'));
    client.deliver(rig.fill(root(rig), 2, '99.99'));
    client.deliver(rig.fill(root(rig), 7, '99.5'));
    assert.deepEqual(client.reports(), [
      '35=8 11=c1 150=0 39=0 14=0 151=10 6=0',
      '35=8 11=c1 150=F 39=1 14=1 151=9 6=100',
      '35=8 11=c1 150=F 39=1 14=3 151=7 6=99.9933333333',
      '35=8 11=c1 150=F 39=2 14=10 151=0 6=99.648',
    ]);
  });

  it('hears New before the fill of an order that the venue filled at once', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.deliver(rig.fill(root(rig), 10));
    assert.deepEqual(client.told(150, 39), ['35=8 150=0 39=0', '35=8 150=F 39=2']);
  });

  it('cancels by its own ids', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.deliver(rig.acknowledge(root(rig)));
    client.reports();
    client.cancel('c2', 'c1');
    const asked =
      rig
        .written()
        .at(-1)
        ?.match(/ 11=(\S+)/)?.[1] ?? '';
    client.deliver(rig.report({ 11: asked, 41: root(rig), 150: '4', 39: '4', 14: '0', 151: '0' }));
    assert.deepEqual(client.reports(), ['35=8 11=c2 41=c1 150=4 39=4 14=0 151=0 6=0']);
  });

  it('hears of an end that nobody asked for under its last id and without 41: the replace before is answered once', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.deliver(rig.acknowledge(root(rig)));
    client.replace('c2', 'c1', '12', '101');
    const asked = rig.pendingOf(root(rig)) ?? '';
    client.deliver(rig.report({ 11: asked, 41: root(rig), 150: '5', 39: '0', 14: '0' }));
    client.deliver(rig.report({ 11: asked, 150: '4', 39: '4', 14: '0', 151: '0' }));
    assert.deepEqual(client.told(11, 41, 150, 39), [
      '35=8 11=c1 150=0 39=0',
      '35=8 11=c2 41=c1 150=5 39=0',
      '35=8 11=c2 150=4 39=4',
    ]);
  });

  it('replaces by its own ids, and the next change names the last one', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.deliver(rig.acknowledge(root(rig)));
    client.reports();
    client.replace('c2', 'c1', '12', '101');
    const asked =
      rig
        .written()
        .at(-1)
        ?.match(/ 11=(\S+)/)?.[1] ?? '';
    client.deliver(
      rig.report({ 11: asked, 41: root(rig), 150: '5', 39: '0', 38: '12', 44: '101', 14: '0', 151: '12' }),
    );
    assert.deepEqual(client.told(11, 41, 150, 38, 44), ['35=8 11=c2 41=c1 150=5 38=12 44=101']);
    client.replace('c3', 'c1', '13', '101');
    assert.match(client.told(58)[0] ?? '', /^35=9 58=CLORDID_REPLACED/);
  });

  it('is answered exactly once about a cancel that came too late, whatever the venue says afterwards', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.deliver(rig.acknowledge(root(rig)));
    client.cancel('c2', 'c1');
    const asked =
      rig
        .written()
        .at(-1)
        ?.match(/ 11=(\S+)/)?.[1] ?? '';
    client.reports();
    client.deliver(rig.fill(root(rig), 10));
    client.deliver(
      rig.inbound('9', [
        [11, asked],
        [41, root(rig)],
        [39, '2'],
        [434, '1'],
        [102, '0'],
      ]),
    );
    assert.deepEqual(client.told(11, 150, 39, 102, 434), ['35=8 11=c1 150=F 39=2', '35=9 11=c2 39=2 102=0 434=1']);
  });

  it('is refused with the stable code in Text, and a repeat of the refused order is refused again', () => {
    const { rig, client } = scene();
    client.order('c1', { 55: 'NO-SUCH' });
    client.order('c1', { 55: 'NO-SUCH' });
    client.order('c2', { 38: '0' });
    client.order('c3', { 40: '3' });
    assert.deepEqual(
      client.told(11, 150, 39, 103, 58).map((text) => text.replace(/(58=\w+).*/, '$1')),
      [
        '35=8 11=c1 150=8 39=8 103=1 58=UNKNOWN_INSTRUMENT',
        '35=8 11=c1 150=8 39=8 103=1 58=UNKNOWN_INSTRUMENT',
        '35=8 11=c2 150=8 39=8 103=13 58=BAD_QUANTITY',
        '35=8 11=c3 150=8 39=8 103=11 58=UNSUPPORTED_VALUE',
      ],
    );
    assert.equal(rig.ledger.orders().length, 0);
  });

  it('gets a BusinessMessageReject for a type we do not know and for a missing field', () => {
    const { client } = scene();
    client.send('V', [[262, 'm1']]);
    client.order('c1', { 38: '' });
    assert.deepEqual(client.told(372, 380), ['35=j 372=V 380=3', '35=j 372=D 380=5']);
  });

  it('that sends an order again gets its status and no second order', () => {
    const { rig, client } = scene();
    client.order('c1');
    client.deliver(rig.acknowledge(root(rig)));
    client.reports();
    client.order('c1');
    client.order('c1', { 38: '11' });
    assert.deepEqual(client.told(11, 17, 150, 39, 103), [
      '35=8 11=c1 17=0 150=I 39=0',
      `35=8 11=c1 17=TEST-1-${rig.index.toString(36).toUpperCase()}.1 150=8 39=8 103=6`,
    ]);
    assert.equal(rig.ledger.orders().length, 1);
  });

  it('asks for one order and for all of them, the last report marked, whatever their number', () => {
    const { rig, client } = scene();
    for (let n = 1; n <= 250; n += 1) client.order(`c${n}`, { 38: '0.001' });
    client.received.length = 0;
    client.send('H', [
      [11, 'c7'],
      [54, '1'],
      [55, 'BTC-USD'],
      [790, 'q1'],
    ]);
    client.send('H', [
      [11, 'nobody'],
      [54, '1'],
      [55, 'BTC-USD'],
    ]);
    assert.deepEqual(client.told(11, 150, 39, 103, 790), [
      '35=8 11=c7 150=I 39=A 790=q1',
      '35=8 11=nobody 150=I 39=8 103=5',
    ]);
    client.send('AF', [
      [584, 'all'],
      [585, '7'],
    ]);
    assert.equal(client.received.length, 100, 'one entry tells of a bounded number');
    assert.ok((rig.ledger.nextDeadlineUs() ?? Number.POSITIVE_INFINITY) <= rig.timeUs, 'the next batch is due');
    client.deliver(rig.tick());
    client.deliver(rig.tick());
    const told = client.told(11, 911, 912);
    assert.equal(told.length, 250);
    assert.equal(told[249], '35=8 11=c250 911=250 912=Y');
    assert.equal(told.filter((text) => text.endsWith('912=Y')).length, 1);
  });

  it('hears nothing about the orders of others', () => {
    const { rig, client } = scene();
    client.deliver(rig.submit());
    client.deliver(rig.acknowledge(rig.ledger.orders()[0]?.rootClOrdId ?? ''));
    assert.deepEqual(client.reports(), []);
  });
});
