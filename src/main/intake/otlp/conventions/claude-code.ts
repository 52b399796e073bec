import { conversation, textMessage } from '../../messages/conversation.js';
import type { Convention, Meaning } from '../meaning.js';
import { callOf, usageOf } from '../reported-call.js';
import type { Span } from '../spans.js';
import { countOf, first, numberOf, textOf, unwrapped } from '../values.js';

/**
 * Claude Code's own spans (`claude_code.*`): who called which model and tool when, and what it cost; hardly what was
 * said. They witness a captured session; alone they give its outline.
 */
export const claudeCode: Convention = {
  id: 'claude-code',
  title: 'Claude Code',
  read(span) {
    if (!span.name.startsWith('claude_code.')) return null;
    const { attributes } = span;
    const session = textOf(attributes['session.id']);
    const subagent = textOf(first(attributes, 'agent_id', 'agent.id'));
    const agent = textOf(first(attributes, 'agent.name', 'subagent_type', 'agent_type'));
    return {
      what: meaningOf(span),
      ...(session === undefined ? {} : { session }),
      ...(subagent === undefined ? {} : { subagent }),
      ...(agent === undefined ? {} : { agent }),
      scores: [],
    };
  },
};

function meaningOf(span: Span): Meaning['what'] {
  const { attributes } = span;
  switch (span.name) {
    case 'claude_code.llm_request':
      return modelCall(span);
    case 'claude_code.tool': {
      const tool_call_id = textOf(first(attributes, 'tool_use_id', 'gen_ai.tool.call.id'));
      const output = span.events.find(({ name }) => name === 'tool.output')?.attributes;
      return {
        type: 'tool',
        name: textOf(first(attributes, 'tool_name', 'gen_ai.tool.name')) ?? 'unknown',
        ...(tool_call_id === undefined ? {} : { tool_call_id }),
        arguments: unwrapped(first(attributes, 'tool_input', 'tool_parameters', 'gen_ai.tool.call.arguments')) ?? null,
        result:
          unwrapped(first({ ...attributes, ...output }, 'output', 'tool_result', 'gen_ai.tool.call.result')) ?? null,
        is_error: span.failed || attributes.success === false || attributes.success === 'false',
      };
    }
    case 'claude_code.interaction':
      return { type: 'agent' };
    default:
      return { type: 'nothing' };
  }
}

function modelCall(span: Span) {
  const { attributes } = span;
  const count = (...names: string[]) => countOf(first(attributes, ...names));
  const input = count('input_tokens');
  const cached = count('cache_read_tokens');
  const written = count('cache_creation_tokens');
  const first_ms = numberOf(attributes.ttft_ms);
  const answer = textOf(attributes['response.model_output']);
  return callOf(span, 'claude-code', {
    model: textOf(first(attributes, 'model', 'gen_ai.request.model')),
    input: conversation([]),
    output: conversation(answer === undefined ? [] : [textMessage('assistant', answer)]),
    stream: true,
    response_id: textOf(attributes['gen_ai.response.id']),
    stop_reason: textOf(attributes.stop_reason),
    usage: usageOf({
      // As Anthropic's API counts: what was cached is not part of the input.
      input_tokens: input === undefined ? undefined : input + (cached ?? 0) + (written ?? 0),
      output_tokens: count('output_tokens'),
      cached_input_tokens: cached,
      cache_write_tokens: written,
    }),
    first_chunk_s: first_ms === undefined ? undefined : first_ms / 1000,
  });
}
