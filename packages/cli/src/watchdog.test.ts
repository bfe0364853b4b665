/** The watchdog's laws, with nodes that are only played. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Alert, Promotion } from '@baton/herald';
import fc from 'fast-check';
import { captured } from './testing/captured-output.ts';
import { someLeader, someStatus } from './testing/some-status.ts';
import { Watchdog } from './watchdog.ts';
import { type Seen, type SeenStatus, WatchdogJudge } from './watchdog-judge.ts';

const SETTINGS = { unhealthyLooks: 3, downLooks: 2, coolDownMs: 60_000, transfers: true };

function node(name: string, change: Partial<SeenStatus> = {}): Seen {
  const usual = {
    node: name,
    role: 'follower',
    term: 4,
    leader: 'n1',
    commitIndex: 100,
    appliedIndex: 100,
    gateOpen: false,
    healthy: true,
    problem: '',
  };
  return { address: `${name}:9090`, status: { ...usual, ...change } };
}
const leader = (change: Partial<SeenStatus> = {}): Seen => node('n1', { role: 'leader', gateOpen: true, ...change });
const down = (name: string): Seen => ({ address: `${name}:9090`, status: null });
const ILL = { healthy: false, problem: 'disk: slow' };

/** Node that a transfer was asked to in each look. */
function asked(looks: readonly (readonly Seen[])[], settings = SETTINGS): (string | null)[] {
  const judge = new WatchdogJudge(settings);
  return looks.map((seen, n) => judge.look(seen, n * 1000).transferTo?.node ?? null);
}

test('a transfer is asked for once the leader was unhealthy three times in a row, to the healthy level one, then not for a minute', () => {
  const ill = [leader(ILL), node('n2', { appliedIndex: 99 }), node('n3')];
  const well = [leader(), node('n2'), node('n3')];
  assert.deepEqual(asked([ill, ill, well, ill, ill, ill, ill]), [null, null, null, null, null, 'n3', null]);
  const many = asked(Array.from({ length: 70 }, () => ill));
  assert.deepEqual(
    many.flatMap((to, n) => (to === null ? [] : [n])),
    [2, 62],
  );
});

test('a leader that does not answer is never voted out by the watchdog: Raft sees to it', () => {
  const cut = [down('n1'), node('n2'), node('n3')];
  assert.deepEqual(
    asked(Array.from({ length: 10 }, () => cut)),
    Array.from({ length: 10 }, () => null),
  );
});

test('whatever is seen, a transfer goes to a healthy, level follower of this very leader, seen by more than half, or nowhere', () => {
  const status = fc.record({
    node: fc.constantFrom('n1', 'n2', 'n3'),
    role: fc.constantFrom('leader', 'follower', 'candidate', 'starting'),
    term: fc.integer({ min: 3, max: 5 }),
    leader: fc.constantFrom('n1', 'n2', null),
    commitIndex: fc.integer({ min: 0, max: 300 }),
    appliedIndex: fc.integer({ min: 0, max: 300 }),
    gateOpen: fc.boolean(),
    healthy: fc.boolean(),
    problem: fc.constant(''),
  });
  const look = fc.tuple(
    ...['n1', 'n2', 'n3'].map((name) =>
      fc.option(
        status.map((each) => ({ ...each, node: name })),
        { nil: null },
      ),
    ),
  );
  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 12 }), (looks) => {
      const judge = new WatchdogJudge({ ...SETTINGS, unhealthyLooks: 1, coolDownMs: 0 });
      for (const [n, statuses] of looks.entries()) {
        const seen = statuses.map((each, i) => ({ address: `n${i + 1}:9090`, status: each }));
        const { primary, transferTo } = judge.look(seen, n * 1000);
        const alive = statuses.filter((each) => each !== null);
        const first = alive.filter(({ role }) => role === 'leader').sort((a, b) => b.term - a.term)[0];
        if (primary !== null) assert.ok(primary === first && primary.gateOpen);
        if (transferTo === null) continue;
        assert.ok(alive.length >= 2 && first !== undefined && !first.healthy);
        assert.ok(transferTo.healthy && transferTo.role === 'follower' && transferTo.leader === first.node);
        assert.ok(transferTo.term === first.term && first.commitIndex - transferTo.appliedIndex <= 64);
      }
    }),
  );
});

test('load balancers are never shown a leader that less than half of the nodes know', () => {
  const judge = new WatchdogJudge(SETTINGS);
  assert.equal(judge.look([leader(), down('n2'), down('n3')], 0).primary, null);
  assert.equal(
    judge.look(
      [leader({ term: 3 }), node('n2', { leader: 'n3' }), node('n3', { role: 'leader', leader: 'n3', gateOpen: true })],
      1,
    ).primary?.node,
    'n3',
  );
  assert.equal(judge.look([leader({ gateOpen: false }), node('n2'), node('n3')], 2).primary, null);
});

