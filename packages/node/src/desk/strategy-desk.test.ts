import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NodeClock, NodeNetwork } from '@baton/host/node';
import type { AuthoredCommand } from '@baton/ledger';
import type { StrategyPlan } from '../configuration/plan.ts';
import { DeskControl } from './control.ts';
import type { DeployedStrategyPosts } from './deployed.ts';
import { COMMANDS_PER_SECOND_MAX } from './flood.ts';
import { DeskLink } from './link.ts';
import type { Steering } from './steering.ts';
import { readStrategyCode } from './strategy-code.ts';
import { StrategyDesk } from './strategy-desk.ts';

const FILE = fileURLToPath(new URL('./testing/misbehaving.ts', import.meta.url));

function planOf(id: string, does: string, change: Partial<StrategyPlan> = {}): StrategyPlan {
  return {
    id,
    file: FILE,
    parameters: { does },
    mode: 'shadow',
    memoryMb: 64,
    onFailure: 'restart',
    ordersOnHalt: 'leave',
    ...change,
  };
}

/** A core's end of the desk without a core, and a desk with these strategies. */
class Scene {
  readonly lines: string[] = [];
  readonly commands: AuthoredCommand[] = [];
  deployed: DeployedStrategyPosts[] = [];
  active = 0;
  /** The core's monotonic clock, where it is not the machine's. */
  nowMs: (() => number) | undefined;
  steering: Steering | undefined;
  #link: DeskLink | undefined;
  readonly #listeners: (() => void)[] = [];

