/** The commands as data, read from commander's own tree: what completion, the reference page and their tests are made from. */
import type { Command } from 'commander';

export interface OptionFacts {
  /** `--json`, `-V, --version`, `--api <addresses>`. */
  readonly flags: string;
  readonly long: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  readonly isFile: boolean;
}

export interface CommandFacts {
  /** Words after `baton`: `strategy deploy`; '' for the program. */
  readonly path: string;
  readonly usage: string;
  readonly description: string;
  readonly options: readonly OptionFacts[];
  /** Names of commands below it. */
  readonly below: readonly string[];
  /** Values that its first argument may have; empty: any. */
  readonly argumentChoices: readonly string[];
}

/** Parents before their children. */
export function commandTree(program: Command): CommandFacts[] {
  return factsOf(program, []);
}

function factsOf(command: Command, path: readonly string[]): CommandFacts[] {
  const facts: CommandFacts = {
    path: path.join(' '),
    usage: [...path, command.usage()].join(' ').trim(),
    description: command.description(),
    options: command.options
      .filter((option) => !option.hidden)
      .map((option) => ({
        flags: option.flags,
        long: option.long ?? option.short ?? '',
        description: option.description,
        takesValue: option.required || option.optional,
        choices: option.argChoices ?? [],
        isFile: /<(file|dir|folder|path)>/.test(option.flags),
      })),
    below: command.commands.map((child) => child.name()),
    argumentChoices: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [facts, ...command.commands.flatMap((child) => factsOf(child, [...path, child.name()]))];
}
