/**
 * `npm run pack [-- --version 0.2.0]`: packs the build into `dist/`, with nothing that a registry would have to give later.
 *
 * - `baton-<version>.tgz`: one npm package with every package of the project and every third-party dependency of theirs
 *   inside (`bundleDependencies`). `npm install --global --offline FILE` installs it, and so does `tar`.
 * - `node-<version>-<platform>-<arch>.tgz`: the pinned Node, the program alone. Unpacked over the first it needs no other.
 * - `packages/baton-<package>-<version>.tgz`: each package by itself, for programs that use one of them.
 *
 * The same sources give the same bytes: names sorted, times and owners fixed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILT = join(ROOT, 'build', 'node_modules', '@baton');
const DIST = join(ROOT, 'dist');
const STAGE = join(DIST, 'stage');
const BIN = `#!/usr/bin/env node
import '../node_modules/@baton/cli/bin/baton.js';
`;

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function writeManifest(folder: string, manifest: object): void {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Where Node finds `name` when asked from `folder`: the nearest `node_modules` upwards, as npm has laid them out. */
function resolved(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = join(at, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (at === ROOT || dirname(at) === at) return undefined;
  }
}

/**
 * Folders of the third-party packages that the built ones need, below the root's `node_modules`.
 * @throws Error when one is not installed
 */
function thirdParties(built: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...built];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const { dependencies = {}, name: user, optionalDependencies = {} } = manifestOf(folder);
    for (const name of new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies)])) {
      if (name.startsWith('@baton/')) continue;
      const at = resolved(name, folder);
      if (at === undefined && optionalDependencies[name] === undefined) {
        throw new Error(`${user} needs ${name}, which is not installed: run npm ci`);
      }
      if (at === undefined || found.has(at)) continue;
      found.add(at);
      open.push(at);
    }
  }
  return found;
}

/** Packs `folder` as npm does: everything below `package/`. */
function tarball(folder: string, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  const flags = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rw,go+r,go-w'];
  const rename = `--transform=flags=r;s,^\\.,package,`;
  const { status, stderr } = spawnSync(
    'tar',
    [...flags, rename, '--use-compress-program=gzip -n6', '-cf', partial, '-C', folder, '.'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`tar could not pack ${folder}: ${stderr}`);
  renameSync(partial, file);
}

/** The built packages under the version that is packed. */
function packPackages(version: string): string[] {
  return readdirSync(BUILT).map((name) => {
    const folder = join(STAGE, 'node_modules', '@baton', name);
    cpSync(join(BUILT, name), folder, { recursive: true });
    const manifest = manifestOf(folder);
    const dependencies = Object.fromEntries(
      Object.entries(manifest.dependencies ?? {}).map(([key, value]) => [
        key,
        key.startsWith('@baton/') ? version : value,
      ]),
    );
    writeManifest(folder, { ...manifest, version, dependencies });
    tarball(folder, join(DIST, 'packages', `baton-${name}-${version}.tgz`));
    return folder;
  });
}

function packBundle(version: string, packages: readonly string[]): string {
  const third = thirdParties(readdirSync(BUILT).map((name) => join(BUILT, name)));
  for (const from of third) {
    const inside = realpathSync(from);
    cpSync(inside, join(STAGE, relative(ROOT, from)), {
      recursive: true,
      filter: (path) => !relative(inside, path).split('/').includes('node_modules'),
    });
  }
  mkdirSync(join(STAGE, 'bin'));
  writeFileSync(join(STAGE, 'bin', 'baton.js'), BIN, { mode: 0o755 });
  for (const file of ['LICENSE', 'README.md']) cpSync(join(ROOT, file), join(STAGE, file));
  cpSync(join(ROOT, 'deploy'), join(STAGE, 'deploy'), { recursive: true });
  cpSync(join(ROOT, 'examples'), join(STAGE, 'examples'), { recursive: true });
  // What lies at the top; what npm has put below another package travels with it.
  const top = [...third].map((path) => relative(join(ROOT, 'node_modules'), path));
  const names = [
    ...packages.map((folder) => `@baton/${basename(folder)}`),
    ...top.filter((path) => !path.includes('/node_modules/')),
  ].toSorted();
  const { description, license } = manifestOf(ROOT);
  writeManifest(STAGE, {
    name: 'baton',
    version,
    description,
    license,
    type: 'module',
    bin: { baton: 'bin/baton.js' },
    engines: { node: '>=20' },
    dependencies: Object.fromEntries(
      names.map((name) => [name, manifestOf(join(STAGE, 'node_modules', name)).version]),
    ),
    bundleDependencies: names,
  });
  const file = join(DIST, `baton-${version}.tgz`);
  tarball(STAGE, file);
  return file;
}

/** Packed once: the file carries Node's version. */
function packNode(): string | undefined {
  const name = `node-${process.platform}-${process.arch}`;
  const from = join(ROOT, 'node_modules', name);
  if (!existsSync(from)) return undefined;
  const file = join(DIST, `node-${manifestOf(from).version}-${process.platform}-${process.arch}.tgz`);
  if (existsSync(file)) return file;
  const folder = join(DIST, 'stage-node');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const each of ['package.json', 'LICENSE', 'bin/node']) cpSync(join(from, each), join(folder, each));
  tarball(folder, file);
  rmSync(folder, { recursive: true });
  return file;
}

function told(file: string): string {
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
  return `${relative(process.cwd(), file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB  sha256 ${hash}`;
}

function main(): void {
  const { values } = parseArgs({ options: { version: { type: 'string' } } });
  const version = values.version ?? manifestOf(ROOT).version;
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
    throw new Error(`--version ${version}: expected a version such as 0.2.0`);
  }
  if (!existsSync(BUILT)) throw new Error('nothing is built: run npm run build first');
  rmSync(STAGE, { recursive: true, force: true });
  const bundle = packBundle(version, packPackages(version));
  rmSync(STAGE, { recursive: true });
  const node = packNode();
  console.log(`packed ${readdirSync(BUILT).length} packages into ${relative(process.cwd(), DIST)}/packages`);
  for (const file of node === undefined ? [bundle] : [bundle, node]) console.log(told(file));
}

main();
