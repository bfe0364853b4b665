/** The venue on virtual time and a network in memory: no socket, no HTTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import { Venue } from './venue.ts';

const ADDRESS = { host: 'venue', port: 9880 };

async function openVenue(clock: VirtualClock, network: MemoryNetwork): Promise<Venue> {
  const starting = Venue.start({
    clock,
    network: network.host('venue'),
    fixHost: ADDRESS.host,
    fixPort: ADDRESS.port,
    httpPort: null,
    sessions: [{ senderCompId: 'SIM', targetCompId: 'BATON', nextExpectedMsgSeqNum: true }],
    instruments: [{ symbol: 'ACME', priceScale: 2, quantityScale: 0, referencePrice: '100' }],
  });
  clock.advance(1);
  return starting;
}

test('a venue without HTTP runs on virtual time: a silent stranger is closed after the logon timeout', async () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const venue = await openVenue(clock, network);
  const ends: string[] = [];
  network.host('client').connect(ADDRESS, 1000, { onData() {}, onClose: ({ kind }) => ends.push(kind) });
  clock.advance(60_000);
  assert.deepEqual(ends, ['closed']);
  assert.deepEqual(
    venue.exchange.records.refusedLogons().map(({ reason }) => reason),
    ['logon-timeout'],
  );
});

test('an operator in the same process breaks connections', async () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const venue = await openVenue(clock, network);
  const ends: string[] = [];
  network.host('client').connect(ADDRESS, 1000, { onData() {}, onClose: ({ kind }) => ends.push(kind) });
  clock.advance(1);
  venue.operate((exchange, at) => exchange.drop(null, at));
  clock.advance(1);
  assert.deepEqual(ends, ['reset']);
});
