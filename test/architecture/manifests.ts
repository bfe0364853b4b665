/**
 * Manifests say the truth: what a package's deployed code imports is listed in its dependencies, what is listed is
 * imported, tests use only what some manifest lists, all packages share one version and exact versions of the rest, and
 * each package has a README. Reason: a missing entry works in the workspace and fails at the user's.
 */
import { isBuiltin } from 'node:module';
import type { Manifest, SourceTree, Violation } from './source-tree.ts';

const EXACT_VERSION = /^\d+\.\d+\.\d+$/;

export function faultsOfManifests(tree: SourceTree): Violation[] {
  const root = JSON.parse(tree.texts.get('package.json') ?? '{}') as Manifest;
  const found: Violation[] = [];
  for (const [name, manifest] of tree.packages) {
    const path = `packages/${name}/package.json`;
    const at = (text: string): Violation => ({ path, line: 0, text });
    const deployed = importedBy(tree, name, false);
    const tested = importedBy(tree, name, true);
    const listed = Object.keys(manifest.dependencies ?? {});
    const forTests = [
      ...listed,
      ...Object.keys(manifest.devDependencies ?? {}),
      ...Object.keys(root.devDependencies ?? {}),
    ];
    if (manifest.name !== `@baton/${name}`) found.push(at(`name must be @baton/${name}`));
    for (const imported of deployed) if (!listed.includes(imported)) found.push(at(`imports ${imported}, not listed`));
    for (const dependency of listed) {
      if (!deployed.has(dependency)) found.push(at(`lists ${dependency}, which deployed code does not import`));
    }
    for (const imported of tested) {
      // A test may use lower packages of the workspace (the floors are judged elsewhere), and the package itself.
      if (!forTests.includes(imported) && !imported.startsWith('@baton/'))
        found.push(at(`tests use ${imported}, not listed`));
    }
    for (const [dependency, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      if (!EXACT_VERSION.test(version)) found.push(at(`${dependency} ${version} is not an exact version`));
    }
    if ((tree.texts.get(`packages/${name}/README.md`) ?? '').trim() === '') {
      found.push({ path: `packages/${name}/README.md`, line: 0, text: 'missing' });
    }
  }
  return found;
}

function importedBy(tree: SourceTree, packageName: string, forTests: boolean): Set<string> {
  const found = new Set<string>();
  for (const source of tree.sources) {
    if (source.packageName !== packageName || source.forTests !== forTests) continue;
    for (const { specifier } of source.imports) {
      if (!specifier.startsWith('.') && !isBuiltin(specifier)) found.add(dependencyOf(specifier));
    }
  }
  return found;
}

/** `@scope/name/entry` → `@scope/name`, `name/entry` → `name`. */
export function dependencyOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
