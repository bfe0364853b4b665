/** Shape and defaults of `traces` in the configuration file; left out: nothing is gathered. */
import { z } from 'zod';

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
