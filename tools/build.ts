/**
 * `npm run build`: compiles what is deployed into `build/`. Result: `build/node_modules/@baton/<package>/` with `dist/`
 * (JavaScript, declarations, source maps), a manifest whose entries point there, README and licence, and the `bin` of
 * the command. Node does not strip types below `node_modules`, and a compiled process is smaller by the type stripper,
 * which shortens the time from a kill to the FIN at its peers. Third-party dependencies are found by walking up to the
 * root's `node_modules`. Tests and testing entries are left out.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
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
const STAGE = join(BUILD, 'node_modules', '@baton');

/** `new URL('./core/main.ts', import.meta.url)`: a program started as a process; imports are rewritten by the compiler. */
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
    exclude: ['../packages/*/src/**/*.test.ts', '../packages/*/src/**/testing'],
  };
  mkdirSync(BUILD, { recursive: true });
  const path = join(BUILD, 'tsconfig.json');
  writeFileSync(path, `${JSON.stringify(configuration, null, 2)}\n`);
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '--project', path], { stdio: 'inherit', cwd: ROOT });
  return status === 0;
}

/** Copies one compiled package, its plain files, `bin`, README and licence, and writes its manifest. Returns file counts. */
function stagePackage(name: string): { name: string; files: number; programs: number } {
  const from = join(PACKAGES, name);
  const to = join(STAGE, name);
  let files = 0;
  let programs = 0;
  const copy = (source: string, target: string): void => {
    for (const entry of readdirSync(source, { withFileTypes: true })) {
      const path = join(source, entry.name);
      if (entry.isDirectory()) copy(path, join(target, entry.name));
      else if (!isTestPath(path)) {
        mkdirSync(target, { recursive: true });
        programs += stageFile(path, join(target, entry.name));
        files += 1;
      }
    }
  };
  copy(join(COMPILED, name, 'src'), join(to, 'dist'));
  copyPlainFiles(join(from, 'src'), join(to, 'dist'));
  if (existsSync(join(from, 'bin'))) cpSync(join(from, 'bin'), join(to, 'bin'), { recursive: true });
  if (existsSync(join(from, 'README.md'))) cpSync(join(from, 'README.md'), join(to, 'README.md'));
  cpSync(join(ROOT, 'LICENSE'), join(to, 'LICENSE'));
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Manifest;
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(stagedManifest(manifest, to), null, 2)}\n`);
  return { name, files, programs };
}

function stageFile(source: string, target: string): number {
  if (!/\.(js|d\.ts)$/.test(source)) {
    cpSync(source, target);
    return 0;
  }
  let programs = 0;
  const text = readFileSync(source, 'utf8');
  const staged = source.endsWith('.d.ts')
    ? text.replace(DECLARATION_IMPORT, '$1.js$3')
    : text.replace(PROGRAM_URL, (_match, before: string, _quote: string, after: string) => {
        programs += 1;
        return `${before}.js${after}`;
      });
  writeFileSync(target, staged);
  return programs;
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
  const names = readdirSync(PACKAGES).filter((name) => existsSync(join(PACKAGES, name, 'package.json')));
  for (const name of names.sort()) {
    const staged = stagePackage(name);
    console.log(`@baton/${staged.name}: ${staged.files} files, ${staged.programs} programs started by URL`);
  }
  rmSync(COMPILED, { recursive: true });
  console.log(`built into ${relative(process.cwd(), dirname(dirname(STAGE))) || '.'}`);
}

main();
