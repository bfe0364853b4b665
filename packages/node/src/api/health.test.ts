import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProcessFigures } from '../core/process-figures.ts';
import { type HealthView, problemsOf } from '../health/health-view.ts';
import { nodeHealth } from './health.ts';
import type { ApiSubject } from './subject.ts';

function subject(counts: boolean): ApiSubject {
  const check = { check: 'disk', counts, problem: 'slow', bound: '<= 250 ms', failingMs: 10, holdMs: 5000 };
  const health: HealthView = { healthy: !counts, checks: [check], coolDownMs: 0, peers: [] };
  return { plan: { self: { name: 'n1' } }, leadingTerm: 3, health: () => health } as unknown as ApiSubject;
}

test('GET /health answers 503 once a check counts, and not for one that only fails', () => {
  const [fit, unfit] = [nodeHealth(subject(false)), nodeHealth(subject(true))];
  assert.deepEqual([fit.status, unfit.status], [200, 503]);
  assert.deepEqual([problemsOf(subject(false).health()), problemsOf(subject(true).health())], [{}, { disk: 'slow' }]);
  const { leads, node } = unfit.body as { leads: boolean; node: string };
  assert.deepEqual([node, leads], ['n1', true]);
});

test('a collection of garbage is counted with its pause', async () => {
  const figures = new ProcessFigures(() => 7);
  let garbage: number[][] = [];
  while (figures.view().gcPauses === 0) {
    for (let n = 0; n < 100; n++) garbage.push(new Array<number>(10_000).fill(n));
    garbage = [];
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { gcPauseMaxUs, gcPauseTotalUs, heapUsedBytes, loopLateMaxUs, rssBytes } = figures.view();
  assert.ok(gcPauseTotalUs >= gcPauseMaxUs && rssBytes > heapUsedBytes && heapUsedBytes > 0);
  assert.equal(loopLateMaxUs, 7);
  figures.stop();
});
