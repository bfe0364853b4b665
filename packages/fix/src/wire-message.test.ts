import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBody } from './encode.ts';
import { Framer } from './framer.ts';
import { parseMessage } from './message.ts';
import type { TransmitOutput } from './session-output.ts';
import { Tag } from './tag.ts';
import { Peer, readable, START_US } from './testing/peer.ts';
import { encodeTransmit, identifyLogon } from './wire-message.ts';

function logonOutput(peer: Peer): TransmitOutput {
  const output = peer.session.connected(START_US).find(({ type }) => type === 'transmit');
  return output as TransmitOutput;
}

test('secrets are appended to a Logon when it is written, and never enter the state', () => {
  const peer = new Peer({ logonFields: [[Tag.Username, 'baton']] });
  const output = logonOutput(peer);
  const bytes = encodeTransmit(peer.session.config, output, START_US + 5, encodeBody([[Tag.Password, 'secret']]));
  assert.equal(readable(bytes), '35=A|34=1|98=0|108=5|553=baton|554=secret');
  const framer = new Framer();
  framer.push(bytes);
  assert.equal(framer.next()?.type, 'message');
  assert.doesNotMatch(JSON.stringify(peer.session.snapshot()), /secret/);
});

test('SendingTime is never before the time of the slot, so that 122 is never after 52', () => {
  const peer = new Peer({});
  const { slot } = logonOutput(peer);
  const message = parseMessage(encodeTransmit(peer.session.config, { slot, possDup: true }, START_US - 1_000_000));
  assert.equal(message.sendingTimeUs, START_US);
  assert.equal(message.getTimeUs(Tag.OrigSendingTime), START_US);
});

test('a Logon names its session; nothing else does', () => {
  const peer = new Peer({});
  const bytes = encodeTransmit(peer.session.config, logonOutput(peer), START_US);
  assert.deepEqual(identifyLogon(parseMessage(bytes)), {
    beginString: 'FIX.4.4',
    senderCompId: 'BATON',
    targetCompId: 'VENUE',
  });
  for (const text of ['35=0|49=A|56=B|', '35=A|49=A|', '35=A|56=B|', '35=A|49=|56=B|', '35=A|49=A|56=B|x=1|']) {
    assert.equal(identifyLogon(parseMessage(Buffer.from(text.replaceAll('|', '\u0001')))), undefined, text);
  }
});
