import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceManager } from './service-manager.ts';

function managed(environment: Record<string, string>) {
  const told: string[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  let asked = 0;
  const manager = new ServiceManager({
    environment,
    ask: () => {
      asked += 1;
    },
    notify: (message) => told.push(message),
    every: (run, ms) => {
      timers.push({ run, ms });
      return () => timers.splice(0);
    },
  });
  return { manager, told, timers, asked: () => asked };
}

test('the core is asked four times within the patience of the service manager, and only its answer is passed on', () => {
  const { asked, manager, timers, told } = managed({ NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '10000000' });
  assert.equal(timers[0]?.ms, 2500);
  timers[0]?.run();
  assert.equal(asked(), 1);
  assert.deepEqual(told, []);
  manager.answered();
  assert.deepEqual(told, ['WATCHDOG=1']);
  manager.close();
  assert.deepEqual(timers, []);
});

test('a node is ready once, whatever the core says', () => {
  const { manager, told, timers } = managed({ NOTIFY_SOCKET: '@socket' });
  manager.ready();
  manager.ready();
  manager.stopping();
  assert.deepEqual(told, ['READY=1', 'STOPPING=1']);
  assert.deepEqual(timers, []);
});

test('without a service manager nobody is asked and nothing is told', () => {
  const { manager, told, timers } = managed({ WATCHDOG_USEC: '10000000' });
  manager.ready();
  manager.answered();
  assert.deepEqual([told, timers], [[], []]);
});
