import type { Json } from '../../shared/model/index.js';
import { type Dialect, type JsonObject, pieces, schemaOf, sse } from './dialect.js';
import { standIns } from './stand-ins.js';

/** OpenAI's Responses API. */
export const openaiResponses: Dialect = {
  url: 'https://api.openai.com/v1/responses',
  headers: [['authorization', standIns('Bearer {{openai_key}}')]],
  ids: { answer: 'resp_', call: 'call_' },
  user: (text) => [{ role: 'user', content: text }],
  results: (results) =>
    results.map(({ id, content }) => ({ type: 'function_call_output', call_id: id, output: content })),
  request: (script, history, previousId) => ({
    model: script.model,
    ...script.params,
    instructions: script.system.join('\n'),
    tools: script.tools.map(({ name, description, input }) => ({
      type: 'function',
      name,
      description,
      parameters: schemaOf(input),
    })),
    ...(previousId === null ? {} : { previous_response_id: previousId }),
    input: history,
    ...(script.stream ? { stream: true } : {}),
  }),
  answer(script, answer) {
    const output: JsonObject[] = [];
    const events: string[] = [];
    const emit = (type: string, data: JsonObject) =>
      events.push(sse({ type, sequence_number: events.length, ...data }, type));
    const response = (status: string, more: JsonObject = {}): JsonObject => ({
      id: answer.id,
      object: 'response',
      created_at: 1_795_000_000,
      status,
      model: script.model,
      output: [],
      ...more,
    });
    const item = (value: JsonObject, begun: JsonObject, stream: (place: JsonObject) => void) => {
      const output_index = output.length;
      emit('response.output_item.added', { output_index, item: { ...value, ...begun } });
      stream({ output_index, item_id: value.id as Json });
      emit('response.output_item.done', { output_index, item: value });
      output.push(value);
    };
    emit('response.created', { response: response('in_progress') });
    emit('response.in_progress', { response: response('in_progress') });
    const key = answer.id.slice(5);
    if (answer.think !== undefined) {
      const part = { type: 'summary_text', text: answer.think };
      item({ id: `rs_${key}`, type: 'reasoning', summary: [part] }, { summary: [] }, (place) => {
        const at = { ...place, summary_index: 0 };
        emit('response.reasoning_summary_part.added', { ...at, part: { ...part, text: '' } });
        for (const delta of pieces(part.text)) emit('response.reasoning_summary_text.delta', { ...at, delta });
        emit('response.reasoning_summary_text.done', { ...at, text: part.text });
        emit('response.reasoning_summary_part.done', { ...at, part });
      });
    }
    if (answer.text !== undefined) {
      const part = { type: 'output_text', text: answer.text, annotations: [] };
      const message = { id: `msg_${key}`, type: 'message', role: 'assistant', status: 'completed', content: [part] };
      item(message, { status: 'in_progress', content: [] }, (place) => {
        const at = { ...place, content_index: 0 };
        emit('response.content_part.added', { ...at, part: { ...part, text: '' } });
        for (const delta of pieces(part.text)) emit('response.output_text.delta', { ...at, delta });
        emit('response.output_text.done', { ...at, text: part.text });
        emit('response.content_part.done', { ...at, part });
      });
    }
    answer.calls.forEach(({ name, args }, index) => {
      const text = JSON.stringify(args);
      const call_id = answer.call_ids[index] as string;
      const call = {
        id: `fc_${key}${index}`,
        type: 'function_call',
        status: 'completed',
        call_id,
        name,
        arguments: text,
      };
      item(call, { status: 'in_progress', arguments: '' }, (place) => {
        for (const delta of pieces(text)) emit('response.function_call_arguments.delta', { ...place, delta });
        emit('response.function_call_arguments.done', { ...place, arguments: text });
      });
    });
    const usage = {
      input_tokens: answer.in,
      input_tokens_details: { cached_tokens: answer.cached },
      output_tokens: answer.out,
      output_tokens_details: { reasoning_tokens: Math.round((answer.think?.length ?? 0) / 4) },
      total_tokens: answer.in + answer.out,
    };
    const whole = response('completed', { output, usage });
    emit('response.completed', { response: whole });
    return { history: output, whole, events };
  },
  failure: ({ type, code, message }) => ({ error: { message, type, param: null, code: code ?? null } }),
};
