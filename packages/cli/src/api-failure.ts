/** What went wrong with a request, in words that say what to do: nobody there, a certificate, TLS at one end only, a token. */
import type { ApiAccess } from './api-access.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-code.ts';

/** By the code of OpenSSL or Node: what it means, and what to do. */
const CERTIFICATE_FAULTS: Readonly<Record<string, readonly [string, string]>> = {
  CERT_HAS_EXPIRED: ['its certificate has expired', 'renew it: docs/runbooks/certificate-renewal.md'],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', 'compare the clocks of both machines'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for other names',
    'make it with this address: baton certs node NAME --address HOST; or ask by a name that it carries',
  ],
};
const DISTRUSTED = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|CERT_|INVALID_CA|INVALID_PURPOSE)/;

/** Nobody answered in time, or nobody who can be trusted. */
export function requestFailure(access: ApiAccess, method: string, url: URL, error: unknown): CliError {
  const { code = '' } = error as NodeJS.ErrnoException;
  const [what, remedy] = meaning(access, url, error, code);
  const isThere = CERTIFICATE_FAULTS[code] !== undefined || DISTRUSTED.test(code);
  return new CliError(
    isThere ? 'BATON_CLI_UNTRUSTED' : 'BATON_CLI_UNREACHABLE',
    `${method} ${url.origin}${url.pathname}: ${what}`,
    {
      exitCode: ExitCode.unreachable,
      remedy,
      cause: error,
    },
  );
}

function meaning({ ca }: ApiAccess, url: URL, error: unknown, code: string): readonly [string, string] {
  const known = CERTIFICATE_FAULTS[code];
  if (known !== undefined) return known;
  if (DISTRUSTED.test(code)) {
    const remedy =
      ca === undefined
        ? 'name the authority that signed it: --ca-file certs/ca.pem, or BATON_CA_FILE'
        : 'it is signed by another authority than the one that was named: is this node one of this cluster?';
    return [`its certificate is not trusted (${code})`, remedy];
  }
  const told = `no answer (${code === 'ABORT_ERR' ? 'TimeoutError' : code || (error as Error).name})`;
  const isDropped = code === 'ECONNRESET' || code.startsWith('HPE_');
  if (isDropped && url.protocol === 'http:') {
    return [told, 'if its API speaks TLS: --ca-file certs/ca.pem, --config FILE, or https:// before the address'];
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return [`no TLS there (${code})`, 'if its API speaks no TLS, write http:// before the address'];
  }
  return [told, 'look whether the process runs: baton status'];
}

/** What a server that answered would not do. */
export function answerFailure(access: ApiAccess, what: string, status: number, text: string): CliError {
  const problem = problemOf(text);
  const detail = problem.text ?? text.slice(0, 100);
  if (isAboutAccess(status, problem.code)) {
    return new CliError('BATON_CLI_ACCESS', `${what}: ${status} ${detail}`, {
      exitCode: ExitCode.refused,
      remedy: accessRemedy(access, problem),
    });
  }
  const exitCode = status === 504 ? ExitCode.outcomeUnknown : status === 503 ? ExitCode.unreachable : ExitCode.failed;
  const { code = '', remedy = '' } = problem;
  return new CliError('BATON_CLI_API', `${what}: ${status} ${detail}`, { exitCode, remedy, apiCode: code });
}

function isAboutAccess(status: number, code: string | undefined): boolean {
  return status === 401 || status === 403 || (status === 429 && code === 'TOO_MANY_FAILURES');
}

interface Problem {
  readonly code?: string;
  readonly text?: string;
  readonly remedy?: string;
}

function accessRemedy({ token, tokenSource }: ApiAccess, { code, remedy = '' }: Problem): string {
  if (token === '' && code === 'NO_TOKEN')
    return 'give a token: --token-file FILE, or BATON_TOKEN_FILE or BATON_TOKEN in the environment';
  if (code === 'WRONG_TOKEN') return `the token of ${tokenSource} is not one of this cluster's: api.tokens`;
  return code === 'FORBIDDEN' ? `${remedy}; this one is of ${tokenSource}` : remedy;
}

function problemOf(text: string): Problem {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    const field = (name: string) => (typeof value?.[name] === 'string' ? { [name]: value[name] } : {});
    return { ...field('code'), ...field('text'), ...field('remedy') };
  } catch {
    return {};
  }
}
