import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { encodeBody, encodeMessage, parseMessage, Tag } from '@baton/fix';
import { parseConfiguration } from '../configuration/load.ts';
import { resolvePlan } from '../configuration/plan.ts';
import { logonFields } from './venue-logon.ts';

const HEADER = { beginString: 'FIX.4.4', senderCompId: 'BATON', targetCompId: 'SIM' } as const;
const SENT_US = 1_800_000_000_123_000;
const KEY = Buffer.from('a key of a test').toString('base64');

function written(logon: Parameters<typeof logonFields>[0], msgSeqNum: number) {
  const body = Buffer.concat([
    encodeBody([[Tag.EncryptMethod, 0]]),
    logonFields(logon, HEADER, { msgType: 'A', msgSeqNum }, SENT_US),
  ]);
  return parseMessage(encodeMessage({ ...HEADER, msgType: 'A', msgSeqNum, sendingTimeUs: SENT_US }, body));
}

describe('a Logon to a venue', () => {
  it('carries Username and Password when they are configured, and neither when they are not', () => {
    const with_ = written({ username: 'desk', password: 'p w', signingKey: '' }, 1);
    assert.equal(with_.getString(Tag.Username), 'desk');
    assert.equal(with_.getString(Tag.Password), 'p w');
    const without = written({ username: '', password: '', signingKey: '' }, 1);
    assert.equal(without.has(Tag.Username) || without.has(Tag.Password) || without.has(Tag.RawData), false);
  });

  it('is signed over the SendingTime and MsgSeqNum of the very message', () => {
    const message = written({ username: '', password: 'pass', signingKey: KEY }, 7);
    const text = ['20270115-08:00:00.123', 'A', '7', 'BATON', 'SIM', 'pass'].join('\u0001');
    const expected = createHmac('sha256', Buffer.from(KEY, 'base64')).update(text).digest('base64');
    assert.equal(message.getString(Tag.SendingTime), '20270115-08:00:00.123');
    assert.equal(message.getString(Tag.RawData), expected);
    assert.notEqual(written({ username: '', password: 'pass', signingKey: KEY }, 8).getString(Tag.RawData), expected);
  });
});

describe('secrets of a Logon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-logon-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'baton.yaml');
  const configuration = parseConfiguration(
    `
cluster: demo
nodes: [{ id: 1, name: n1, raft: 127.0.0.1:7101, api: 127.0.0.1:9091 }]
venues:
  - { name: SIM, address: 127.0.0.1:9880, senderCompId: BATON, targetCompId: SIM, account: A1,
      logon: { username: desk, passwordFile: password } }
instruments: [{ symbol: BTC-USD, venue: SIM, priceScale: 2, quantityScale: 4 }]
`,
    file,
  );

  it('are read from files beside the configuration and never become part of what is replicated', () => {
    writeFileSync(join(folder, 'password'), 'top secret\n');
    const plan = resolvePlan(file, configuration, 'n1');
    assert.deepEqual(plan.venues[0]?.logon, { username: 'desk', password: 'top secret', signingKey: '' });
    assert.doesNotMatch(JSON.stringify(plan.configuration), /secret|desk/);
  });

  it('that cannot be read are told at start, by key and file, without their content', () => {
    rmSync(join(folder, 'password'), { force: true });
    assert.throws(() => resolvePlan(file, configuration, 'n1'), {
      code: 'BATON_CONFIGURATION',
      message: /venues\[0\]\.logon\.passwordFile is "password".*ENOENT/,
    });
  });
});
