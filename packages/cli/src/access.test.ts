/** Nodes that speak TLS and ask for tokens, as the command line meets them: servers with certificates of `baton certs`. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { accessFrom } from './access-options.ts';
import { NodeClient } from './node-client.ts';
import { captured } from './testing/captured-output.ts';
import { someLeader } from './testing/some-status.ts';

const TOKEN = 'operator-token-0123456789';
const READER = 'reader-token-0123456789';

interface Asked {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'baton-access-'));
  readonly asked: Asked[] = [];
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.#t = t;
    t.after(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  get ca(): string {
    return join(this.folder, 'ca.pem');
  }

  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  async certificates(...names: readonly string[]): Promise<void> {
    await captured('certs', 'init', '--folder', this.folder);
    for (const name of names) await captured('certs', 'node', name, '--folder', this.folder);
  }

  /** Its address; `redirect` is where a POST is sent on to. */
  async node(options: { readonly certificate?: string; readonly redirect?: () => string } = {}): Promise<string> {
    const { certificate, redirect } = options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        const { authorization = '' } = request.headers;
        this.asked.push({ path: request.url ?? '', authorization, body });
        answered(request, response, authorization, redirect);
      });
    };
    const server =
      certificate === undefined
        ? createPlain(answer)
        : createServer(
            {
              cert: readFileSync(join(this.folder, `${certificate}.pem`)),
              key: readFileSync(join(this.folder, `${certificate}-key.pem`)),
            },
            answer,
          );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

function answered(
  request: IncomingMessage,
  response: ServerResponse,
  authorization: string,
  redirect: (() => string) | undefined,
): void {
  const [status, body] = judged(request, authorization, redirect !== undefined);
  response.writeHead(status, status === 307 ? { location: redirect?.() ?? '' } : {});
  response.end(JSON.stringify(body));
}

function judged(request: IncomingMessage, authorization: string, redirects: boolean): readonly [number, object] {
  const isActing = request.method === 'POST';
  if (authorization === '') return [401, { code: 'NO_TOKEN', text: 'this needs a token', remedy: 'send it' }];
  const isKnown = [TOKEN, READER].some((token) => authorization === `Bearer ${token}`);
  if (!isKnown) return [401, { code: 'WRONG_TOKEN', text: 'this token is not known', remedy: '' }];
  if (isActing && authorization !== `Bearer ${TOKEN}`) {
    return [403, { code: 'FORBIDDEN', text: 'reader has the role read', remedy: 'use a token with the role operate' }];
  }
  if (isActing && redirects) return [307, {}];
  return [200, request.url === '/transfer' ? { leader: 'n1', term: 7 } : someLeader('n1')];
}

const secure = (place: Place): readonly string[] => [
  '--ca-file',
  place.ca,
  '--token-file',
  place.file('token', `${TOKEN}\n`),
];

test('with the authority and a token from a file a node is asked over TLS', async (t) => {
  const place = new Place(t);
  await place.certificates('n1');
  const api = await place.node({ certificate: 'n1' });
  const { err, exitCode, out } = await captured('status', '--json', '--api', api, ...secure(place));
  assert.equal(exitCode, 0, err);
  assert.equal((JSON.parse(out) as { leader: string }).leader, 'n1');
  assert.deepEqual(place.asked, [{ path: '/status', authorization: `Bearer ${TOKEN}`, body: '' }]);
});

test('a configuration file says by itself that its nodes speak TLS, and a node is known by its name', async (t) => {
  const place = new Place(t);
  await captured('init', '--folder', join(place.folder, 'desk'), '--hosts', '127.0.0.1');
  await place.certificates('n1');
  const api = await place.node({ certificate: 'n1' });
  const config = join(place.folder, 'desk', 'cluster.yaml');
  const text = readFileSync(config, 'utf8').replace(/api: 127\.0\.0\.1:\d+/, `api: ${api}`);
  writeFileSync(config, text.replaceAll('certs/', '../'));
  const { err, exitCode } = await captured('status', '--config', config, '--token-file', place.file('token', TOKEN));
  assert.equal(exitCode, 0, err);
});

