// A state machine that is its own history: it keeps every command with its index and time, so that laws about order and
// number of effects can be checked on it. Its hash is a chain over all of them.

import { createHash } from 'node:crypto';
import type { AppliedEntry, StateMachine } from '../state-machine.ts';

export interface LogMachineEntry {
  readonly index: number;
  readonly timeUs: number;
  readonly command: string;
}

export class LogMachine implements StateMachine {
  entries: LogMachineEntry[] = [];
  #chain = '';
  /** Commands that begin with this are applied wrongly, to show that divergence is seen. */
  corruptPrefix: string | null = null;
  readonly #paddingBytes: number;

  /** `paddingBytes`: makes its snapshots larger. */
  constructor(paddingBytes = 0) {
    this.#paddingBytes = paddingBytes;
  }

  apply(entry: AppliedEntry): { readonly position: number } {
    const text = Buffer.from(entry.command).toString('utf8');
    const isCorrupt = this.corruptPrefix !== null && text.startsWith(this.corruptPrefix);
    const command = isCorrupt ? `${text} (corrupt)` : text;
    const previous = this.entries.at(-1);
    if (previous !== undefined && (entry.index <= previous.index || entry.timeUs < previous.timeUs)) {
      throw new Error(`entry ${entry.index} at ${entry.timeUs} after entry ${previous.index} at ${previous.timeUs}`);
    }
    this.entries.push({ index: entry.index, timeUs: entry.timeUs, command });
    this.#chain = createHash('sha256').update(`${this.#chain}${entry.index} ${entry.timeUs} ${command}`).digest('hex');
    return { position: this.entries.length };
  }

  snapshot(): Uint8Array {
    const padding = Buffer.alloc(this.#paddingBytes, `\n${this.#chain}`);
    return Buffer.concat([Buffer.from(JSON.stringify({ entries: this.entries, chain: this.#chain }), 'utf8'), padding]);
  }

  restore(bytes: Uint8Array): void {
    const end = bytes.indexOf(10);
    const text = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
    const state = JSON.parse(text) as { entries: LogMachineEntry[]; chain: string };
    this.entries = state.entries;
    this.#chain = state.chain;
  }

  hash(): string {
    return this.#chain;
  }
}
