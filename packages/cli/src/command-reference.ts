/** The reference page of the commands (docs/cli.md), made from commander's tree: `node packages/cli/src/command-reference.ts`. */
import { writeFileSync } from 'node:fs';
import { ACCESS_HELP } from './access-options.ts';
import type { CommandFacts } from './command-tree.ts';
import { commandTree } from './command-tree.ts';
import { EXIT_CODE_MEANINGS } from './exit-code.ts';
import { makeProgram } from './program.ts';

const [ACCESS_TITLE = '', ...ACCESS_LINES] = ACCESS_HELP.trimEnd().split('\n');
const ACCESS_TEXT = [ACCESS_TITLE, '', ...ACCESS_LINES.map((line) => line.trim())].join('\n');

const HEAD = `# The command line

Made from the commands themselves (\`node packages/cli/src/command-reference.ts docs/cli.md\`); a test keeps it complete.
\`baton help COMMAND\` has examples. Data goes to stdout, everything else to stderr; with \`--json\` it is one document with a
\`schemaVersion\`, or one a line where a command goes on and on.

## Access

${ACCESS_TEXT}

## Exit codes

| code | meaning |
|---|---|
`;

export function referenceText(tree: readonly CommandFacts[]): string {
  const codes = EXIT_CODE_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  const sections = tree.filter(({ path }) => path !== '').map(sectionOf);
  return `${HEAD}${codes.join('\n')}\n| 128+n | ended by signal n |\n\n## Commands\n\n${sections.join('\n')}`;
}

function sectionOf({ below, description, options, path, usage }: CommandFacts): string {
  const rows = options.map(({ description: what, flags }) => `| \`${flags}\` | ${what.replace(/\|/g, '\\|')} |`);
  const table = rows.length === 0 ? '' : `\n| option | meaning |\n|---|---|\n${rows.join('\n')}\n`;
  const children = below.length === 0 ? '' : `\nBelow it: ${below.map((name) => `\`${path} ${name}\``).join(', ')}.\n`;
  return `### baton ${path}\n\n\`baton ${usage}\`: ${description}\n${children}${table}`;
}

export function ownTree(): CommandFacts[] {
  const { stderr: err, stdout: out } = process;
  return commandTree(makeProgram({ output: { out, err }, run: () => Promise.resolve() }));
}

if (import.meta.main) writeFileSync(process.argv[2] ?? 'docs/cli.md', referenceText(ownTree()));
