/**
 * The wire trace of the trading reference, §3.12, with its variants, between a whole cluster and the real venue: every
 * message after the leader's end, with all its fields in their order. Names of orders stand for their ClOrdIDs; ids of the
 * venue and times are left out; the header is judged by its shape, lengths and checksums by the framer.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProfile, type VenueProfile } from '@baton/profiles';
import { WireScene } from './wire-scene.ts';

const WITH_789 = findProfile('classic-789') as VenueProfile;
const WITHOUT_789 = findProfile('classic') as VenueProfile;
const INSTRUMENT = '1=A1 55=BTC-USD 54=1';

const NEW_A2 = `35=8 34=91 43=Y 122=… 37=… 11=A2 17=… 150=0 39=0 ${INSTRUMENT} 38=5 40=2 44=90 59=0 151=5 14=0 6=0`;
const FILL_A1 = `35=8 34=92 43=Y 122=… 37=… 11=A1 17=… 150=F 39=2 ${INSTRUMENT} 38=10 40=2 44=91 59=0 32=10 31=91 151=0 14=10 6=91`;

function newOrder(seq: number, name: string, quantity: string, dup = ''): string {
  return `N2→V 35=D 34=${seq} ${dup}11=${name} ${INSTRUMENT} 38=${quantity} 40=2 44=90 59=0`;
}

function accepted(seq: number, name: string, quantity: string): string {
  return `V→N2 35=8 34=${seq} 37=… 11=${name} 17=… 150=0 39=0 ${INSTRUMENT} 38=${quantity} 40=2 44=90 59=0 151=${quantity} 14=0 6=0`;
}

/** The standard header as both sides write it, every field in its place; the trailer is the checksum alone. */
const TIME = '\\d{8}-\\d\\d:\\d\\d:\\d\\d\\.\\d{3}';
const ENVELOPE = new RegExp(
  `^8=FIX\\.4\\.4\\|9=\\d+\\|35=\\w\\|49=(\\w+)\\|56=(\\w+)\\|34=\\d+\\|(?:43=Y\\|52=${TIME}\\|122=${TIME}|52=${TIME})\\|.*\\|10=\\d{3}\\|$`,
);

/** Takes over, trades one order more (A4), and judges everything; gives what was said. */
async function finish(scene: WireScene): Promise<string[]> {
  const { stage, a1, a2, a3 } = scene;
  await stage.takenOver(1);
  const a4 = stage.submit({ quantity: '3' });
  await stage.working(a4);
  const names = new Map([a1, a2, a3, a4].map((intent, at) => [stage.find(intent)?.clOrdId ?? '', `A${at + 1}`]));
  const said = scene.said.map((line) =>
    line.replace(/ 11=(\S+)/, (_, id: string) => ` 11=${names.get(id) ?? id}`).replace(/ (37|17)=\S+/g, ' $1=…'),
  );
  const lines = new Set(scene.wire.map((message) => ENVELOPE.exec(message)?.slice(1).join(' → ') ?? message));
  assert.deepEqual([...lines], ['BATON → SIM', 'SIM → BATON']);
  assert.equal(stage.find(a1)?.state, 'Filled');
  assert.equal(stage.find(a2)?.state, 'Working');
  assert.equal(Number(stage.position()) - scene.position, 10, 'the fill of A1, exactly once');
  await stage.rest();
  return said;
}

test('void: the order that was never written is voided by K=42, the reports on the wire come again, once', async () => {
  const scene = await WireScene.play(WITH_789, 'kill');
  assert.deepEqual(await finish(scene), [
    'N2→V 35=A 34=43 98=0 108=5 789=91',
    'V→N2 35=A 34=93 98=0 108=5 789=42',
    `V→N2 ${NEW_A2}`,
    `V→N2 ${FILL_A1}`,
    'V→N2 35=4 34=93 43=Y 122=… 123=Y 36=94',
    'N2→V 35=4 34=42 43=Y 122=… 123=Y 36=44',
    newOrder(44, 'A4', '3'),
    accepted(94, 'A4', '3'),
  ]);
  assert.equal(scene.stage.find(scene.a3)?.state, 'Voided');
});

