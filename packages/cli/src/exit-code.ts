/**
 * Exit codes of the `baton` command, in one place. They follow sysexits(3) where it has a number for the case; codes 3–9
 * and 11–14 stay free because a Node process uses them itself. A code is never given a second meaning.
 */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  unhealthy: 10,
  dataDamaged: 65,
  inputMissing: 66,
  unreachable: 69,
  invariantBroken: 70,
  diskFailed: 74,
  outcomeUnknown: 75,
  refused: 77,
  configurationInvalid: 78,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each code tells a script; printed by `baton help exit-codes`. */
export const EXIT_CODE_MEANINGS: readonly (readonly [number, string])[] = [
  [ExitCode.done, 'done'],
  [ExitCode.failed, 'failed; the reason is on stderr'],
  [ExitCode.usage, 'usage error'],
  [ExitCode.unhealthy, 'asked for health, and the cluster is not healthy'],
  [ExitCode.dataDamaged, 'damaged data found'],
  [ExitCode.inputMissing, 'an input file is missing'],
  [ExitCode.unreachable, 'cluster or venue unreachable, or no quorum'],
  [ExitCode.invariantBroken, 'an invariant is broken, books or state hashes differ'],
  [ExitCode.diskFailed, 'disk or fsync error'],
  [ExitCode.outcomeUnknown, 'outcome unknown or not yet; try again'],
  [ExitCode.refused, 'refused by role, token or gate'],
  [ExitCode.configurationInvalid, 'configuration invalid'],
];

/** Exit status of a process ended by a signal, as shells count it. */
export function exitCodeFromSignal(signalNumber: number): number {
  return 128 + signalNumber;
}
