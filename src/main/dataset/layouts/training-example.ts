import * as z from 'zod';
import { jsonSchema } from '../../../shared/model/index.js';
import { actionsOf, agentState, derivedIn, isOneAnswer, rowQuality } from './agent-state.js';
import type { ExampleLayout } from './layout.js';

const jsonObject = z.record(z.string(), jsonSchema);

const row = z.object({
  id: z.string().describe('Of the call and, where it asked for several tools, the place of this one'),
  type: z.string().describe('Id of the package, with underscores'),
  context: z
    .object({
      scenario: z.string().nullable(),
      goal: z.string(),
      current_state: jsonObject,
      available_tools: z.array(z.string()),
    })
    .describe('What the agent knew: scenario, goal, state and the tools it could choose from'),
  expected_output: z
    .object({
      action: z.enum(['tool_request', 'response']),
      tool: z.string().nullable(),
      parameters: jsonObject.nullable(),
      reasoning: z.string(),
      response: z.string().optional(),
    })
    .describe('What it should do: a tool with its parameters, or an answer, and why'),
  metadata: z
    .object({
      quality_score: z.number().nullable(),
      human_validated: z.boolean(),
      execution_successful: z.boolean().nullable(),
      training_weight: z.number().nullable(),
    })
    .catchall(jsonSchema)
    .describe('How good it is, and where it comes from'),
});

/** One row for each action of the expected answer: parallel tool calls share their context. */
export const trainingExample = {
  id: 'training-example',
  title: 'Training example',
  description:
    'What an agent knew at one moment and what it should do then: scenario, goal, state, tools, action and reason.',
  of: 'examples',
  package: 'decision-making',
  consent: 'metadata',
  row,
  *rows(example) {
    if (!isOneAnswer(example)) return yield { skipped: 'what is expected is more than one answer' };
    const { trace, call, messages, decision } = example;
    const context = agentState(example);
    const actions = actionsOf(messages.at(-1) as (typeof messages)[number]);
    for (const [index, action] of actions.entries()) {
      const { action: kind, tool, parameters, reasoning, text } = action;
      yield {
        row: {
          id: actions.length === 1 ? call.call_id : `${call.call_id}-${index + 1}`,
          type: (example.package ?? 'conversations').replaceAll('-', '_'),
          context,
          expected_output: {
            action: kind,
            tool,
            parameters,
            reasoning,
            ...(kind === 'response' ? { response: text } : {}),
          },
          metadata: {
            ...rowQuality(example, action),
            trace_id: trace.trace_id,
            ...(decision === undefined ? { call_id: call.call_id } : { decision_id: decision.decision_id }),
            model: call.model,
            ...(example.domain === undefined ? {} : { domain: example.domain }),
            ...derivedIn(example),
          },
        },
      };
    }
  },
} satisfies ExampleLayout<typeof row>;
