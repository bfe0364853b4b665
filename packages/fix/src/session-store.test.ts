// Messages that get their number while nobody is logged on, and numbers left out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBody } from './encode.ts';
import { MsgType } from './msg-type.ts';
import { FixSession } from './session.ts';
import { Tag } from './tag.ts';
import { exchange, Peer } from './testing/peer.ts';

const body = (id: string): Buffer => encodeBody([[Tag.ExecID, id]]);

function pair(): { venue: Peer; client: Peer } {
  return { venue: new Peer({ role: 'acceptor' }), client: new Peer({}) };
}

function logOn(venue: Peer, client: Peer): string[] {
  venue.take(venue.session.connected(venue.timeUs));
  client.take(client.session.connected(client.timeUs));
  return exchange(client, venue);
}

function delivered(peer: Peer): (string | undefined)[] {
  return peer.outputs.flatMap((output) => (output.type === 'deliver' ? [output.message.getString(Tag.ExecID)] : []));
}

test('what was stored while nobody was logged on reaches the peer once, in order, before what is sent later', () => {
  const { venue, client } = pair();
  assert.deepEqual(venue.session.store(MsgType.ExecutionReport, body('e1'), venue.timeUs, 'k1'), {
    ok: true,
    seq: 1,
    outputs: [],
  });
  assert.equal(venue.session.store(MsgType.ExecutionReport, body('e2'), venue.timeUs).ok, true);
  logOn(venue, client);
  venue.sent(venue.session.send(MsgType.ExecutionReport, body('e3'), venue.timeUs));
  exchange(client, venue);
  assert.deepEqual(delivered(client), ['e1', 'e2', 'e3']);
});

test('a session restored without its outbox and given its messages back is the session that it was', () => {
  const { venue, client } = pair();
  for (const id of ['e1', 'e2', 'e3']) venue.session.store(MsgType.ExecutionReport, body(id), venue.timeUs, id);
  logOn(venue, client);
  const { session } = venue;
  const policy = { onResend: () => 'resend' as const };
  const restored = FixSession.restore(session.config, policy, session.snapshotWithoutOutbox());
  assert.equal([...restored.keptSlots()].length, 0);
  for (const slot of session.keptSlots()) restored.keepSlot(slot);
  assert.deepEqual(restored.snapshot(), session.snapshot());
  assert.equal([...restored.keptSlots()].length, 3);
});

test('a message may be stored between the connection and the Logon', () => {
  const { venue, client } = pair();
  venue.take(venue.session.connected(venue.timeUs));
  assert.equal(venue.session.store(MsgType.ExecutionReport, body('e1'), venue.timeUs).ok, true);
  client.take(client.session.connected(client.timeUs));
  exchange(client, venue);
  assert.deepEqual(delivered(client), ['e1']);
});

test('nothing is stored in a session that is logged on, and no session message ever', () => {
  const { venue, client } = pair();
  assert.throws(() => venue.session.store(MsgType.Heartbeat, body('e1'), venue.timeUs), /35=0/);
  logOn(venue, client);
  assert.throws(() => venue.session.store(MsgType.ExecutionReport, body('e1'), venue.timeUs), /active/);
});

test('numbers that were skipped are gap-filled at the next logon, and the session goes on', () => {
  const { venue, client } = pair();
  venue.session.skip(3);
  assert.throws(() => venue.session.skip(-1), RangeError);
  const trace = logOn(venue, client);
  assert.ok(trace.includes('< 35=A|34=4|98=0|108=5'), trace.join('\n'));
  assert.equal(client.session.state.nextIn, 5);
  venue.sent(venue.session.send(MsgType.ExecutionReport, body('e1'), venue.timeUs));
  exchange(client, venue);
  assert.deepEqual(delivered(client), ['e1']);
});

test('a session whose numbers are exhausted stores nothing', () => {
  const { venue } = pair();
  venue.session.skip(0x7fff_ffff);
  venue.session.skip(0x7fff_ffff);
  assert.equal(venue.session.store(MsgType.ExecutionReport, body('e1'), venue.timeUs).ok, true);
  assert.deepEqual(venue.session.store(MsgType.ExecutionReport, body('e2'), venue.timeUs), {
    ok: false,
    reason: 'sequence-exhausted',
  });
});
