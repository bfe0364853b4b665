/** The simulated venue as a process: lists the one instrument and accepts the one session that local clusters use. */
import { findProfile } from '@baton/profiles';
import { runVenue } from '@baton/venue';
import { CLUSTER_COMP_ID, INSTRUMENT, MARKET_DATA_PREFIX, VENUE_NAME } from './cluster-file.ts';
import type { CommandOutput } from './command-output.ts';
import { writeLine } from './command-output.ts';
import { ExitCode } from './exit-code.ts';

/** A cluster has no more than this many nodes. */
const NODES_MAX = 7;

export interface VenueProcessOptions {
  /** `host:port`. */
  readonly fix: string;
  readonly http: string;
  /** Name of the profile it plays. */
  readonly profile: string;
  /** `host:port` of the second gateway, for profiles that have one. */
  readonly secondFix: string;
  readonly seed: number;
  /** Actions of the counter-flow a second; 0: none. */
  readonly ordersPerSecond: number;
  /** False: no NextExpectedMsgSeqNum, whatever the profile says. */
  readonly nextExpected: boolean;
}

/** Runs until SIGTERM or SIGINT; resolves with the exit code. */
export async function runVenueProcess(options: VenueProcessOptions, { out }: CommandOutput): Promise<number> {
  const fix = splitAddress(options.fix);
  const http = splitAddress(options.http);
  const profile = findProfile(options.profile);
  if (profile === undefined) throw new RangeError(`there is no profile ${options.profile}`);
  const { symbol, priceScale, quantityScale, referencePrice } = INSTRUMENT;
  const venue = await runVenue({
    fixHost: fix.host,
    fixPort: fix.port,
    secondFixPort: splitAddress(options.secondFix).port,
    httpHost: http.host,
    httpPort: http.port,
    profile,
    sessions: [
      {
        senderCompId: VENUE_NAME,
        targetCompId: CLUSTER_COMP_ID,
        ...(options.nextExpected ? {} : { nextExpectedMsgSeqNum: false }),
      },
      // For the market data of the nodes.
      ...Array.from({ length: NODES_MAX }, (_, n) => ({
        senderCompId: VENUE_NAME,
        targetCompId: `${MARKET_DATA_PREFIX}n${n + 1}`,
      })),
    ],
    instruments: [{ symbol, priceScale, quantityScale, referencePrice }],
    counterFlow: {
      enabled: options.ordersPerSecond > 0,
      seed: options.seed,
      ...(options.ordersPerSecond > 0 ? { ordersPerSecond: options.ordersPerSecond } : {}),
    },
  });
  const { address, httpAddress } = venue;
  writeLine(
    out,
    `venue ${VENUE_NAME} (${profile.name}): FIX on ${address.host}:${address.port}, http://${httpAddress.host}:${httpAddress.port}`,
  );
  await stopRequested();
  await venue.stop();
  return ExitCode.done;
}

function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

function splitAddress(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
