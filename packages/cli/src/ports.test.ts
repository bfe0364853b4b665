import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { isPortFree } from '@baton/host/node';
import { choosePorts } from './ports.ts';

/** A port that something listens on. */
async function takenPort(t: TestContext): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

test('a default port that is free is kept', async () => {
  const [free] = await choosePorts([{ purpose: 'a', port: null }]);
  assert.ok(free !== undefined);
  assert.deepEqual(await choosePorts([{ purpose: 'a', port: free }]), [free]);
});

test('a default port that is taken is replaced by a free one', async (t) => {
  const taken = await takenPort(t);
  const [chosen] = await choosePorts([{ purpose: 'a', port: taken }]);
  assert.notEqual(chosen, taken);
  assert.equal(await isPortFree(chosen ?? 0), true);
});

test('a port the user named that is taken is an error with port, purpose and option', async (t) => {
  const taken = await takenPort(t);
  await assert.rejects(
    choosePorts([{ purpose: 'the venue (FIX)', port: taken, option: '--venue-port' }]),
    (error: Error) => {
      assert.ok(error.message.includes(`${taken}`) && error.message.includes('--venue-port'), error.message);
      assert.ok(error.message.includes('the venue (FIX)'), error.message);
      return (error as { code?: string }).code === 'BATON_CLI_PORT_TAKEN';
    },
  );
});

test('no port is given twice, neither a default wished twice nor a substitute drawn twice', async () => {
  const draws = [0.25, 0.25, 0.25, 0.5, 0.5, 0.75];
  const wishes = [1, 2, 3].map((n) => ({ purpose: `${n}`, port: null }));
  const chosen = await choosePorts(wishes, () => draws.shift() ?? Math.random());
  assert.equal(new Set(chosen).size, 3);
  const [free] = chosen;
  assert.ok(free !== undefined);
  const twice = await choosePorts([
    { purpose: 'a', port: free },
    { purpose: 'b', port: free },
  ]);
  assert.equal(new Set(twice).size, 2);
});

test('substitutes lie below the range from which outgoing connections take their ports', async () => {
  for (const random of [0, 0.999_999]) {
    const chosen = await choosePorts([{ purpose: 'a', port: null }], () => random).catch(() => []);
    for (const port of chosen) assert.ok(port >= 10_000 && port < 32_768, `${port}`);
  }
});
