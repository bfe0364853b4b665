/**
 * Completion of the `baton` command for bash, zsh and fish, made from the tree of commands. The scripts ask nothing at
 * run time: a shell that completes must not wait for a program to start.
 */
import type { CommandFacts } from './command-tree.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, tree: readonly CommandFacts[]): string {
  if (shell === 'fish') return fishScript(tree);
  const bash = bashScript(tree);
  if (shell === 'bash') return `${bash}complete -F _baton -o default baton\n`;
  return `#compdef baton\nautoload -U +X bashcompinit && bashcompinit\n${bash}complete -F _baton -o default baton\n`;
}

/** Words that may follow a command: commands below it, its options, values of its argument. */
function wordsOf({ argumentChoices, below, options }: CommandFacts): string {
  return [...below, ...argumentChoices, ...options.map(({ long }) => long), '--help'].join(' ');
}

function bashScript(tree: readonly CommandFacts[]): string {
  const words = tree.map((facts) => `    ${quoted(facts.path)}) words=${quoted(wordsOf(facts))} ;;`);
  const values = tree.flatMap(({ options, path }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(
        ({ choices, long }) =>
          `    ${quoted(`${path} ${long}`.trim())}) values=${quoted(choices.join(' '))}; takes=1 ;;`,
      ),
  );
  const paths = tree.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `# Completion of baton; made by: baton completion
_baton() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" word words="" values="" takes="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "\${path:+$path }$word" in
      ${paths.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "\${path:+$path }$previous" in
${values.join('\n')}
  esac
  if [ -n "$takes" ]; then
    [ -n "$values" ] && COMPREPLY=($(compgen -W "$values" -- "$current"))
    return
  fi
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
`;
}

function fishScript(tree: readonly CommandFacts[]): string {
  const known = tree.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = [
    '# Completion of baton; made by: baton completion',
    'function __baton_path',
    "  set -l path ''",
    '  for word in (commandline -opc)[2..]',
    '    set -l longer (string trim -- "$path $word")',
    `    contains -- $longer ${known.join(' ')}; and set path $longer`,
    '  end',
    '  echo $path',
    'end',
    'complete -c baton -f',
  ];
  for (const { argumentChoices, below, options, path } of tree) {
    const when = `-n ${quoted(`test (__baton_path) = "${path}"`)}`;
    for (const name of below) {
      const child = tree.find((facts) => facts.path === `${path} ${name}`.trim());
      lines.push(`complete -c baton ${when} -a ${quoted(name)} -d ${quoted(child?.description ?? '')}`);
    }
    for (const value of argumentChoices) lines.push(`complete -c baton ${when} -a ${quoted(value)}`);
    for (const { choices, description, isFile, long, takesValue } of options) {
      if (!long.startsWith('--')) continue;
      const values = choices.length > 0 ? ` -a ${quoted(choices.join(' '))}` : '';
      const takes = takesValue ? ` -r${isFile ? ' -F' : ''}${values}` : '';
      lines.push(`complete -c baton ${when} -l ${quoted(long.slice(2))}${takes} -d ${quoted(description)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
