import * as z from 'zod';
import {
  decisionSchema,
  executionTraceSchema,
  jsonSchema,
  telemetryTraceSchema,
  timestampSchema,
  toolCallSchema,
  toolCallStatuses,
  type ValidatedShape,
} from '../../shared/model/index.js';

/** A row of the layout `tool-calls`: the standard shape of a tool call. */
export const toolCallRowSchema = z.looseObject({
  name: z.string().min(1),
  arguments: jsonSchema,
  result: jsonSchema.nullable(),
  timestamp: timestampSchema,
  duration_ms: z.number().min(0).nullable(),
  metadata: z.looseObject({ source: z.string(), version: z.string(), status: z.enum(toolCallStatuses).optional() }),
});

const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);
const chatMessage = z.discriminatedUnion('role', [
  z.looseObject({ role: z.enum(['system', 'developer']), content }),
  z.looseObject({ role: z.literal('user'), content, name: name.optional() }),
  z.looseObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    tool_calls: z
      .array(
        z.looseObject({
          id: z.string().min(1),
          type: z.literal('function'),
          function: z.looseObject({ name, arguments: z.string() }),
        }),
      )
      .min(1)
      .optional(),
  }),
  z.looseObject({ role: z.literal('tool'), tool_call_id: z.string(), content }),
]);

/** A row of the layout `openai-chat`: OpenAI's format for supervised fine-tuning of chat models. */
export const openAiChatRowSchema = z.looseObject({
  messages: z.array(chatMessage).min(1),
  tools: z
    .array(z.looseObject({ type: z.literal('function'), function: z.looseObject({ name }) }))
    .max(128)
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
});
export type OpenAiChatRow = z.infer<typeof openAiChatRowSchema>;

/** Schemas of the shapes that are checked by their schema alone, and of chat rows. */
export const shapeSchemas = {
  execution_trace: executionTraceSchema,
  pr_telemetry: telemetryTraceSchema,
  decision: decisionSchema,
  openai_chat: openAiChatRowSchema,
} as const satisfies Partial<Record<ValidatedShape, z.ZodType>>;

/** Tool calls as the API gives them, or as rows of a data set. */
export function toolCallSchemaOf(value: { [key: string]: unknown }): z.ZodType {
  return 'tool_call_id' in value ? toolCallSchema : toolCallRowSchema;
}

/** Tells by its members what a record is. */
export function shapeOf(value: { [key: string]: unknown }): ValidatedShape {
  const has = (...names: string[]) => names.every((member) => member in value);
  if (has('trace_id', 'calls', 'steps') || has('trace_id', 'completion_status', 'tool_calls')) return 'trace';
  if (has('scenario', 'steps') || has('execution_mode', 'steps')) return 'execution_trace';
  if (has('developer_id', 'repo') || (has('schema_version') && (has('developer_id') || has('repo') || has('bug_id')))) {
    return 'pr_telemetry';
  }
  if (Array.isArray(value.messages)) return 'openai_chat';
  if (has('decision_id') || has('decision', 'available_options')) return 'decision';
  if (has('name', 'arguments') && (has('result') || has('timestamp') || has('metadata'))) return 'tool_call';
  return 'unknown';
}