test('what is wrong is named: a silent node after two looks, an ill one, no leader, two leaders of a term', () => {
  const codes = (...looks: Seen[][]): string[] => {
    const judge = new WatchdogJudge(SETTINGS);
    return (
      looks
        .map((seen, n) => judge.look(seen, n))
        .at(-1)
        ?.conditions.map(({ code, subject }) => `${code} ${subject}`) ?? []
    );
  };
  const one = [leader(), node('n2'), down('n3')];
  assert.deepEqual(codes(one), []);
  assert.deepEqual(codes([leader(), node('n2'), node('n3')], one, one), ['NODE_DOWN n3']);
  assert.deepEqual(codes([leader(), node('n2', ILL), node('n3')]), ['NODE_UNHEALTHY n2']);
  assert.deepEqual(codes([node('n1'), node('n2'), node('n3')], [node('n1'), node('n2'), node('n3')]), ['NO_LEADER ']);
  assert.deepEqual(codes([leader(), node('n2', { role: 'leader', gateOpen: true }), node('n3')]), [
    'TWO_LEADERS term 4',
  ]);
  assert.deepEqual(codes([leader({ gateOpen: false }), node('n2'), node('n3')]), ['GATE_CLOSED n1']);
});

test('it tells each thing once, shows each leader once, and tells what became of a transfer', async () => {
  let seen: Seen[] = [leader(), node('n2'), node('n3')];
  const noted: string[] = [];
  const shown: Promotion[] = [];
  const promoted: string[] = [];
  const sent: Alert[] = [];
  let nowMs = 0;
  const watchdog = new Watchdog({
    ...SETTINGS,
    cluster: 'demo',
    addresses: ['n1:9090', 'n2:9090', 'n3:9090'],
    repeatMs: 0,
    see: (address) => Promise.resolve(seen.find((each) => each.address === address) ?? down(address)),
    promote: (to, address) => {
      promoted.push(`${to.node} at ${address}`);
      return Promise.resolve('n2 leads term 5');
    },
    balancers: (promotion) => shown.push(promotion),
    posts: [{ add: (alert: Alert) => sent.push(alert) } as never],
    note: (event) => noted.push(event),
    wallUs: () => nowMs * 1000,
    nowMs: () => nowMs,
  });
  const look = async (): Promise<void> => {
    nowMs += 1000;
    await watchdog.look();
  };
  await look();
  await look();
  assert.deepEqual(
    shown.map(({ host, node: name, others }) => [name, host, others.join()]),
    [['n1', 'n1', 'n2,n3']],
  );
  seen = [leader(ILL), node('n2'), node('n3')];
  for (let n = 0; n < 5; n++) await look();
  assert.deepEqual(promoted, ['n2 at n2:9090']);
  seen = [
    node('n1', { ...ILL, leader: 'n2', term: 5 }),
    node('n2', { role: 'leader', leader: 'n2', term: 5, gateOpen: true }),
    node('n3', { leader: 'n2', term: 5 }),
  ];
  await look();
  await look();
  assert.equal(shown.at(-1)?.node, 'n2');
  assert.deepEqual(noted, ['NODE_UNHEALTHY', 'TRANSFER_ASKED', 'LEADER_CHANGED']);
  assert.deepEqual(
    sent.map(({ code }) => code),
    noted,
  );
  assert.match(sent[1]?.text ?? '', /n2 leads term 5/);
});

async function served(t: TestContext, status: unknown, healthStatus = 200): Promise<string> {
  const server = createServer((request, response) => {
    const isHealth = request.url === '/health';
    response.statusCode = isHealth ? healthStatus : 200;
    response.end(JSON.stringify(isHealth ? { checks: [{ check: 'disk', counts: true, problem: 'slow' }] } : status));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('one look over HTTP: 0 when all is well, 10 with what is wrong told, 2 when nobody says whom to watch', async (t) => {
  const gate = [{ open: true, phase: 'GateOpen', venue: 'SIM' }];
  const one = await served(t, someLeader('n1', { gate }));
  const two = await served(t, someStatus('n2'));
  const three = await served(t, someStatus('n3'), 503);
  const good = await captured('watchdog', '--once', '--nodes', `${one},${two}`);
  assert.equal(good.exitCode, 0, good.out);
  const ill = await captured('watchdog', '--once', '--json', '--nodes', `${one},${two},${three}`);
  assert.equal(ill.exitCode, 10);
  const line = JSON.parse(ill.out) as { event: string; text: string };
  assert.deepEqual([line.event, line.text], ['NODE_UNHEALTHY', 'warning n3 disk: slow']);
  assert.equal((await captured('watchdog', '--once')).exitCode, 2);
});