test('resend: the order that was never written goes out under its own number, a gap fill over our Logon follows', async () => {
  const scene = await WireScene.play(WITH_789, 'kill', { neverReceivedPolicy: 'resend', orderMaxAgeMs: 60_000 });
  assert.deepEqual(await finish(scene), [
    'N2→V 35=A 34=43 98=0 108=5 789=91',
    'V→N2 35=A 34=93 98=0 108=5 789=42',
    `V→N2 ${NEW_A2}`,
    `V→N2 ${FILL_A1}`,
    'V→N2 35=4 34=93 43=Y 122=… 123=Y 36=94',
    newOrder(42, 'A3', '7', '43=Y 122=… '),
    'N2→V 35=4 34=43 43=Y 122=… 123=Y 36=44',
    accepted(94, 'A3', '7'),
    newOrder(44, 'A4', '3'),
    accepted(95, 'A4', '3'),
  ]);
  assert.equal(scene.stage.find(scene.a3)?.state, 'Working');
});

test('without 789: both sides ask for a resend, and BeginSeqNo says the same K', async () => {
  const scene = await WireScene.play(WITHOUT_789, 'kill');
  const said = await finish(scene);
  const barrier = said.find((line) => line.includes('35=1 '))?.split('112=')[1];
  assert.deepEqual(said, [
    'N2→V 35=A 34=43 98=0 108=5',
    'V→N2 35=A 34=93 98=0 108=5',
    'V→N2 35=2 34=94 7=42 16=0',
    'N2→V 35=2 34=44 7=91 16=0',
    `N2→V 35=1 34=45 112=${barrier}`,
    'N2→V 35=4 34=42 43=Y 122=… 123=Y 36=46',
    `V→N2 ${NEW_A2}`,
    `V→N2 ${FILL_A1}`,
    'V→N2 35=4 34=93 43=Y 122=… 123=Y 36=95',
    newOrder(46, 'A4', '3'),
    accepted(95, 'A4', '3'),
  ]);
  assert.equal(scene.stage.find(scene.a3)?.state, 'Voided');
});

test('zombie: the old leader wakes and its bytes arrive before the new logon; the order is known, not double', async () => {
  const scene = await WireScene.play(WITH_789, 'stop');
  const { world } = scene.stage;
  const isReplaced = (): boolean => world.nodes.some(({ core }) => (core?.leadingTerm ?? 0) > 1);
  await world.until(isReplaced, 'another leads');
  world.resume(scene.leader);
  assert.deepEqual(await finish(scene), [
    'N2→V 35=A 34=43 98=0 108=5 789=91',
    'V→N2 35=A 34=94 98=0 108=5 789=44',
    `V→N2 ${NEW_A2}`,
    `V→N2 ${FILL_A1}`,
    `V→N2 35=8 34=93 43=Y 122=… 37=… 11=A3 17=… 150=0 39=0 ${INSTRUMENT} 38=7 40=2 44=90 59=0 151=7 14=0 6=0`,
    'V→N2 35=4 34=94 43=Y 122=… 123=Y 36=95',
    newOrder(44, 'A4', '3'),
    accepted(95, 'A4', '3'),
  ]);
  assert.equal(scene.stage.find(scene.a3)?.state, 'Working');
});

test('zombie: the old leader wakes on a dead connection; its bytes reach nobody, and the order is voided', async () => {
  const scene = await WireScene.play(WITH_789, 'stop');
  const { stage } = scene;
  // The venue finds out by itself that nobody answers, and lets the next leader in.
  await stage.takenOver(1);
  stage.world.resume(scene.leader);
  await stage.rest();
  assert.equal(stage.find(scene.a3)?.state, 'Voided');
});
