import type { Trace } from '../../src/shared/model/index.js';
import { Conversation } from './conversation.js';
import { type importedStore, jsonl } from './imported.js';

const session = { metadata: { session_id: 'kiln-seven' } };
const weigh = (what: string) => ({ name: 'weigh', arguments: JSON.stringify({ what }) });
/** A session of an agent as it was captured; the conversation goes on where the test lets it. */
export function capturedSession(store: ReturnType<typeof importedStore>): Conversation {
  const talk = new Conversation({ format: 'openai-chat', system: 'You weigh.', tools: ['weigh'], params: session });
  talk.user('How heavy is the clay?');
  store.capture(talk.call({ toolCalls: [{ name: 'weigh', arguments: { what: 'clay' } }] }));
  talk.results({ id: 'call_1_0', content: '12 kg' });
  store.capture(talk.call({ text: 'Twelve kilograms.' }));
  return talk;
}
/** A call of the same session, as a file has it that tells no times. */
export const fileWithoutTimes = jsonl([
  {
    request: {
      model: 'scripted-1',
      ...session,
      tools: [{ type: 'function', function: { name: 'weigh', parameters: { type: 'object' } } }],
      messages: [
        { role: 'system', content: 'You weigh.' },
        { role: 'user', content: 'And the slip?' },
      ],
    },
    response: {
      id: 'chatcmpl-slip',
      object: 'chat.completion',
      model: 'scripted-1',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            tool_calls: [{ id: 'call_slip', type: 'function', function: weigh('slip') }],
          },
        },
      ],
    },
  },
]);
/** Every time that a trace tells, by what it is the time of. */
export const timesOf = ({ started_at, ended_at, calls, steps, tool_calls, decisions }: Trace) => ({
  started_at,
  ended_at,
  calls: Object.fromEntries(calls.map((each) => [each.call_id, each.started_at])),
  steps: Object.fromEntries(steps.map((each) => [each.step_id, each.timestamp])),
  tools: Object.fromEntries(tool_calls.map((each) => [each.tool_call_id, each.timestamp])),
  decisions: Object.fromEntries(decisions.map((each) => [each.decision_id, each.timestamp])),
});
