import * as z from 'zod';
import { idSchema, timestampSchema } from './common.js';

/** One exchange that is under way, for the live view. */
export const inFlightSchema = z.object({
  exchange_id: idSchema,
  started_at: timestampSchema,
  client: z.string(),
  session: z.string().nullable(),
  method: z.string(),
  url: z.string().describe('Without a query, and redacted'),
  model: z.string().nullable(),
  phase: z.enum(['request', 'waiting', 'streaming', 'tunnel']),
  status: z.int().nullable(),
  ttfb_ms: z.number().nullable(),
  request_bytes: z.int(),
  response_bytes: z.int(),
});
export type InFlight = z.infer<typeof inFlightSchema>;
