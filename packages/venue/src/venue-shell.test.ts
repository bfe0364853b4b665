/** The shell on virtual time and a network in memory: what a simulator runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import { FixClient } from './testing/fix-client.ts';
import { resolveVenueOptions } from './venue-options.ts';
import { VenueShell } from './venue-shell.ts';

const ADDRESS = { host: 'venue', port: 9880 };

function play(): { told: string[]; events: string } {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const config = resolveVenueOptions({
    fixHost: ADDRESS.host,
    fixPort: ADDRESS.port,
    sessions: [{ senderCompId: 'SIM', targetCompId: 'BATON', nextExpectedMsgSeqNum: true }],
    instruments: [{ symbol: 'ACME', priceScale: 2, quantityScale: 0, referencePrice: '100' }],
    counterFlow: { enabled: true, ordersPerSecond: 50, seed: 7 },
  });
  const shell = new VenueShell({ clock, network: network.host('venue') }, config);
  let isListening = false;
  shell.listen((outcome) => {
    isListening = outcome.ok;
  });
  clock.advance(1);
  assert.ok(isListening);
  const client = new FixClient('BATON');
  const flush = () => {
    for (const bytes of client.takeOutgoing()) line.write(bytes);
  };
  const line = network.host('n1').connect(ADDRESS, 1_000, {
    onOpen: () => {
      client.connected(clock.wallUs());
      flush();
    },
    onData: (bytes) => {
      client.received(bytes, clock.wallUs());
      flush();
    },
    onClose: () => client.disconnected(clock.wallUs()),
  });
  clock.advance(10);
  client.order('a1', { price: '101', quantity: '5' }, clock.wallUs());
  flush();
  clock.advance(3_000);
  let isStopped = false;
  shell.stop(() => {
    isStopped = true;
  });
  clock.advance(2_000);
  assert.ok(isStopped && !client.isLoggedOn);
  return { told: client.told(), events: JSON.stringify(shell.exchange.records.eventsAfter(0)) };
}

test('a venue runs on virtual time without sockets, and twice gives the same events', () => {
  const first = play();
  assert.equal(first.told[0], '8 a1 0 0 0');
  assert.ok(first.told.some((report) => report.startsWith('8 a1 F')));
  assert.deepEqual(play(), first);
});
