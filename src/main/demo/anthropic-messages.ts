import { type Dialect, type JsonObject, pieces, schemaOf, sse } from './dialect.js';
import { standIns } from './stand-ins.js';

/** Anthropic's Messages API. */
export const anthropicMessages: Dialect = {
  url: 'https://api.anthropic.com/v1/messages',
  headers: [
    ['anthropic-version', '2023-06-01'],
    ['x-api-key', standIns('{{anthropic_key}}')],
  ],
  ids: { answer: 'msg_01', call: 'toolu_01' },
  user: (text) => [{ role: 'user', content: text }],
  results: (results) => [
    {
      role: 'user',
      content: results.map(({ id, content, error }) => ({
        type: 'tool_result',
        tool_use_id: id,
        content,
        ...(error ? { is_error: true } : {}),
      })),
    },
  ],
  request: (script, history) => ({
    model: script.model,
    ...script.params,
    system: [{ type: 'text', text: script.system.join('\n'), cache_control: { type: 'ephemeral' } }],
    tools: script.tools.map(({ name, description, input }) => ({ name, description, input_schema: schemaOf(input) })),
    messages: history,
    ...(script.stream ? { stream: true } : {}),
  }),
  answer(script, answer) {
    const content: JsonObject[] = [];
    if (answer.think !== undefined) {
      content.push({ type: 'thinking', thinking: answer.think, signature: `EqQB${answer.id.slice(-12)}` });
    }
    if (answer.text !== undefined) content.push({ type: 'text', text: answer.text });
    answer.calls.forEach(({ name, args }, index) => {
      content.push({ type: 'tool_use', id: answer.call_ids[index] as string, name, input: args });
    });
    const stop_reason = answer.calls.length > 0 ? 'tool_use' : 'end_turn';
    const usage = {
      input_tokens: answer.in - answer.cached,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: answer.cached,
      output_tokens: answer.out,
    };
    const whole = {
      id: answer.id,
      type: 'message',
      role: 'assistant',
      model: script.model,
      content,
      stop_reason,
      stop_sequence: null,
      usage,
    };
    const begun = { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
    const events = [
      sse({ type: 'message_start', message: begun }, 'message_start'),
      sse({ type: 'ping' }, 'ping'),
      ...content.flatMap(blockEvents),
      sse(
        { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: answer.out } },
        'message_delta',
      ),
      sse({ type: 'message_stop' }, 'message_stop'),
    ];
    return { history: [{ role: 'assistant', content }], whole, events };
  },
  failure: ({ type, message }) => ({ type: 'error', error: { type, message } }),
};

function blockEvents(block: JsonObject, index: number): string[] {
  const delta = (value: JsonObject) => sse({ type: 'content_block_delta', index, delta: value }, 'content_block_delta');
  const start = (empty: JsonObject) =>
    sse({ type: 'content_block_start', index, content_block: { ...block, ...empty } }, 'content_block_start');
  const stop = sse({ type: 'content_block_stop', index }, 'content_block_stop');
  if (block.type === 'thinking') {
    const deltas = pieces(String(block.thinking)).map((thinking) => delta({ type: 'thinking_delta', thinking }));
    const signature = delta({ type: 'signature_delta', signature: block.signature ?? '' });
    return [start({ thinking: '', signature: '' }), ...deltas, signature, stop];
  }
  if (block.type === 'text') {
    return [
      start({ text: '' }),
      ...pieces(String(block.text)).map((text) => delta({ type: 'text_delta', text })),
      stop,
    ];
  }
  const json = pieces(JSON.stringify(block.input)).map((partial_json) =>
    delta({ type: 'input_json_delta', partial_json }),
  );
  return [start({ input: {} }), ...json, stop];
}
