import { faults } from '../../../shared/faults/index.js';
import type { ChatMessage, Part } from '../../../shared/model/index.js';
import { outcomeOf } from '../../../shared/tool-outcome.js';
import type { Example } from '../examples/example.js';
import { type Augmenter, derived } from './augmenter.js';
import { misfit } from './tool-schema.js';

type ToolCallPart = Extract<Part, { type: 'tool_call' }>;

/**
 * Puts a failing attempt before an expected tool call that worked: the context then holds a failure, and the expected output is the way
 * out of it. The failing attempt is context alone.
 */
export const failureInjection = {
  id: 'failure-injection',
  title: 'Failure injection',
  description:
    'A failing attempt before an expected tool call that worked, so that the expected output is the recovery.',
  kind: 'made',
  *derive(example, dice) {
    const answer = example.messages.at(-1);
    const calls = answer?.parts.filter((part): part is ToolCallPart => part.type === 'tool_call') ?? [];
    const [call] = calls;
    if (
      answer === undefined ||
      call === undefined ||
      calls.length > 1 ||
      example.messages.length !== example.expected + 1
    ) {
      yield { skipped: 'the expected output is not one tool call' };
      return;
    }
    if (!worked(example, call)) {
      yield { skipped: 'the expected tool call did not work itself' };
      return;
    }
    const possible = faults.flatMap((fault) => {
      const attempt = fault.attempt(call.name, call.arguments, dice);
      // Left out of a call that the tool would take all the same, a field is no fault.
      const taken = fault.id === 'missing-argument' && misfit(example, call.name, attempt?.arguments ?? null) === null;
      return attempt === null || taken ? [] : [{ fault, attempt }];
    });
    const { fault, attempt } = dice.pick(possible);
    const id = `${call.id ?? 'call'}_failed`;
    const failing: ChatMessage = { role: 'assistant', parts: [{ ...call, id, arguments: attempt.arguments }] };
    const refused: ChatMessage = {
      role: 'tool',
      parts: [{ type: 'tool_result', tool_call_id: id, name: call.name, result: attempt.result, is_error: true }],
    };
    const before = example.messages.slice(0, example.expected);
    yield derived(
      example,
      'failure-injection',
      `a ${fault.title.toLowerCase()} before the call`,
      { fault: fault.id, tool: call.name },
      {
        messages: [...before, failing, refused, answer],
        expected: example.expected + 2,
        logprobs: [],
        context_only: new Set([...(example.context_only ?? []), example.expected]),
      },
    );
  },
} satisfies Augmenter;

function worked({ trace, call }: Example, part: ToolCallPart): boolean {
  const tool = trace.tool_calls.find(
    ({ tool_call_id, call_id }) => tool_call_id === part.id && call_id === call.call_id,
  );
  return tool !== undefined && outcomeOf(tool) === 'ok';
}
