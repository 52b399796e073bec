import { type Dialect, type JsonObject, pieces, schemaOf, sse } from './dialect.js';
import { standIns } from './stand-ins.js';

/** OpenAI's Chat Completions API, and those that speak it. */
export const openaiChat: Dialect = {
  url: 'https://api.openai.com/v1/chat/completions',
  headers: [['authorization', standIns('Bearer {{openai_key}}')]],
  ids: { answer: 'chatcmpl-', call: 'call_' },
  user: (text) => [{ role: 'user', content: text }],
  results: (results) => results.map(({ id, content }) => ({ role: 'tool', tool_call_id: id, content })),
  request: (script, history) => ({
    model: script.model,
    ...script.params,
    messages: [{ role: 'system', content: script.system.join('\n') }, ...history],
    ...(script.tools.length === 0
      ? {}
      : {
          tools: script.tools.map(({ name, description, input }) => ({
            type: 'function',
            function: { name, description, parameters: schemaOf(input) },
          })),
        }),
    ...(script.stream ? { stream: true } : {}),
  }),
  answer(script, answer) {
    const base = { id: answer.id, created: 1_795_000_000, model: script.model };
    const calls = answer.calls.map(({ name, args }, index) => ({
      id: answer.call_ids[index] as string,
      type: 'function',
      function: { name, arguments: JSON.stringify(args) },
    }));
    const message: JsonObject = {
      role: 'assistant',
      content: answer.text ?? null,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    const thought: JsonObject = answer.think === undefined ? {} : { reasoning_content: answer.think };
    const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
    const usage = {
      prompt_tokens: answer.in,
      completion_tokens: answer.out,
      total_tokens: answer.in + answer.out,
      prompt_tokens_details: { cached_tokens: answer.cached },
    };
    const chunk = (delta: JsonObject, finish: string | null = null) =>
      sse({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] });
    const events = [
      chunk({ role: 'assistant', content: '' }),
      ...pieces(answer.think ?? '').map((reasoning_content) => chunk({ reasoning_content })),
      ...pieces(answer.text ?? '').map((content) => chunk({ content })),
      ...calls.flatMap((call, index) => [
        chunk({ tool_calls: [{ ...call, index, function: { name: call.function.name, arguments: '' } }] }),
        ...pieces(call.function.arguments).map((text) =>
          chunk({ tool_calls: [{ index, function: { arguments: text } }] }),
        ),
      ]),
      chunk({}, finish_reason),
      sse({ ...base, object: 'chat.completion.chunk', choices: [], usage }),
      sse('[DONE]'),
    ];
    const whole = {
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message: { ...message, ...thought }, finish_reason }],
      usage,
    };
    return { history: [message], whole, events };
  },
  failure: ({ type, code, message }) => ({ error: { message, type, param: null, code: code ?? null } }),
};
