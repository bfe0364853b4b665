/** The core's end of a strategy's line: what a desk may ask for, and what it costs when it misbehaves. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { AuthoredCommand } from '@baton/ledger';
import { DeskFrameReader, encodeDeskFrame } from './frame.ts';
import { DeskLink } from './link.ts';
import type { CommandAnswer, CoreMessage, DeskMessage } from './protocol.ts';

const MASS_CANCEL = { type: 'MassCancel', clientKey: 'k', strategyId: 'maker' } as const;

class Line {
  readonly heard: CoreMessage[] = [];
  readonly socket: Socket;
  #look: () => void = () => {};

  constructor(path: string) {
    this.socket = connect(path);
    const reader = new DeskFrameReader();
    this.socket.on('data', (bytes: Buffer) => {
      this.heard.push(...(reader.push(bytes) as CoreMessage[]));
      this.#look();
    });
    this.socket.on('error', () => {});
  }

  say(message: DeskMessage): void {
    this.socket.write(encodeDeskFrame(message));
  }

  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (isSo()) resolve();
      };
      this.#look();
    });
  }

  answers(): CommandAnswer[] {
    return this.heard.flatMap((message) => (message.type === 'answer' ? [message.answer] : []));
  }
}

class Core {
  readonly commands: AuthoredCommand[] = [];
  readonly logs: string[] = [];
  answers = true;
  readonly link: DeskLink;
  readonly path: string;

  constructor(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'baton-link-'));
    this.path = join(folder, 'desk.sock');
    this.link = new DeskLink({
      socket: this.path,
      needed: () => {},
      snapshot: () => ({
        index: 1,
        timeUs: 1,
        orders: [],
        positions: [],
        strategyPositions: [],
        venues: [],
        headroom: [],
        checkpoint: undefined,
        backlog: [],
      }),
      references: () => {},
      headroom: () => [],
      checkpoints: () => ({ checkpoint: undefined, kept: undefined }),
      deployed: () => [],
      activeOf: () => 1,
      command: (command, answer) => {
        this.commands.push(command);
        if (this.answers) answer({ ok: true, clOrdId: '', duplicate: false });
      },
      marketData: () => {},
      log: (_level, text, strategy) => this.logs.push(`${strategy ?? ''}: ${text}`),
      nowMs: () => 0,
    });
    t.after(() => {
      this.link.stop();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  async line(deployment = 1): Promise<Line> {
    const line = new Line(this.path);
    line.say({ type: 'hello', strategyId: 'maker', deployment });
    await line.until(() => line.heard.some(({ type }) => type === 'role'));
    return line;
  }
}

async function begun(t: TestContext): Promise<Core> {
  const core = new Core(t);
  await core.link.start();
  return core;
}

test('a line is told all that is true before anything else, and who leads', async (t) => {
  const core = await begun(t);
  core.link.lead(3);
  const line = await core.line();
  assert.deepEqual(
    line.heard.map(({ type }) => type),
    ['snapshot', 'role'],
  );
  core.link.follow();
  await line.until(() => line.heard.length === 3);
  const roles = line.heard.flatMap((message) => (message.type === 'role' ? [message.isLeading] : []));
  assert.deepEqual(roles, [true, false]);
});

test('a strategy speaks for itself alone: a command in the name of another is refused, and named', async (t) => {
  const core = await begun(t);
  const line = await core.line();
  line.say({ type: 'command', request: 1, command: { ...MASS_CANCEL, strategyId: 'another' } });
  await line.until(() => line.answers().length === 1);
  assert.equal(line.answers()[0]?.ok, false);
  assert.deepEqual(core.commands, []);
  assert.match(core.logs.join(), /maker: strategy maker gave a command of another/);
});

test('every command carries the version that gave it: the ledger decides whether it counts', async (t) => {
  const core = await begun(t);
  for (const deployment of [1, 2]) {
    const line = await core.line(deployment);
    line.say({ type: 'command', request: 1, command: MASS_CANCEL });
    await line.until(() => line.answers().length === 1);
  }
  assert.deepEqual(
    core.commands.map(({ author }) => author),
    [1, 2],
  );
});

test('of commands that wait for an answer the bound is taken, and no more', async (t) => {
  const core = await begun(t);
  core.answers = false;
  const line = await core.line();
  for (let request = 1; request <= 1_005; request += 1) line.say({ type: 'command', request, command: MASS_CANCEL });
  await line.until(() => line.answers().length === 5);
  assert.equal(core.commands.length, 1_000);
  assert.ok(line.answers().every((answer) => !answer.ok && answer.code === 'BUSY'));
});

test('the orders of a version that was halted are taken back for it only while it counts', async (t) => {
  const core = await begun(t);
  const line = await core.line();
  line.say({ type: 'desk-command', deployment: 2, command: { ...MASS_CANCEL, clientKey: 'not-this' } });
  line.say({ type: 'desk-command', deployment: 1, command: MASS_CANCEL });
  // Answered in order: what was said before has been heard then.
  line.say({ type: 'command', request: 1, command: MASS_CANCEL });
  await line.until(() => line.answers().length === 1);
  assert.deepEqual(
    core.commands.map((command) => 'clientKey' in command && command.clientKey),
    ['k', 'k'],
  );
});

test('a strategy that does not read is cut off at a bound, and named', async (t) => {
  const core = await begun(t);
  const line = await core.line();
  line.socket.pause();
  const closed = new Promise<void>((resolve) => line.socket.on('close', () => resolve()));
  const text = 'x'.repeat(1_000_000);
  const event = { type: 'Alarm', code: 'X', text, index: 2, n: 0, timeUs: 1 } as never;
  for (let n = 0; n < 40; n += 1) core.link.publish([event]);
  assert.match(core.logs.join(), /maker: does not read \(\d+ bytes waiting\): cut off/);
  line.socket.resume();
  await closed;
});