  async open(t: TestContext, strategies: readonly StrategyPlan[]): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'baton-desk-'));
    const socket = join(folder, 'desk.sock');
    const link = new DeskLink({
      socket,
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
      needed: () => {},
      checkpoints: () => ({ checkpoint: undefined, kept: undefined }),
      deployed: () => this.deployed,
      activeOf: () => this.active,
      command: (command, answer) => {
        this.commands.push(command);
        answer({ ok: true, clOrdId: '', duplicate: false });
        this.#changed();
      },
      marketData: () => setImmediate(() => this.#changed()),
      ...(this.nowMs === undefined ? {} : { nowMs: this.nowMs }),
      log: (level, text, strategy) => {
        this.lines.push(`${strategy ?? ''} ${level} ${text}`);
        this.#changed();
      },
    });
    this.#link = link;
    this.steering = link.steering;
    await link.start();
    link.lead(1);
    const control = new DeskControl(socket, () => {});
    const desk = new StrategyDesk({ socket, strategies, feeds: [] }, control, {
      clock: new NodeClock(),
      network: new NodeNetwork(),
    });
    await new Promise<void>((resolve) => control.open(resolve));
    desk.start();
    t.after(() => {
      desk.stop();
      control.close();
      link.stop();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** As if entries had said so. */
  deploy(deployed: DeployedStrategyPosts[]): void {
    this.deployed = deployed;
    this.#link?.steering.deployed(deployed);
  }

  /** Resolves when `isSo` is true; asked again at every line, command and report. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (isSo()) resolve();
      };
      this.#listeners.push(look);
      look();
    });
  }

  count(part: RegExp): number {
    return this.lines.filter((line) => part.test(line)).length;
  }

  #changed(): void {
    for (const look of this.#listeners) look();
  }
}

test('a strategy that loops is ended, named and started again, and its neighbour keeps its beat', async (t) => {
  const scene = new Scene();
  await scene.open(t, [planOf('looper', 'loop'), planOf('neighbour', 'behave')]);
  await scene.until(() => scene.count(/strategy looper: does not answer for \d+ ms: it loops; started again/) > 0);
  assert.ok(scene.count(/^neighbour info still here/) > 3, scene.lines.join('\n'));
  await scene.until(() => scene.count(/^looper info starts to loop/) > 1);
});

test('a strategy whose memory grows over its bound is ended, and its neighbour goes on', async (t) => {
  const scene = new Scene();
  await scene.open(t, [planOf('leaker', 'leak', { onFailure: 'halt' }), planOf('neighbour', 'behave')]);
  await scene.until(() => scene.count(/strategy leaker: halted: .*memory/i) > 0);
  const before = scene.count(/^neighbour info still here/);
  await scene.until(() => scene.count(/^neighbour info still here/) > before);
});

test('a strategy that floods the core is cut off at its bound and named, and its neighbour goes on', async (t) => {
  const scene = new Scene();
  // All of it falls into one second, however slow the machine is.
  scene.nowMs = () => 0;
  await scene.open(t, [
    planOf('flooder', 'flood', { onFailure: 'halt', ordersOnHalt: 'cancel' }),
    planOf('neighbour', 'behave'),
  ]);
  await scene.until(
    () => scene.count(/strategy flooder: halted: floods: more than \d+ commands in a second; .*canceled/) > 0,
  );
  const its = scene.commands.filter((command) => 'strategyId' in command && command.strategyId === 'flooder');
  assert.equal(its.filter(({ type }) => type !== 'MassCancel').length, COMMANDS_PER_SECOND_MAX);
  await scene.until(() => scene.commands.some(({ type }) => type === 'MassCancel'));
  const before = scene.count(/^neighbour info still here/);
  await scene.until(() => scene.count(/^neighbour info still here/) > before);
});

test('a strategy whose hooks are slow is named with what it took, and runs on', async (t) => {
  const scene = new Scene();
  await scene.open(t, [planOf('dawdler', 'dawdle')]);
  await scene.until(() => scene.count(/strategy dawdler: slow: took \d+ ms for one wake/) > 0);
  await scene.until(() => scene.steering?.posts[0]?.state === 'running');
  assert.equal(scene.steering?.posts[0]?.restarts, 0);
});

test('a version that is deployed runs beside the configured one, both from then on compared, and ends when it is removed', async (t) => {
  const scene = new Scene();
  await scene.open(t, [planOf('steady', 'behave')]);
  const post = { strategyId: 'steady', file: FILE, mode: 'shadow', memoryMb: 64 } as const;
  const policy = { onFailure: 'restart', ordersOnHalt: 'leave' } as const;
  const configured = { ...post, ...policy, deployment: 0, isActive: true, digest: '', parameters: '' };
  const { digest } = readStrategyCode(FILE);
  const candidate = { ...configured, deployment: 1, isActive: false, digest, parameters: '{"does":"behave"}' };
  const running = (): number[] =>
    (scene.steering?.posts ?? []).flatMap(({ deployment, state }) => (state === 'running' ? [deployment] : []));
  scene.deploy([{ strategyId: 'steady', posts: [configured, candidate] }]);
  await scene.until(() => running().join() === '0,1');
  await scene.until(() => scene.steering?.diffs[0]?.candidate === 1);
  scene.deploy([{ strategyId: 'steady', posts: [{ ...configured, isActive: true }] }]);
  await scene.until(() => running().join() === '0' && scene.steering?.diffs.length === 0);
});

test('a node without the deployed code says what is missing, looks for it again, and its neighbours run', async (t) => {
  const scene = new Scene();
  await scene.open(t, [planOf('good', 'behave')]);
  const file = join(tmpdir(), 'no-such-version.ts');
  const policy = { onFailure: 'restart', ordersOnHalt: 'leave', mode: 'shadow', memoryMb: 64 } as const;
  const post = { strategyId: 'lost', deployment: 1, isActive: false, file, digest: 'ab', parameters: '{}', ...policy };
  scene.deploy([{ strategyId: 'lost', posts: [post] }]);
  await scene.until(
    () => scene.count(/lost\.1: .*no-such-version\.ts cannot be read here.*cannot lead this strategy/) > 0,
  );
  await scene.until(() => scene.steering?.posts.some(({ state }) => state === 'code-missing') === true);
  await scene.until(() => scene.count(/^good info starts to behave/) === 1);
});

test('code and parameters are tried before anything is proposed, whatever the code does', async (t) => {
  const scene = new Scene();
  await scene.open(t, []);
  const check = (parameters: string, file = FILE) => scene.steering?.check(file, '', parameters);
  const good = await check('{"does":"behave"}');
  assert.ok(good?.ok && good.version === 'misbehaving 1' && good.digest === readStrategyCode(FILE).digest);
  const bad = await check('{"does":"dance"}');
  assert.ok(bad?.ok === false && /parameters\.does is "dance"; .*"behave"/.test(bad.problem), JSON.stringify(bad));
  const absent = await check('{}', join(tmpdir(), 'no-such-version.ts'));
  assert.ok(absent?.ok === false && /no-such-version/.test(absent.problem));
});

test('a strategy that throws again and again is halted with its reason, and its orders are taken back if so configured', async (t) => {
  const scene = new Scene();
  await scene.open(t, [planOf('thrower', 'throw', { ordersOnHalt: 'cancel' })]);
  await scene.until(() => scene.commands.some(({ type }) => type === 'MassCancel'));
  assert.equal(scene.count(/threw: Error: on purpose[\s\S]*started again/), 3);
  assert.equal(scene.count(/halted: threw: Error: on purpose[\s\S]*are canceled/), 1);
});

test('a rejected promise of a hook is a throw', async (t) => {
  const scene = new Scene();
  await scene.open(t, [planOf('rejecter', 'reject', { onFailure: 'halt' })]);
  await scene.until(() => scene.count(/halted: threw: Error: a promise, on purpose/) === 1);
  assert.equal(scene.commands.filter(({ type }) => type === 'MassCancel').length, 0);
});

test('a strategy that cannot be loaded, or whose parameters do not fit, is halted at once and says what is wrong', async (t) => {
  const scene = new Scene();
  const missing = { file: join(tmpdir(), 'no-such-strategy.ts') };
  await scene.open(t, [planOf('absent', 'behave', missing), planOf('misfit', 'dance'), planOf('good', 'behave')]);
  await scene.until(() => scene.count(/strategy absent: halted: .*no-such-strategy/) === 1);
  await scene.until(() => scene.count(/strategy misfit: halted: [\s\S]*does/) === 1);
  await scene.until(() => scene.count(/^good info starts to behave/) === 1);
});
