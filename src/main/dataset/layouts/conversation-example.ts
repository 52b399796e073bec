import * as z from 'zod';
import { type AgentAction, actionsOf, agentState, derivedIn, isOneAnswer, rowQuality } from './agent-state.js';
import type { ExampleLayout } from './layout.js';

const row = z.object({
  id: z.string().describe('Of the call and, where it asked for several tools, the place of this one'),
  messages: z
    .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
    .describe('Instructions, the state as JSON, and the answer as text'),
  metadata: z
    .object({
      scenario: z.string().nullable(),
      quality_score: z.number().nullable(),
      training_type: z.string(),
    })
    .catchall(z.json())
    .describe('Scenario, quality and the package'),
});

/** Where a session had no instructions of its own. */
const instructions = 'You are an autonomous agent. Analyze the current state and determine the next action.';

/** A decision as three messages of text: a model without tools can learn it. */
export const conversationExample = {
  id: 'conversation-example',
  title: 'Conversation example',
  description:
    'A decision as text: the current state as JSON, and the answer with action, tool, parameters and reasoning.',
  of: 'examples',
  package: 'decision-making',
  consent: 'metadata',
  row,
  *rows(example) {
    if (!isOneAnswer(example)) return yield { skipped: 'what is expected is more than one answer' };
    const { trace, call, messages } = example;
    const { scenario, ...state } = agentState(example);
    const system = messages.flatMap(({ role, parts }) =>
      role === 'system' || role === 'developer'
        ? parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))
        : [],
    );
    const actions = actionsOf(messages.at(-1) as (typeof messages)[number]);
    for (const [index, action] of actions.entries()) {
      const { current_state, ...stateFields } = state;
      yield {
        row: {
          id: actions.length === 1 ? call.call_id : `${call.call_id}-${index + 1}`,
          messages: [
            { role: 'system', content: system.length === 0 ? instructions : system.join('\n\n') },
            { role: 'user', content: `Current state: ${JSON.stringify({ ...stateFields, ...current_state })}` },
            { role: 'assistant', content: answerText(action) },
          ],
          metadata: {
            scenario,
            quality_score: rowQuality(example, action).quality_score,
            training_type: (example.package ?? 'conversations').replaceAll('-', '_'),
            trace_id: trace.trace_id,
            ...(example.decision === undefined
              ? { call_id: call.call_id }
              : { decision_id: example.decision.decision_id }),
            ...derivedIn(example),
          },
        },
      };
    }
  },
} satisfies ExampleLayout<typeof row>;

function answerText({ action, tool, parameters, reasoning, text }: AgentAction): string {
  const lines: string[] = [];
  if (text !== '' && text !== reasoning) lines.push(`${text}\n`);
  lines.push(`Action: ${action}`);
  if (tool !== null) lines.push(`Tool: ${tool}`, `Parameters: ${JSON.stringify(parameters, null, 2)}`);
  if (reasoning !== '') lines.push(`\nReasoning: ${reasoning}`);
  return lines.join('\n');
}
