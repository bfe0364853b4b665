import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { CloseReason } from '../close-reason.ts';
import type { Connection, ConnectionHandlers, Listener } from '../network.ts';
import { NodeClock, NodeDisk, NodeNetwork, NodeRandom } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'baton-host-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folderOf = (name: string): string => join(root, name);

describe('clock and randomness of this machine', () => {
  it('wall time lies in the millisecond that the system tells, and monotonic time never goes back', () => {
    const clock = new NodeClock();
    let last = clock.monotonicUs();
    for (let at = 0; at < 10_000; at += 1) {
      const beforeMs = Date.now();
      const wallUs = clock.wallUs();
      assert.ok(
        wallUs >= beforeMs * 1000 && wallUs < (Date.now() + 1) * 1000,
        `${wallUs} is not in the millisecond ${beforeMs}`,
      );
      const now = clock.monotonicUs();
      assert.ok(now >= last && Number.isSafeInteger(now));
      last = now;
    }
  });

  it('floats lie between 0 and 1', () => {
    const random = new NodeRandom();
    for (let at = 0; at < 5000; at += 1) {
      const value = random.float();
      assert.ok(value >= 0 && value < 1);
    }
  });
});

describe('disk of this machine', () => {
  it('writes are read back, sizes are preallocated, and errors keep the code of the system', async () => {
    const disk = new NodeDisk();
    const folder = folderOf('files');
    disk.makeFolder(folder);
    const path = join(folder, 'f');
    const error = await new Promise((resolve) => disk.preallocate(path, 1_000_000, resolve));
    assert.equal(error, null);
    const file = disk.open(path, 'write');
    assert.equal(file.sizeBytes(), 1_000_000);
    file.write(Buffer.from('abc'), 500_000);
    file.datasync();
    assert.equal(await new Promise((resolve) => file.writeAsync(Buffer.from('def'), 500_003, resolve)), null);
    assert.equal(await new Promise((resolve) => file.datasyncAsync(resolve)), null);
    assert.equal(Buffer.from(file.read(500_000, 6)).toString(), 'abcdef');
    assert.equal(file.read(999_999, 10).length, 1);
    file.close();
    assert.throws(() => disk.open(join(folder, 'none'), 'write'), { name: 'DiskError', code: 'ENOENT' });
    assert.throws(() => disk.open(path, 'create'), { code: 'EEXIST' });
    assert.throws(() => disk.unlink(join(folder, 'none')), { code: 'ENOENT', call: 'unlink' });
    disk.rename(path, join(folder, 'g'));
    disk.syncFolder(folder);
    assert.equal(await new Promise((resolve) => disk.syncFolderAsync(folder, resolve)), null);
    assert.deepEqual(disk.list(folder), ['g']);
    assert.ok(disk.freeBytes(folder) > 0);
  });

  it('a folder has one owner, and the lock of a killed process needs no clean-up', async () => {
    const disk = new NodeDisk();
    const folder = folderOf('locked');
    disk.makeFolder(folder);
    const program = `
      import { NodeDisk } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      new NodeDisk().lock(${JSON.stringify(folder)});
      process.stdout.write('locked');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    assert.throws(() => disk.lock(folder), { code: 'ELOCKED', message: new RegExp(`process ${child.pid} owns it`) });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = disk.lock(folder);
    assert.throws(() => disk.lock(folder), { code: 'ELOCKED' });
    lock.release();
    disk.lock(folder).release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('a lock left from before a restart of the machine, or by a reused pid, does not count', () => {
    const disk = new NodeDisk();
    const folder = folderOf('stale');
    disk.makeFolder(folder);
    writeFileSync(join(folder, `owner-${process.pid}-1-0123456789abcdef.lock`), '');
    writeFileSync(join(folder, `owner-${process.ppid}-1-0.lock`), '');
    disk.lock(folder).release();
  });
});

interface Heard {
  data: string;
  closed: CloseReason[];
  connection?: Connection;
}

function hearing(heard: Heard, onClose: () => void = () => {}): ConnectionHandlers {
  return {
    onData: (bytes) => {
      heard.data += Buffer.from(bytes).toString();
    },
    onClose: (reason) => {
      heard.closed.push(reason);
      onClose();
    },
  };
}

describe('network of this machine', () => {
  const network = new NodeNetwork();
  const listen = (accept: (connection: Connection) => ConnectionHandlers): Promise<Listener> =>
    new Promise((resolve, reject) => {
      network.listen({ host: '127.0.0.1', port: 0 }, accept, (outcome) =>
        outcome.ok ? resolve(outcome.listener) : reject(outcome.error),
      );
    });

  it('bytes go both ways, and an orderly end is closed there and local here', async () => {
    const server: Heard = { data: '', closed: [] };
    const serverClosed = Promise.withResolvers<void>();
    const listener = await listen((connection) => {
      connection.write(Buffer.from('welcome'));
      return hearing(server, serverClosed.resolve);
    });
    const client: Heard = { data: '', closed: [] };
    const clientClosed = Promise.withResolvers<void>();
    const connection = network.connect(listener.address, 1000, {
      ...hearing(client, clientClosed.resolve),
      onOpen: () => connection.write(Buffer.from('hello')),
      onData: (bytes) => {
        client.data += Buffer.from(bytes).toString();
        connection.end();
      },
    });
    await Promise.all([serverClosed.promise, clientClosed.promise]);
    assert.deepEqual([server.data, client.data], ['hello', 'welcome']);
    assert.deepEqual(server.closed, [{ kind: 'closed', code: '' }]);
    assert.deepEqual(client.closed, [{ kind: 'local', code: '' }]);
    await new Promise<void>((resolve) => listener.close(resolve));
  });

  it('a reset is told as a reset, and a closed port refuses', async () => {
    const client: Heard = { data: '', closed: [] };
    const listener = await listen((connection) => {
      connection.resetAndDestroy();
      return { onData: () => {}, onClose: () => {} };
    });
    await new Promise<void>((resolve) => network.connect(listener.address, 1000, hearing(client, resolve)));
    assert.deepEqual(client.closed, [{ kind: 'reset', code: 'ECONNRESET' }]);
    await new Promise<void>((resolve) => listener.close(resolve));
    await new Promise<void>((resolve) => network.connect(listener.address, 1000, hearing(client, resolve)));
    assert.deepEqual(client.closed[1], { kind: 'refused', code: 'ECONNREFUSED' });
  });

  it('a dial that is given up is local, and a taken port is named', async () => {
    const listener = await listen(() => ({ onData: () => {}, onClose: () => {} }));
    const client: Heard = { data: '', closed: [] };
    await new Promise<void>((resolve) =>
      network.connect(listener.address, 1000, hearing(client, resolve)).resetAndDestroy(),
    );
    assert.equal(client.closed[0]?.kind, 'local');
    const error = await new Promise<unknown>((resolve) => {
      network.listen(
        listener.address,
        () => ({ onData: () => {}, onClose: () => {} }),
        (outcome) => resolve(outcome.ok ? null : outcome.error),
      );
    });
    assert.match(String(error), new RegExp(`127.0.0.1:${listener.address.port} failed: EADDRINUSE`));
    await new Promise<void>((resolve) => listener.close(resolve));
  });
});
