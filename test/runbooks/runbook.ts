/**
 * A runbook as a test sees it: the blocks that are run as they stand (` ```sh run `), and the other shell blocks, which
 * need hosts or a person. Pure text.
 */

export interface Runbook {
  /** Each block's commands, in the order of the page. */
  readonly blocks: readonly string[];
  /** The other blocks' commands. */
  readonly others: readonly string[];
  /** Verbs of `hosts` in any block. */
  readonly hostsVerbs: readonly string[];
  /** First two words of `baton` commands in any block. */
  readonly batonCommands: readonly string[];
}

export function readRunbook(markdown: string): Runbook {
  const fenced = [...markdown.matchAll(/^```sh( run)?\n(.*?)^```$/gms)];
  const code = fenced.map(([, , text = '']) => text).join('\n');
  return {
    blocks: fenced.filter(([, run]) => run !== undefined).map(([, , text = '']) => text),
    others: fenced.filter(([, run]) => run === undefined).map(([, , text = '']) => text),
    hostsVerbs: [...code.matchAll(/^(?:.*&& )?hosts ([a-z-]+)/gm)].map(([, verb = '']) => verb),
    batonCommands: [...code.matchAll(/^baton ([a-z-]+)/gm)].map(([, command = '']) => command),
  };
}
