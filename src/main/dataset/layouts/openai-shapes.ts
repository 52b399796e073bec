import * as z from 'zod';

/** Names of functions and participants as OpenAI's API accepts them. */
export const openAiNameSchema = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);

const toolCall = z.object({
  id: z.string().min(1).max(40),
  type: z.literal('function'),
  function: z.object({ name: openAiNameSchema, arguments: z.string() }),
});

const userPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
]);

export const openAiMessageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(userPart)]),
    name: openAiNameSchema.optional(),
  }),
  z.object({
    role: z.literal('assistant'),
    /** Null only beside tool calls. */
    content: z.string().nullable(),
    tool_calls: z.array(toolCall).min(1).optional(),
    /** 0: context alone, not trained on. */
    weight: z.literal(0).optional(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content: z.string() }),
]);
export type OpenAiMessage = z.infer<typeof openAiMessageSchema>;

export const openAiToolSchema = z
  .object({
    type: z.literal('function'),
    function: z.object({
      name: openAiNameSchema,
      description: z.string().optional(),
      parameters: z.record(z.string(), z.json()).optional(),
    }),
  })
  // Trainers take tools as JSON text as a whole, not in parts.
  .meta({ column: 'json' });
export type OpenAiTool = z.infer<typeof openAiToolSchema>;
