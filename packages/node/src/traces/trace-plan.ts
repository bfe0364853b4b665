/** Where traces go, from the configuration's `traces`; left out: nowhere, and nothing is gathered. */
import { z } from 'zod';
import type { SecretFiles } from '../configuration/secret-files.ts';

export const tracesSchema = z
  .strictObject({
    /** Of an OpenTelemetry collector, with the path: OTLP over HTTP, JSON. */
    endpoint: z
      .string()
      .regex(/^https?:\/\/[^\s/]+\/\S*$/, 'a URL with a path, such as http://127.0.0.1:4318/v1/traces'),
    /** By name, the file that holds the header's value: `{ authorization: secrets/collector }`. */
    headerFiles: z
      .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'the name of a header'), z.string().min(1))
      .default({}),
    /** Every order is traced, or one in so many: the same on all nodes. */
    sampleOneIn: z.int().min(1).max(1_000_000).default(1),
    /** `deployment.environment.name`. */
    environment: z.string().max(64).default(''),
  })
  .optional();

export interface TracePlan {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sampleOneIn: number;
  readonly environment: string;
}

export function tracePlan(traces: z.infer<typeof tracesSchema>, secrets: SecretFiles): TracePlan | null {
  if (traces === undefined) return null;
  const { endpoint, environment, headerFiles, sampleOneIn } = traces;
  const headers = Object.entries(headerFiles).map(([name, file]) => [
    name,
    secrets.secret(['traces', 'headerFiles', name], file),
  ]);
  return { endpoint, environment, sampleOneIn, headers: Object.fromEntries(headers) };
}
