import * as z from 'zod';

const count = z.int().min(0);
const counted = z.array(z.object({ name: z.string(), count }));

/** What the store holds and how well it could be read, in numbers. */
export const captureHealthSchema = z.object({
  exchanges: z.object({ total: count, by_state: counted, by_format: counted, by_via: counted }),
  undecoded: counted.describe(
    'Bodies and formats that could not be read, by reason; the list is the query `is:undecoded`',
  ),
  unknown_events: z.array(z.object({ format: z.string(), type: z.string(), count })),
  truncated: z.object({ request: count, response: count }).describe('Bodies cut at the capture limit'),
  sealed: counted.describe('Bodies kept under encryption only, by reason'),
  effects: z
    .object({ joined: count, unclaimed: count, altered: count, never_sent: count })
    .describe(
      'Requests on the wire with and without a tool call; tool calls with an altered effect, and with none where one was due',
    ),
  edges: z.array(z.object({ rule: z.string(), basis: z.string(), count, mean_confidence: z.number() })),
});
export type CaptureHealth = z.infer<typeof captureHealthSchema>;
