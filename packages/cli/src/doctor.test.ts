/** The doctor's judgement, illness by illness; and the command over nodes that are only played. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { clusterFindings } from './doctor-cluster.ts';
import { failoverFinding, phaseTimes } from './doctor-failover.ts';
import { type HostFacts, hostFindings, readHost } from './doctor-host.ts';
import type { Finding } from './finding.ts';
import type { NodeStatus } from './node-client.ts';
import { captured } from './testing/captured-output.ts';
import { downReport, someLeader, someReport, someStatus } from './testing/some-status.ts';

const healthy = [someLeader('n1'), someStatus('n2'), someStatus('n3')];

function findings(statuses: readonly NodeStatus[], more = [] as ReturnType<typeof downReport>[]): Finding[] {
  return clusterFindings({ reports: [...statuses.map(someReport), ...more], takeovers: [] });
}

const ill = (found: readonly Finding[]): string[] =>
  found.filter(({ state }) => state !== 'ok').map(({ check, state }) => `${state} ${check}`);

test('of a healthy cluster nothing is named', () => {
  assert.deepEqual(ill(findings(healthy)), []);
});

test('each illness is named, at its place, with something to do', () => {
  const [n1 = someLeader('n1'), n2 = someStatus('n2'), n3 = someStatus('n3')] = healthy;
  const cases: readonly [Finding[], string][] = [
    [findings([n1, n2], [downReport('n3')]), 'fail node n3'],
    [
      findings(
        [
          { ...n2, leader: null },
          { ...n3, leader: null },
        ],
        [downReport('n1')],
      ),
      'fail leader',
    ],
    [findings([{ ...n1, gate: [{ open: false, phase: 'LoggedOn', venue: 'SIM' }] }, n2, n3]), 'fail gate SIM'],
    [findings([{ ...n1, orders: { ...n1.orders, inDoubt: 2 } }, n2, n3]), 'warn orders'],
    [findings([n1, { ...n2, problems: { disk: 'slow' } }, n3]), 'fail health n2'],
    [findings([n1, { ...n2, links: [{ node: 'n3', up: false }] }, n3]), 'fail links n2'],
    [
      findings([
        { ...n1, commitIndex: 9000 },
        { ...n2, appliedIndex: 9000 },
        { ...n3, appliedIndex: 10 },
      ]),
      'warn lag n3',
    ],
    [findings([n1, n2, { ...n3, stateHash: { index: 10, hash: 'bb' } }]), 'fail state'],
    [findings([n1, n2, { ...n3, durability: 'memory' }]), 'warn durability'],
    [findings([n1, { ...n2, role: 'leader', term: 0 }, n3]), 'warn node n2'],
  ];
  for (const [found, expected] of cases) {
    assert.ok(ill(found).includes(expected), `${expected}: ${ill(found)}`);
    assert.ok(
      found.filter(({ state }) => state !== 'ok').every(({ remedy }) => remedy !== ''),
      expected,
    );
  }
});

test('the slow phase of the last failover is named, and above five seconds it is a failure', () => {
  const takeover = (loggedOnMs: number) => {
    const at = (ms: number): number => 1_000_000 + ms * 1000;
    const phasesUs = {
      deathSeen: at(0),
      elected: at(10),
      barrier: at(14),
      connected: at(15),
      loggedOn: at(15 + loggedOnMs),
      gateOpen: at(16 + loggedOnMs),
    };
    return {
      n: 3,
      kind: 'failover',
      term: 2,
      node: 'n2',
      evidence: '',
      startedIndex: 1,
      startedUs: at(12),
      phasesUs,
      proof: null,
      orders: [],
      venues: [],
    } as const;
  };
  assert.deepEqual(
    phaseTimes(takeover(20)).map(({ ms, step }) => `${step} ${ms}`),
    ['elected 10', 'barrier 4', 'connected 1', 'loggedOn 20', 'gateOpen 1'],
  );
  assert.equal(failoverFinding([takeover(20)]).state, 'ok');
  const slow = failoverFinding([takeover(20), takeover(900)]);
  assert.equal(slow.state, 'warn');
  assert.match(slow.text, /loggedOn 900\.0 ms/);
  assert.match(slow.remedy, /heartbeat/);
  assert.equal(failoverFinding([takeover(6000)]).state, 'fail');
  assert.equal(failoverFinding([]).state, 'ok');
});

const GOOD: HostFacts = {
  cores: 8,
  governors: ['performance'],
  swapTotalKb: 0,
  swappiness: 60,
  clockSynchronized: true,
  openFilesMax: 65_536,
  hugePages: 'madvise',
  diskFreePercent: 50,
  fsyncMs: { p50: 0.1, p99: 1, max: 2 },
  folder: '/var/lib/baton',
};

test('of a host each fault is named, and nothing of one without', () => {
  assert.deepEqual(ill(hostFindings(GOOD)), []);
  const faults: readonly [Partial<HostFacts>, string][] = [
    [{ cores: 2 }, 'warn cores'],
    [{ governors: ['performance', 'powersave'] }, 'warn governor'],
    [{ swapTotalKb: 1000 }, 'warn swap'],
    [{ clockSynchronized: false }, 'fail clock'],
    [{ clockSynchronized: null }, 'warn clock'],
    [{ openFilesMax: 1024 }, 'fail files'],
    [{ hugePages: 'always' }, 'warn huge pages'],
    [{ diskFreePercent: 3 }, 'fail disk space'],
    [{ fsyncMs: { p50: 1, p99: 20, max: 30 } }, 'warn fsync'],
    [{ fsyncMs: { p50: 1, p99: 80, max: 90 } }, 'fail fsync'],
    [{ fsyncMs: null }, 'fail fsync'],
  ];
  for (const [fault, expected] of faults) assert.deepEqual(ill(hostFindings({ ...GOOD, ...fault })), [expected]);
});

test('this host can be read, its disk is measured, and nothing is left behind', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-doctor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { cores, fsyncMs, openFilesMax } = readHost(folder, 5);
  assert.ok(cores > 0 && openFilesMax > 0);
  assert.ok(fsyncMs !== null && fsyncMs.p50 > 0 && fsyncMs.max >= fsyncMs.p99);
  assert.deepEqual(readdirSync(folder), []);
  assert.equal(readHost(join(folder, 'not-there'), 1).fsyncMs, null);
});

async function played(t: TestContext, status: NodeStatus): Promise<string> {
  const server = createServer((request, response) => {
    const leads = status.role === 'leader';
    if (request.url === '/role') return void response.end(leads ? 'PRIMARY' : 'BACKUP');
    if (request.url === '/leader') response.statusCode = leads && status.gate.every(({ open }) => open) ? 200 : 503;
    response.end(JSON.stringify(request.url === '/takeovers' ? [] : status));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the exit code says whether something is wrong: 0, 10, and 69 when nobody answers', async (t) => {
  const leader = await played(t, someLeader('n1'));
  const one = await captured('doctor', '--api', leader, '--json');
  assert.equal(one.exitCode, 0, one.out);
  assert.equal((JSON.parse(one.out) as { ok: boolean }).ok, true);
  const down = await captured('doctor', '--api', `${leader},127.0.0.1:1`);
  assert.equal(down.exitCode, 10);
  assert.match(down.out, /fail {2}node 127\.0\.0\.1:1 +does not answer/);
  assert.equal((await captured('doctor', '--api', '127.0.0.1:1')).exitCode, 69);
});

test('role says by exit code whether a node leads with open gates: 0, 10, 69', async (t) => {
  const leader = await played(t, someLeader('n1'));
  const follower = await played(t, someStatus('n2'));
  const closed = await played(t, someLeader('n3', { gate: [{ open: false, phase: 'Connecting', venue: 'SIM' }] }));
  const quiet = await captured('role', '--quiet', '--api', leader);
  assert.deepEqual([quiet.exitCode, quiet.out], [0, '']);
  const told = await captured('role', '--api', follower);
  assert.deepEqual([told.exitCode, told.out], [10, 'BACKUP\n']);
  assert.equal((await captured('role', '--quiet', '--api', closed)).exitCode, 10);
  assert.equal((await captured('role', '--any-gate', '--api', closed)).exitCode, 0);
  assert.equal((await captured('role', '--quiet', '--api', '127.0.0.1:1')).exitCode, 69);
});

test('top writes a line a look into a pipe, and with --json a document a look', async (t) => {
  const leader = await played(t, someLeader('n1', { fills: 7 }));
  const plain = await captured('top', '--api', leader, '--count', '2', '--every', '50');
  assert.equal(plain.exitCode, 0);
  assert.equal(plain.out.trimEnd().split('\n').length, 2);
  assert.match(plain.out, /n1 term 1 gate SIM open; n1 leader lag 0; 0\.0 orders\/s/);
  const { exitCode, out } = await captured('top', '--api', `${leader},127.0.0.1:1`, '--count', '1', '--json');
  assert.equal(exitCode, 0);
  const document = JSON.parse(out) as { leader: string; nodes: readonly { status: unknown }[] };
  assert.equal(document.leader, 'n1');
  assert.equal(document.nodes[1]?.status, null);
});
