/** A cluster of the compiled build with strategies of the benchmark, and the witness in its processes. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Cluster, type LocalStrategy } from '@baton/cli';
import { type Notes, readNotes } from './notes.ts';
import type { Settings } from './settings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'build/node_modules/@baton/cli/dist/main.js');
const WITNESS = new URL('./core-witness.mjs', import.meta.url);
export const SYMBOL = 'BTC-USD';
/** Nobody pays it. */
const PRICE = '65000';
/** Witness and probe write once a second. */
const NOTES_MS = 1_500;

export interface ProbeOptions {
  readonly everyMs: number;
  readonly decides: 'leader' | 'everywhere';
}

export class BenchDesk {
  readonly cluster: Cluster;
  /** Of the notes. */
  readonly folder: string;
  readonly #root: string;

  private constructor(cluster: Cluster, root: string, folder: string) {
    this.cluster = cluster;
    this.#root = root;
    this.folder = folder;
  }

  static async start(
    settings: Settings,
    probe: ProbeOptions,
    others: readonly LocalStrategy[] = [],
    timing?: 'lan',
  ): Promise<BenchDesk> {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build first`);
    const root = mkdtempSync(join(settings.folder ?? tmpdir(), 'baton-desk-'));
    const folder = join(root, 'notes');
    mkdirSync(folder);
    process.env['HOP_WITNESS'] = folder;
    process.env['NODE_OPTIONS'] = `--import ${WITNESS.href}`;
    const parameters = { symbol: SYMBOL, price: PRICE, folder, ...probe };
    const cluster = await Cluster.start({
      dataFolder: join(root, 'data'),
      durability: settings.durability,
      ...(timing === undefined ? {} : { timing }),
      strategies: [
        { id: 'probe', file: compiled('probe'), parameters },
        ...others.map((other) => ({ ...other, parameters: { ...other.parameters, folder } })),
      ],
      venueArguments: ['--orders-per-second', '0'],
      batonCommand: [process.execPath, MAIN],
    });
    const desk = new BenchDesk(cluster, root, folder);
    try {
      await cluster.waitUntilTrading();
      await cluster.view.waitFor(
        'every strategy to run on every node',
        (reports) => reports.every(({ status }) => (status?.strategiesConnected?.length ?? 0) === 1 + others.length),
        { timeoutMs: 30_000 },
      );
      return desk;
    } catch (error) {
      await desk.stop();
      throw error;
    }
  }

  async notes(): Promise<Notes> {
    await this.cluster.pauseStrategies();
    await delay(NOTES_MS);
    return readNotes(this.folder);
  }

  /** A fault of the neighbour begins. */
  begin(fault: string): void {
    writeFileSync(join(this.folder, fault), '');
  }

  async stop(): Promise<void> {
    await this.cluster.stop('end of the benchmark').catch(() => {});
    await this.cluster.abandon();
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** As JavaScript, in the build: a desk that starts would else load a compiler, in the time that is measured. */
export function compiled(name: string): string {
  const folder = join(ROOT, 'build/bench');
  const file = join(folder, `${name}.js`);
  mkdirSync(folder, { recursive: true });
  const source = readFileSync(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), 'utf8');
  writeFileSync(file, stripTypeScriptTypes(source));
  return file;
}
