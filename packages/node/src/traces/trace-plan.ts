/** Where traces go, from the configuration's `traces`; left out: nowhere, and nothing is gathered. */
import type { z } from 'zod';
import type { SecretFiles } from '../configuration/secret-files.ts';
import type { tracesSchema } from './trace-schema.ts';

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
