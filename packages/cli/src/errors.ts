/**
 * Failures a user of the command can act on. Callers match `code`; `exitCode` is what the process ends with. Messages say
 * what was attempted, what was found, what was expected; the remedy is printed on a line of its own.
 */
import { ExitCode } from './exit-code.ts';

export type CliErrorCode =
  | 'BATON_CLI_USAGE'
  | 'BATON_CLI_PORT_TAKEN'
  | 'BATON_CLI_NO_FREE_PORT'
  | 'BATON_CLI_NO_CLUSTER'
  | 'BATON_CLI_ALREADY_RUNNING'
  | 'BATON_CLI_RUN_FILE'
  | 'BATON_CLI_UNREACHABLE'
  | 'BATON_CLI_NO_LEADER'
  | 'BATON_CLI_ACCESS'
  | 'BATON_CLI_UNTRUSTED'
  | 'BATON_CLI_API'
  | 'BATON_CLI_TIMEOUT'
  | 'BATON_CLI_REFUSED'
  | 'BATON_CLI_PROCESS_ENDED'
  | 'BATON_CLI_NOT_INSTALLED'
  | 'BATON_CLI_BOOKS_DIFFER'
  | 'BATON_CLI_CHECKPOINT'
  | 'BATON_CLI_JOURNAL'
  | 'BATON_CLI_HISTORY'
  | 'BATON_CLI_CERTIFICATE'
  | 'BATON_CLI_DATABASE'
  | 'BATON_CLI_REFUSED';

export interface CliErrorDetails {
  readonly exitCode?: ExitCode;
  /** What the reader can do about it; one line. */
  readonly remedy?: string;
  /** The code of a node's refusal. */
  readonly apiCode?: string;
  readonly cause?: unknown;
}

export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly exitCode: ExitCode;
  readonly remedy: string;
  readonly apiCode: string;

  constructor(code: CliErrorCode, message: string, details: CliErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CliError';
    this.code = code;
    this.exitCode = details.exitCode ?? ExitCode.failed;
    this.remedy = details.remedy ?? '';
    this.apiCode = details.apiCode ?? '';
  }
}
