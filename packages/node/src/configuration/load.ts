/**
 * Reads and checks a configuration file. Every problem names file, line, key, value and remedy, and all problems of a
 * file are told at once. Relations between keys (names that must exist, ids and ports that must differ) are checked here
 * too, after the shape.
 */
import { readFileSync } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { apiProblems } from './api-plan.ts';
import { lineSecurityProblems } from './line-security.ts';
import { ConfigurationError, type ConfigurationProblem } from './problem.ts';
import { keyOfPath, type Path, type RelationProblem, relationProblem, shortText } from './relation-problem.ts';
import { configurationSchema, type FileConfiguration } from './schema.ts';
import { venueProfileProblems } from './venue-profile.ts';

/**
 * Loads a configuration file.
 * @throws ConfigurationError naming every problem found
 */
export function loadConfiguration(file: string): FileConfiguration {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigurationError([
      {
        file,
        line: 0,
        column: 0,
        key: '',
        value: (cause as NodeJS.ErrnoException).code ?? String(cause),
        expected: 'a readable YAML file',
        remedy: 'check the path given with --config',
      },
    ]);
  }
  return parseConfiguration(text, file);
}

/** As `loadConfiguration`, from text; `file` is only named in problems. */
export function parseConfiguration(text: string, file: string): FileConfiguration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'core', uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      document.errors.map((error) => {
        const at = lines.linePos(error.pos[0]);
        return {
          file,
          line: at.line,
          column: at.col,
          key: '',
          value: '',
          expected: 'valid YAML',
          remedy: error.message.split('\n')[0] ?? 'correct the syntax',
        };
      }),
    );
  }
  const place = (path: Path): { line: number; column: number } => {
    for (let length = path.length; length >= 0; length--) {
      const found = document.getIn(path.slice(0, length), true);
      if (isNode(found) && found.range) {
        const at = lines.linePos(found.range[0]);
        return { line: at.line, column: at.col };
      }
    }
    return { line: 0, column: 0 };
  };
  const raw: unknown = document.toJS({ maxAliasCount: 10 });
  const parsed = configurationSchema.safeParse(raw);
  if (!parsed.success) {
    throw new ConfigurationError(parsed.error.issues.flatMap((issue) => problemsOfIssue(issue, raw, file, place)));
  }
  const problems = relationProblems(parsed.data).map((problem) => ({ file, ...place(problem.path), ...problem }));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return parsed.data;
}

function problemsOfIssue(
  issue: z.core.$ZodIssue,
  raw: unknown,
  file: string,
  place: (path: Path) => { line: number; column: number },
): ConfigurationProblem[] {
  const path = issue.path as (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      file,
      ...place([...path, key]),
      key: keyOfPath([...path, key]),
      value: '',
      expected: 'a known key',
      remedy: 'remove it or correct its spelling; `baton config check --help` lists the keys',
    }));
  }
  const value = valueAt(raw, path);
  return [
    {
      file,
      ...place(path),
      key: keyOfPath(path),
      value: value === undefined ? '' : shortText(value),
      expected: issue.message.replace(/^Invalid (input|string): ?/, '').replace(/^expected /, ''),
      remedy: value === undefined ? 'add the key' : 'correct the value',
    },
  ];
}

/** Values of which each entry of a list needs its own. */
function uniqueValues(
  configuration: FileConfiguration,
): readonly { readonly list: string; readonly key: string; readonly values: readonly (string | number)[] }[] {
  const { nodes, venues, instruments, strategies, clients } = configuration;
  return [
    { list: 'nodes', key: 'id', values: nodes.map((node) => node.id) },
    { list: 'nodes', key: 'name', values: nodes.map((node) => node.name) },
    { list: 'nodes', key: 'raft', values: nodes.map((node) => node.raft) },
    { list: 'nodes', key: 'api', values: nodes.map((node) => node.api) },
    // Nodes without a FIX port do not clash with each other.
    { list: 'nodes', key: 'fix', values: nodes.map((node) => node.fix ?? `none of ${node.name}`) },
    { list: 'venues', key: 'name', values: venues.map((venue) => venue.name) },
    { list: 'instruments', key: 'symbol', values: instruments.map((instrument) => instrument.symbol) },
    { list: 'strategies', key: 'id', values: strategies.map((strategy) => strategy.id) },
    { list: 'clients', key: 'name', values: clients.map((client) => client.name) },
    { list: 'alerts.receivers', key: 'name', values: configuration.alerts.receivers.map(({ name }) => name) },
    { list: 'loadBalancers', key: 'name', values: configuration.loadBalancers.map(({ name }) => name) },
    {
      list: 'clients',
      key: 'senderCompId',
      values: clients.map((client) => [client.senderCompId, client.targetCompId, client.beginString].join(' ')),
    },
  ];
}

/** Names and numbers that must agree with each other. */
function relationProblems(configuration: FileConfiguration): RelationProblem[] {
  const problems: RelationProblem[] = [];
  for (const { list, key, values } of uniqueValues(configuration)) {
    values.forEach((value, i) => {
      if (values.indexOf(value) === i) return;
      const expected = `a value that no other entry of ${list} has`;
      problems.push(relationProblem([list, i, key], value, expected, `give each entry of ${list} its own ${key}`));
    });
  }
  problems.push(...apiProblems(configuration.api, configuration.nodes));
  problems.push(...clientProblems(configuration), ...lineSecurityProblems(configuration));
  problems.push(...venueProfileProblems(configuration), ...limitProblems(configuration));
  const venues = configuration.venues.map((venue) => venue.name);
  configuration.instruments.forEach((instrument, i) => {
    if (venues.includes(instrument.venue)) return;
    const expected = `the name of a venue (${venues.join(', ')})`;
    const remedy = 'correct the name or add the venue under venues';
    problems.push(relationProblem(['instruments', i, 'venue'], instrument.venue, expected, remedy));
  });
  return problems;
}

/** Limits of a venue or symbol that is not there would bind nothing. Strategies may come by FIX or HTTP under any name. */
function limitProblems({ instruments, limits, venues }: FileConfiguration): RelationProblem[] {
  const known = { venues: venues.map(({ name }) => name), symbols: instruments.map(({ symbol }) => symbol) };
  return (['venues', 'symbols'] as const).flatMap((key) =>
    Object.keys(limits[key])
      .filter((target) => !known[key].includes(target))
      .map((target) => {
        const expected = `one of the ${key} of this file (${known[key].join(', ')})`;
        return relationProblem(['limits', key, target], target, expected, 'correct the name or remove its limits');
      }),
  );
}

/** A client's name is the strategyId of its orders, and clients need somewhere to connect. */
function clientProblems(configuration: FileConfiguration): RelationProblem[] {
  const problems: RelationProblem[] = [];
  const strategies = configuration.strategies.map((strategy) => strategy.id);
  configuration.clients.forEach(({ name }, i) => {
    if (!strategies.includes(name)) return;
    const remedy = 'rename the client or the strategy: orders are told apart by this name';
    problems.push(relationProblem(['clients', i, 'name'], name, 'a name that no strategy has', remedy));
  });
  if (configuration.clients.length > 0 && configuration.nodes.every((node) => node.fix === undefined)) {
    const expected = 'nodes with a fix address, where clients can connect';
    const remedy = 'give nodes a fix address (all of them, so that whoever leads can serve), or remove the clients';
    problems.push(relationProblem(['clients'], undefined, expected, remedy));
  }
  return problems;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
