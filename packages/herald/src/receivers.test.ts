/** Alerts against real receivers on loopback: HTTP, SMTP, programs. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Alert } from './alert.ts';
import { receiverOf } from './plan.ts';
import { ReceiverError } from './receiver.ts';
import { httpServer, mailServer } from './testing/servers.ts';

const teller = { cluster: 'demo', node: 'n2' };
const alert: Alert = {
  id: '1-42-0',
  severity: 'critical',
  code: 'FAILOVER_COMPLETE',
  subject: 'SIM',
  text: 'n2 leads <now> after 14 ms & password=hunter2',
  timeUs: 1_767_614_400_000_000,
};
const quick = () => AbortSignal.timeout(5000);

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'baton-herald-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a webhook gets the document, the token and an identity', async (t) => {
  const { posted, url } = await httpServer(t);
  await receiverOf({ type: 'webhook', name: 'w', severityMin: 'info', url: `${url}/in`, token: 'T' }).send(
    alert,
    teller,
    quick(),
  );
  const [{ body, headers, path } = { body: '', headers: {}, path: '' }] = posted;
  assert.equal(path, '/in');
  assert.equal(headers['authorization'], 'Bearer T');
  assert.equal(headers['idempotency-key'], '1-42-0');
  assert.deepEqual(JSON.parse(body), {
    schemaVersion: 1,
    id: '1-42-0',
    cluster: 'demo',
    node: 'n2',
    severity: 'critical',
    code: 'FAILOVER_COMPLETE',
    subject: 'SIM',
    text: 'n2 leads <now> after 14 ms & password=[hidden]',
    time: '2026-01-05T12:00:00.000Z',
    timeUs: 1_767_614_400_000_000,
  });
});

test('a Slack-compatible webhook gets a text without markup of its own', async (t) => {
  const { posted, url } = await httpServer(t);
  await receiverOf({ type: 'slack', name: 's', severityMin: 'info', url }).send(alert, teller, quick());
  const { text } = JSON.parse(posted[0]?.body ?? '{}') as { text: string };
  assert.match(
    text,
    /^:rotating_light: \[critical\] demo: FAILOVER_COMPLETE SIM: n2 leads &lt;now&gt; after 14 ms &amp; password=\[hidden\]/,
  );
});

test('what a server answers decides whether it is tried again, and no error tells the secret part of an address', async (t) => {
  const { posted, url } = await httpServer(t, [500, 429, 404, 302]);
  const receiver = receiverOf({ type: 'slack', name: 's', severityMin: 'info', url: `${url}/T0/secret` });
  for (const [status, isFinal] of [
    [500, false],
    [429, false],
    [404, true],
    [302, true],
  ] as const) {
    await assert.rejects(receiver.send(alert, teller, quick()), (error: ReceiverError) => {
      assert.equal(error.isFinal, isFinal, String(status));
      assert.match(error.message, new RegExp(`answered ${status}`));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
  assert.equal(posted.length, 4);
  const closed = receiverOf({ type: 'slack', name: 's', severityMin: 'info', url: 'http://127.0.0.1:1/T0/secret' });
  await assert.rejects(closed.send(alert, teller, quick()), /did not answer/);
});

test('a mail carries line, facts and identity, and logs in', async (t) => {
  if (!existsSync(new URL('../../../node_modules/nodemailer', import.meta.url)))
    return t.skip('nodemailer is not installed');
  const { logins, mails, port } = await mailServer(t);
  const options = {
    host: '127.0.0.1',
    port,
    tls: 'none',
    username: 'desk',
    password: 'P',
    from: 'b@x.test',
    to: ['o@x.test'],
  } as const;
  await receiverOf({ type: 'mail', name: 'm', severityMin: 'info', ...options }).send(alert, teller, quick());
  assert.deepEqual(logins, ['\0desk\0P']);
  const [mail = ''] = mails;
  assert.match(mail, /^Subject: \[baton demo\] critical: FAILOVER_COMPLETE SIM/m);
  assert.match(mail, /^Message-ID: <1-42-0@demo\.baton>/m);
  assert.match(mail, /after 14 ms/);
  assert.doesNotMatch(mail, /hunter2/);
});

test('a mail that the server refuses for good is not tried again, and a server without TLS is not told a password', async (t) => {
  if (!existsSync(new URL('../../../node_modules/nodemailer', import.meta.url)))
    return t.skip('nodemailer is not installed');
  const refusing = await mailServer(t, '550 no such box');
  const plain = { host: '127.0.0.1', username: '', password: '', from: 'b@x.test', to: ['o@x.test'] };
  const refused = receiverOf({
    type: 'mail',
    name: 'm',
    severityMin: 'info',
    ...plain,
    port: refusing.port,
    tls: 'none',
  });
  await assert.rejects(refused.send(alert, teller, quick()), (error: ReceiverError) => error.isFinal);
  const open = await mailServer(t);
  const careful = { ...plain, port: open.port, tls: 'starttls', username: 'desk', password: 'P' } as const;
  await assert.rejects(
    receiverOf({ type: 'mail', name: 'm', severityMin: 'info', ...careful }).send(alert, teller, quick()),
    ReceiverError,
  );
  assert.deepEqual(open.logins, []);
  assert.deepEqual(open.mails, []);
});

test('a command gets fields and document, and its failure is told with its words', async (t) => {
  const file = join(folder(t), 'told');
  const run = (script: string) =>
    receiverOf({ type: 'command', name: 'c', severityMin: 'info', command: ['/bin/sh', '-c', script, 'sh', file] });
  await run('{ echo "$BATON_ALERT_CODE $BATON_ALERT_SEVERITY $BATON_NODE"; cat; } > "$1"').send(alert, teller, quick());
  const [fields = '', document = ''] = readFileSync(file, 'utf8').split('\n');
  assert.equal(fields, 'FAILOVER_COMPLETE critical n2');
  assert.equal((JSON.parse(document) as { id: string }).id, '1-42-0');
  await assert.rejects(run('echo broken >&2; exit 3').send(alert, teller, quick()), /ended with 3: broken/);
  const missing = receiverOf({ type: 'command', name: 'c', severityMin: 'info', command: ['/does/not/exist'] });
  await assert.rejects(missing.send(alert, teller, quick()), /cannot be run \(ENOENT\)/);
});

test('a command that does not end is killed with all it started', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const file = join(folder(t), 'pid');
  const giveUp = new AbortController();
  const command = ['/bin/sh', '-c', 'sleep 600 & echo $! > "$1.part"; mv "$1.part" "$1"; wait', 'sh', file];
  const sending = receiverOf({ type: 'command', name: 'c', severityMin: 'info', command }).send(
    alert,
    teller,
    giveUp.signal,
  );
  while (!existsSync(file)) await new Promise((resolve) => setImmediate(resolve));
  const pid = Number(readFileSync(file, 'utf8'));
  giveUp.abort();
  await assert.rejects(sending, /took too long and was killed/);
  const state = (): string => {
    try {
      return /State:\s+(\w)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
    } catch {
      return '';
    }
  };
  while (!['', 'Z'].includes(state())) await new Promise((resolve) => setImmediate(resolve));
});