test('no token, a wrong one, one of another role: exit code 77, and what to do', async (t) => {
  const place = new Place(t);
  await place.certificates('n1');
  const api = await place.node({ certificate: 'n1' });
  const asked = (...args: readonly string[]) => captured(...args, '--api', api, '--ca-file', place.ca);
  const none = await asked('status');
  assert.deepEqual([none.exitCode, /--token-file FILE, or BATON_TOKEN_FILE/.test(none.err)], [77, true], none.err);
  const wrong = await asked('status', '--token-file', place.file('wrong', 'not-a-token-of-this-cluster'));
  assert.deepEqual([wrong.exitCode, /wrong is not one of this cluster's/.test(wrong.err)], [77, true], wrong.err);
  const reader = await asked('transfer', '--token-file', place.file('reader', READER));
  assert.deepEqual([reader.exitCode, /use a token with the role operate/.test(reader.err)], [77, true], reader.err);
  for (const { err, out } of [none, wrong, reader]) assert.ok(!`${err}${out}`.includes(READER));
  const missing = await asked('status', '--token-file', join(place.folder, 'nothing'));
  assert.deepEqual([missing.exitCode, /nothing cannot be read \(ENOENT\)/.test(missing.err)], [66, true], missing.err);
});

test('a certificate of another authority, or of another host, is nobody: exit code 69, and no token is shown', async (t) => {
  const place = new Place(t);
  await place.certificates('n1');
  const stranger = new Place(t);
  await stranger.certificates('n1');
  const foreign = await stranger.node({ certificate: 'n1' });
  const distrusted = await captured('status', '--api', foreign, ...secure(place));
  assert.equal(distrusted.exitCode, 69, distrusted.err);
  assert.match(distrusted.err, /not trusted[\s\S]*signed by another authority/);
  assert.deepEqual(stranger.asked, []);
  const unnamed = await captured('status', '--api', `https://${foreign}`, '--token-file', place.file('token', TOKEN));
  assert.match(unnamed.err, /--ca-file certs\/ca\.pem/);
  assert.deepEqual([unnamed.exitCode, stranger.asked], [69, []]);
});

test('TLS at one end only is named as such', async (t) => {
  const place = new Place(t);
  await place.certificates('n1');
  const [secured, open] = [await place.node({ certificate: 'n1' }), await place.node()];
  const tooOpen = await captured('status', '--api', secured);
  assert.equal(tooOpen.exitCode, 69);
  const transfer = await captured('role', '--api', secured);
  assert.match(transfer.err, /if its API speaks TLS/);
  const tooSecure = await captured('role', '--api', open, '--ca-file', place.ca);
  assert.match(tooSecure.err, /write http:\/\/ before the address/);
});

test('a command follows to the leader with its token, to a node that proves itself or was named, and to nobody else', async (t) => {
  const place = new Place(t);
  await place.certificates('n1', 'n2');
  const leader = await place.node({ certificate: 'n2' });
  const follower = await place.node({ certificate: 'n1', redirect: () => `https://${leader}/transfer` });
  const done = await captured('transfer', 'n9', '--api', follower, ...secure(place));
  assert.equal(done.exitCode, 0, done.err);
  const last = place.asked.at(-1);
  assert.deepEqual([last?.path, last?.authorization, last?.body], ['/transfer', `Bearer ${TOKEN}`, '{"to":"n9"}']);

  const [plainLeader, stranger] = [await place.node(), new Place(t)];
  const elsewhere = await stranger.node();
  const downgrade = await place.node({ certificate: 'n1', redirect: () => `http://${plainLeader}/transfer` });
  const astray = await captured('transfer', 'n9', '--api', downgrade, ...secure(place));
  assert.deepEqual([astray.exitCode, /none of the nodes that were named/.test(astray.err)], [77, true], astray.err);
  const openFollower = await place.node({ redirect: () => `http://${elsewhere}/transfer` });
  const token = place.file('token', TOKEN);
  const lost = await captured('transfer', 'n9', '--api', openFollower, '--token-file', token);
  assert.equal(lost.exitCode, 77, lost.err);
  assert.deepEqual(stranger.asked, []);
  const named = await captured('transfer', 'n9', '--api', `${openFollower},${elsewhere}`, '--token-file', token);
  assert.equal(named.exitCode, 0, named.err);
});

test('a token leaves this machine over TLS, or where the address says http:// in so many words', async (t) => {
  const place = new Place(t);
  const client = (address: string) => {
    const environment = { BATON_TOKEN: TOKEN };
    return new NodeClient(address, 50, accessFrom({}, environment)).status();
  };
  await assert.rejects(client('192.0.2.1:9091'), { code: 'BATON_CLI_ACCESS', exitCode: 77 });
  await assert.rejects(client('http://192.0.2.1:9091'), { code: 'BATON_CLI_UNREACHABLE' });
  const api = await place.node();
  assert.equal((await client(api)).node, 'n1');
});

test('an option wins over the environment, and a token of two words is none', (t) => {
  const place = new Place(t);
  const environment = { BATON_TOKEN: 'from-the-environment', BATON_TOKEN_FILE: place.file('a', 'from-a-file\n') };
  assert.equal(accessFrom({}, environment).token, 'from-a-file');
  assert.equal(accessFrom({ tokenFile: place.file('b', 'named') }, environment).token, 'named');
  assert.equal(accessFrom({}, { BATON_TOKEN: 'from-the-environment' }).token, 'from-the-environment');
  assert.equal(accessFrom({}, {}).token, '');
  assert.throws(() => accessFrom({}, { BATON_TOKEN: 'two words' }), { code: 'BATON_CLI_ACCESS', exitCode: 2 });
});

test('a watchdog that a node refuses says so, and does not call it down', async (t) => {
  const place = new Place(t);
  await place.certificates('n1');
  const api = await place.node({ certificate: 'n1' });
  const blind = await captured('watchdog', '--once', '--json', '--nodes', api, '--ca-file', place.ca);
  assert.equal(blind.exitCode, 77, blind.out + blind.err);
  assert.match(blind.out, /NODE_REFUSES.*needs a token.*BATON_TOKEN_FILE/);
  assert.doesNotMatch(blind.out, /NODE_DOWN|NO_LEADER/);
  const seeing = await captured('watchdog', '--once', '--json', '--nodes', api, ...secure(place));
  assert.equal(seeing.exitCode, 0, seeing.out + seeing.err);
});
