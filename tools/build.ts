/**
 * `npm run build`: compiles what is deployed into `build/`. Result: `build/node_modules/@baton/<package>/` with `dist/`
 * (JavaScript, declarations, source maps), a manifest whose entries point there, README and licence, and the `bin` of
 * the command. Node does not strip types below `node_modules`, and a compiled process is smaller by the type stripper,
 * which shortens the time from a kill to the FIN at its peers. Third-party dependencies are found by walking up to the
 * root's `node_modules`. Tests and testing entries are left out.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = join(ROOT, 'packages');
const BUILD = join(ROOT, 'build');
const COMPILED = join(BUILD, 'compiled');
/** The simulator is made of testing entries, which are not built. */
const UNDEPLOYED = ['sim'];
const STAGE = join(BUILD, 'node_modules', '@baton');

/** `new URL('./main.ts', import.meta.url)`: a program to be started. The compiler rewrites imports only. */
const PROGRAM_URL = /(new URL\(\s*(['"`])\.{1,2}\/[^'"`]+)\.ts(\2\s*,\s*import\.meta\.url\s*\))/g;
/** A declaration names its neighbours by their source names; consumers of the package have only the compiled ones. */
const DECLARATION_IMPORT = /((?:from|import)\s*\(?\s*(['"])\.{1,2}\/[^'"]+)\.ts(\2)/g;

function isTestPath(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.split(/[\\/]/).includes('testing');
}

function compile(): boolean {
  const configuration = {
    extends: relative(BUILD, join(ROOT, 'tsconfig.json')),
    compilerOptions: {
      noEmit: false,
      rootDir: relative(BUILD, PACKAGES),
      outDir: relative(BUILD, COMPILED),
      declaration: true,
      sourceMap: true,
      inlineSources: true,
      rewriteRelativeImportExtensions: true,
      noEmitOnError: true,
    },
    include: ['../packages/*/src'],
    exclude: [
      '../packages/*/src/**/*.test.ts',
      '../packages/*/src/**/testing',
      ...UNDEPLOYED.map((name) => `../packages/${name}`),
    ],
  };
  mkdirSync(BUILD, { recursive: true });
  const path = join(BUILD, 'tsconfig.json');
  writeFileSync(path, `${JSON.stringify(configuration, null, 2)}\n`);
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '--project', path], { stdio: 'inherit', cwd: ROOT });
  return status === 0;
}

/** Copies one compiled package, its plain files, `bin`, README and licence, and writes its manifest. */
function stagePackage(name: string): void {
  const from = join(PACKAGES, name);
  const to = join(STAGE, name);
  stageFolder(join(COMPILED, name, 'src'), join(to, 'dist'));
  copyPlainFiles(join(from, 'src'), join(to, 'dist'));
  if (existsSync(join(from, 'bin'))) cpSync(join(from, 'bin'), join(to, 'bin'), { recursive: true });
  if (existsSync(join(from, 'README.md'))) cpSync(join(from, 'README.md'), join(to, 'README.md'));
  cpSync(join(ROOT, 'LICENSE'), join(to, 'LICENSE'));
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Manifest;
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(stagedManifest(manifest, to), null, 2)}\n`);
}

function stageFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) stageFolder(source, target);
    else if (!/\.(js|d\.ts)$/.test(entry.name)) cpSync(source, target);
    else {
      const pattern = entry.name.endsWith('.js') ? PROGRAM_URL : DECLARATION_IMPORT;
      writeFileSync(target, readFileSync(source, 'utf8').replace(pattern, '$1.js$3'));
    }
  }
}

/** What a package reads at run time beside its code: tables, pages. */
function copyPlainFiles(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => !isTestPath(path) && !/\.(ts|tsx|md)$/.test(basename(path)),
  });
}

/** Entries point at compiled files; entries that were not compiled (testing) are gone. */
function stagedManifest(manifest: Manifest, folder: string): Manifest {
  const exports: Record<string, unknown> = {};
  for (const [entry, source] of Object.entries(manifest.exports)) {
    const target = source.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '.js');
    if (existsSync(resolve(folder, target))) {
      exports[entry] = { types: target.replace(/\.js$/, '.d.ts'), default: target };
    }
  }
  return { ...manifest, exports } as Manifest;
}

function main(): void {
  rmSync(BUILD, { recursive: true, force: true });
  if (!compile()) {
    console.error('build failed: the compiler refused the sources (its errors are above); nothing was staged');
    process.exitCode = 1;
    return;
  }
  const names = readdirSync(PACKAGES)
    .filter((name) => existsSync(join(PACKAGES, name, 'package.json')))
    .filter((name) => !UNDEPLOYED.includes(name));
  for (const name of names) stagePackage(name);
  rmSync(COMPILED, { recursive: true });
  console.log(`built ${names.length} packages into ${relative(process.cwd(), STAGE)}`);
}

main();
