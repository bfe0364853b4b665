// What the machine gives at best, measured in the same run: one small durable write, and one round trip between two
// processes over the same links that the cluster uses.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { NodeClock, NodeRandom } from '@baton/host/node';
import { freePorts } from '@baton/host/testing';
import { Wire } from '@baton/wire';
import { COMMAND_BYTES, type Latencies, latenciesOf } from './settings.ts';
import { programPath } from './staged.ts';

const FILE_BYTES = 8 * 1024 * 1024;
const BLOCK_BYTES = 4096;
export const ECHO_CHANNEL = 9;

/** One write of 4 KiB into a preallocated file, and fdatasync. */
export function measureDatasync(folder: string, count: number): Latencies {
  const path = join(folder, 'datasync');
  const file = openSync(path, 'w');
  writeSync(file, Buffer.alloc(FILE_BYTES));
  fsyncSync(file);
  const block = Buffer.alloc(BLOCK_BYTES, 1);
  const samples = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const startMs = performance.now();
    writeSync(file, block, 0, BLOCK_BYTES, (i * BLOCK_BYTES) % FILE_BYTES);
    fdatasyncSync(file);
    samples[i] = (performance.now() - startMs) * 1000;
  }
  closeSync(file);
  unlinkSync(path);
  return latenciesOf(samples);
}

export interface EchoSettings {
  readonly ports: readonly [number, number];
}

/** A wire between two processes; `nodeId` 1 asks, 2 echoes. */
export function echoWire(
  nodeId: 1 | 2,
  { ports }: EchoSettings,
  onUp: () => void,
  onBytes: (bytes: Uint8Array) => void,
): Wire {
  const addresses = new Map(ports.map((port, i) => [i + 1, { host: '127.0.0.1', port }]));
  return new Wire({
    clusterId: 'echo',
    nodeId,
    listen: addresses.get(nodeId)!,
    peers: addresses,
    clock: new NodeClock(),
    random: new NodeRandom(),
    handlers: { onMessages: () => {}, onPeerUp: onUp, onBytes: (_from, _channel, bytes) => onBytes(bytes) },
  });
}

/** There and back of one command's worth of bytes. */
export async function measureRoundTrip(count: number): Promise<Latencies> {
  const settings: EchoSettings = { ports: (await freePorts(2)) as [number, number] };
  const child = fork(programPath('echo.ts'), [JSON.stringify(settings)]);
  const bytes = Buffer.alloc(COMMAND_BYTES, 1);
  const samples = new Float64Array(count);
  // The first are slower: code is cold.
  let i = -Math.floor(count / 2);
  let startMs = 0;
  await new Promise<void>((resolve) => {
    const next = (): void => {
      startMs = performance.now();
      wire.sendBytes(2, ECHO_CHANNEL, bytes);
      wire.flush();
    };
    const wire = echoWire(1, settings, next, () => {
      samples[i++] = (performance.now() - startMs) * 1000;
      if (i < count) next();
      else void wire.stop().then(resolve);
    });
    void wire.start();
  });
  const gone = once(child, 'exit');
  child.kill();
  await gone;
  return latenciesOf(samples);
}

/** Waits until the disk syncs in half a millisecond again, or half a minute has passed. */
export async function diskAtRest(folder: string): Promise<void> {
  for (let seconds = 0; seconds < 30; seconds++) {
    if (measureDatasync(folder, 50).p50Us < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
