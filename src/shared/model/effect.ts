import * as z from 'zod';
import { idSchema, jsonSchema, timestampSchema } from './common.js';
import { toolCallStatuses } from './trace.js';

/** Public shapes for what a tool call did on the wire, and for what two observers of one call disagree about. */

export const effectSchema = z.object({
  effect_id: idSchema,
  exchange_id: idSchema,
  /** Null: sent, but no captured model asked for it. */
  trace_id: idSchema.nullable(),
  tool_call_id: z.string().nullable(),
  protocol: z.enum(['mcp', 'http', 'otlp']),
  /** Host, or host and path of an MCP server. */
  server: z.string(),
  /** Tool name as the server knows it, or `GET https://host/path`. */
  name: z.string(),
  arguments: jsonSchema,
  result: jsonSchema.nullable(),
  status: z.enum(toolCallStatuses),
  started_at: timestampSchema,
  /** Real time on the wire; null while no answer was seen. */
  duration_ms: z.number().nullable(),
  /** How the tool call was found: name and arguments, name and time, url in the arguments, …; null where unclaimed. */
  join: z.object({ basis: z.string(), confidence: z.number().min(0).max(1), evidence: z.string() }).nullable(),
  /** The arguments on the wire are not those the model gave. */
  arguments_altered: z.boolean(),
  /** The result that the model was given is not the one that came over the wire; null while it was given none. */
  result_altered: z.boolean().nullable(),
});
export type Effect = z.infer<typeof effectSchema>;

/** A call that was also reported by a second source (OTLP beside the proxy, a session file), and where the two differ. */
export const witnessSchema = z.object({
  witness_id: idSchema,
  trace_id: idSchema,
  call_id: idSchema,
  exchange_id: idSchema,
  source: z.string(),
  timestamp: timestampSchema,
  /** How it was known to be the same call: `response_id`, `content`. */
  basis: z.string(),
  disagreements: z.array(
    z.object({
      /** e.g. `usage.input_tokens`, `model`, `stop_reason`, `output`. */
      field: z.string(),
      stored: jsonSchema.nullable(),
      reported: jsonSchema.nullable(),
    }),
  ),
});
export type Witness = z.infer<typeof witnessSchema>;
