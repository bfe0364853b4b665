import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CloseReason } from '../close-reason.ts';
import type { Connection, ConnectionHandlers } from '../network.ts';
import { MemoryNetwork } from './memory-network.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Pair {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly near: Connection;
  readonly far: () => Connection;
  readonly seen: { near: string; far: string; nearClosed: CloseReason[]; farClosed: CloseReason[] };
}

function connected(): Pair {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  network.delayMs = () => 1;
  const seen: Pair['seen'] = { near: '', far: '', nearClosed: [], farClosed: [] };
  let far: Connection | undefined;
  const accept = (connection: Connection): ConnectionHandlers => {
    far = connection;
    return {
      onData: (bytes) => {
        seen.far += Buffer.from(bytes).toString();
      },
      onClose: (reason) => seen.farClosed.push(reason),
    };
  };
  network.host('b').listen({ host: 'b', port: 1 }, accept, (outcome) => assert.ok(outcome.ok));
  clock.settle();
  const near = network.host('a').connect({ host: 'b', port: 1 }, 100, {
    onData: (bytes) => {
      seen.near += Buffer.from(bytes).toString();
    },
    onClose: (reason) => seen.nearClosed.push(reason),
  });
  clock.advance(5);
  return { clock, network, near, far: () => far as Connection, seen };
}

describe('network in memory', () => {
  it('bytes arrive in order and after their delay', () => {
    const { clock, near, far, seen } = connected();
    near.write(Buffer.from('ab'));
    near.write(Buffer.from('cd'));
    far().write(Buffer.from('xy'));
    clock.advance(0.5);
    assert.equal(seen.far, '');
    clock.advance(1);
    assert.deepEqual([seen.far, seen.near], ['abcd', 'xy']);
  });

  it('a cut direction holds what is sent until it is healed; the other direction works', () => {
    const { clock, network, near, far, seen } = connected();
    network.cut('a', 'b');
    near.write(Buffer.from('1'));
    near.write(Buffer.from('2'));
    far().write(Buffer.from('3'));
    clock.advance(50);
    assert.deepEqual([seen.far, seen.near], ['', '3']);
    network.heal('a', 'b');
    near.write(Buffer.from('4'));
    clock.advance(5);
    assert.equal(seen.far, '124');
  });

  it('a killed host is seen as an orderly end, once, and its port refuses', () => {
    const { clock, network, seen } = connected();
    network.kill('b');
    clock.advance(10);
    assert.deepEqual(seen.nearClosed, [{ kind: 'closed', code: '' }]);
    assert.deepEqual(seen.farClosed, []);
    const reasons: string[] = [];
    network
      .host('a')
      .connect({ host: 'b', port: 1 }, 100, { onData: () => {}, onClose: (reason) => reasons.push(reason.kind) });
    clock.advance(10);
    assert.deepEqual(reasons, ['refused']);
  });

  it('a vanished host says nothing, and a dial to it times out', () => {
    const { clock, network, near, seen } = connected();
    network.vanish('b');
    near.write(Buffer.from('anyone?'));
    clock.advance(1000);
    assert.deepEqual(seen.nearClosed, []);
    const reasons: string[] = [];
    network
      .host('a')
      .connect({ host: 'b', port: 1 }, 100, { onData: () => {}, onClose: (reason) => reasons.push(reason.kind) });
    clock.advance(1000);
    assert.deepEqual(reasons, ['timeout']);
  });

  it('a reset is told to both ends, each once', () => {
    const { clock, network, near, seen } = connected();
    network.reset('a', 'b');
    near.write(Buffer.from('late'));
    clock.advance(10);
    assert.deepEqual(
      [seen.nearClosed, seen.farClosed].map((reasons) => reasons.map((reason) => reason.kind)),
      [['reset'], ['reset']],
    );
  });

  it('what this end ends or destroys is local here, and an end or a reset there', () => {
    const orderly = connected();
    orderly.near.end();
    orderly.clock.advance(10);
    assert.deepEqual([orderly.seen.nearClosed[0]?.kind, orderly.seen.farClosed[0]?.kind], ['local', 'closed']);
    const harsh = connected();
    harsh.near.resetAndDestroy();
    harsh.clock.advance(10);
    assert.deepEqual([harsh.seen.nearClosed[0]?.kind, harsh.seen.farClosed[0]?.kind], ['local', 'reset']);
  });

  it('a full window stops the writer until the reader has taken it', () => {
    const { clock, near, far, seen } = connected();
    far().pause();
    assert.equal(near.write(Buffer.alloc(100_000, 'a')), false);
    clock.advance(10);
    assert.equal(seen.far, '');
    far().resume();
    clock.advance(10);
    assert.equal(seen.far.length, 100_000);
    assert.equal(near.bufferedBytes(), 0);
    assert.equal(near.write(Buffer.from('b')), true);
  });
});
