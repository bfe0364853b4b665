/** Who clients reach when a leader dies: Debian's HAProxy and keepalived, on hosts of their own, with the files of deploy/. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { BalancerLab, labLacks } from './balancer-lab.ts';
import { FrontClient } from './front-client.ts';
import { switchOver } from './switch-over.ts';

const KILLS = 2;
const EVERY_MS = 5;
const TESTS = 2;
const MOVED_MS = 30_000;

const hears = createServer((request, response) => {
  let body = '';
  request.on('data', (part: Buffer) => {
    body += part.toString();
  });
  request.on('end', () => {
    const told = new URLSearchParams(body);
    primaries.push(`${told.get('node')} ${told.get('term')}`);
    response.end('ok');
  });
});
const primaries: string[] = [];

describe('a dead leader', { skip: labLacks('haproxy', 'keepalived', 'curl') ?? false }, () => {
  let lab: BalancerLab;
  let passed = 0;

  before(async () => {
    hears.listen(0, '0.0.0.0');
    await once(hears, 'listening');
    lab = new BalancerLab({
      built: false,
      rehearse: false,
      told: ({ folder, gateway }) => ({
        onPromote: { command: ['/bin/sh', '-c', `echo $BATON_LEADER $BATON_TERM >> ${folder}/promoted`] },
        loadBalancers: [
          { type: 'set-primary', url: `http://${gateway}:${(hears.address() as AddressInfo).port}/set-primary` },
        ],
      }),
    });
    await lab.start();
    lab.startKeepalived();
  });

  after(async () => {
    if (passed < TESTS) console.log(lab?.tails());
    await lab?.close();
    hears.close();
  });

  test('is replaced for who asks HAProxy, as soon as the next one has open gates', async () => {
    const client = new FrontClient(lab.front, EVERY_MS);
    client.start();
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const { from, gateToAnswerMs, killToGateMs, to } = await switchOver(lab, client);
        const [gate, answer] = [killToGateMs, gateToAnswerMs].map((ms) => ms.toFixed(1));
        console.log(
          `${from} → ${to}: gate open ${gate} ms after the kill, first answer through HAProxy ${answer} ms later`,
        );
        assert.notEqual(from, to);
        // What was told when it happened, and not what a health check found out: everybody whom the file names.
        const { term } = await lab.view.waitForOpenGate();
        await until(`${to} is told to be the primary of term ${term}`, () => primaries.includes(`${to} ${term}`));
        await until('the hook ran', () => readFileSync(`${lab.folder}/promoted`, 'utf8').includes(`${to} ${term}\n`));
        assert.match(lab.log(to), new RegExp(`haproxy knows of the promotion \\(term ${term}`));
      }
    } finally {
      client.stop();
    }
    const refused = [...client.statuses.keys()].filter((status) => ![0, 200, 307, 502, 503, 504].includes(status));
    assert.deepEqual(refused, []);
    passed += 1;
  });

  test('loses the virtual address of keepalived to the next one, where clients reach its API', async () => {
    await lab.whole();
    const { node } = await lab.view.waitForOpenGate();
    await until(`${node} alone has the virtual address`, () => String(lab.holders()) === node);
    const { atUs, term } = await lab.killLeader();
    const leader = await lab.view.waitForOpenGate({ termMin: term + 1 });
    assert.notEqual(leader.node, node);
    await until(`${leader.node} alone has it`, () => String(lab.holders()) === leader.node);
    await until(`${leader.node} answers at it`, async () => (await lab.answersAtVirtualAddress()) === leader.node);
    const tookMs = (performance.timeOrigin + performance.now() - atUs / 1000).toFixed(0);
    console.log(`${node} → ${leader.node}: the virtual address has moved ${tookMs} ms after the kill`);
    passed += 1;
  });
});

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + MOVED_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`waited ${MOVED_MS} ms until ${what}`);
    await delay(20);
  }
}
