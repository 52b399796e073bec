import * as z from 'zod';

const json = z.record(z.string(), z.json());
const extra = json.optional();

/** Harbor’s Agent Trajectory Interchange Format 1.8 (harbor/models/trajectories); no object takes other fields. */
const contentPart = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({
    type: z.literal('image'),
    source: z.strictObject({
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      path: z.string(),
    }),
  }),
]);
export type ContentPart = z.infer<typeof contentPart>;
const content = z.union([z.string(), z.array(contentPart)]);

const result = z.strictObject({
  source_call_id: z.string().optional(),
  content: content.optional(),
  subagent_trajectory_ref: z.array(z.strictObject({ trajectory_id: z.string() })).optional(),
  extra,
});

const metrics = z.strictObject({
  prompt_tokens: z.number().int().optional(),
  completion_tokens: z.number().int().optional(),
  cached_tokens: z.number().int().optional(),
  cost_usd: z.number().optional(),
  completion_token_ids: z.array(z.number().int()).optional(),
  logprobs: z.array(z.number()).optional(),
});
export type Metrics = z.infer<typeof metrics>;

const step = z.strictObject({
  step_id: z.number().int().min(1),
  timestamp: z.string().optional(),
  source: z.enum(['system', 'user', 'agent']),
  model_name: z.string().optional(),
  message: content,
  reasoning_content: z.string().optional(),
  tool_calls: z
    .array(z.strictObject({ tool_call_id: z.string(), function_name: z.string(), arguments: json, extra }))
    .optional(),
  observation: z.strictObject({ results: z.array(result) }).optional(),
  metrics: metrics.optional(),
  is_copied_context: z.boolean().optional(),
  llm_call_count: z.number().int().min(0).optional(),
  extra,
});
export type TrajectoryStep = z.infer<typeof step>;
export type StepResult = z.infer<typeof result>;

export const trajectorySchema = z.strictObject({
  schema_version: z.literal('ATIF-v1.8').describe('Version of this shape'),
  session_id: z.string().describe('The session it belongs to, as its client calls it, else its own id'),
  trajectory_id: z.string().describe('Id of the trace'),
  agent: z
    .strictObject({
      name: z.string(),
      version: z.string(),
      model_name: z.string().optional(),
      tool_definitions: z.array(json).optional(),
    })
    .describe('The client, its model and the tools it offered'),
  steps: z.array(step).min(1).describe('What was said and done, in order'),
  notes: z.string().optional().describe('What its title says'),
  final_metrics: z
    .strictObject({
      total_prompt_tokens: z.number().int(),
      total_completion_tokens: z.number().int(),
      total_cached_tokens: z.number().int(),
      total_cost_usd: z.number().optional(),
      total_steps: z.number().int(),
    })
    .describe('Sums over its calls; the cost with those of the subagents that stand in it'),
  extra: json.optional().describe('Revision, state, the trace that it goes on from, subagents that stand elsewhere'),
  get subagent_trajectories() {
    return z.array(trajectorySchema).optional().describe('Trajectories of the subagents it spawned');
  },
});
export type Trajectory = z.infer<typeof trajectorySchema>;
