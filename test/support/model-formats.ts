import type { JsonObject } from './model-server.js';

export interface ScriptedToolCall {
  name: string;
  /** Of the Responses API: the group of tools that it is of. */
  namespace?: string;
  /** An object is serialised; a string goes out as it is, valid JSON or not. */
  arguments: JsonObject | string;
  id?: string;
}

/** What the model says next, for whichever API asks. */
export interface ModelTurn {
  text?: string;
  reasoning?: string;
  toolCalls?: ScriptedToolCall[];
  model?: string;
  responseId?: string;
  usage?: { input: number; output: number; cached?: number; reasoning?: number };
}

export type ApiFormat = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

/** One answer in both ways of giving it. */
interface Rendered {
  whole: JsonObject;
  /** The stream, one string per server-sent event, blank line included. */
  events: string[];
}

const pieces = (text: string): string[] => text.match(/[\s\S]{1,12}/gu) ?? [];
const argumentsOf = (call: ScriptedToolCall) =>
  typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
const event = (data: unknown, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

function usageOf(turn: ModelTurn) {
  return { input: 10, output: 5, cached: 0, reasoning: 0, ...turn.usage };
}

function chat(turn: ModelTurn, request: JsonObject, serial: number): Rendered {
  const base = {
    id: turn.responseId ?? `chatcmpl-${serial}`,
    created: 1_790_000_000,
    model: turn.model ?? request['model'] ?? 'scripted',
  };
  const calls = (turn.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${serial}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsOf(call) },
  }));
  const finish = calls.length > 0 ? 'tool_calls' : 'stop';
  const counts = usageOf(turn);
  const usage = {
    prompt_tokens: counts.input,
    completion_tokens: counts.output,
    total_tokens: counts.input + counts.output,
    prompt_tokens_details: { cached_tokens: counts.cached },
    completion_tokens_details: { reasoning_tokens: counts.reasoning },
  };
  const message = {
    role: 'assistant',
    content: turn.text ?? null,
    refusal: null,
    ...(turn.reasoning === undefined ? {} : { reasoning_content: turn.reasoning }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  const chunk = (delta: JsonObject, finish_reason: string | null = null) =>
    event({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
  const wantsUsage = (request['stream_options'] as JsonObject | undefined)?.['include_usage'] === true;
  return {
    whole: {
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
      usage,
    },
    events: [
      chunk({ role: 'assistant', content: '' }),
      ...pieces(turn.reasoning ?? '').map((text) => chunk({ reasoning_content: text })),
      ...pieces(turn.text ?? '').map((content) => chunk({ content })),
      ...calls.flatMap((call, index) => [
        chunk({ tool_calls: [{ ...call, index, function: { name: call.function.name, arguments: '' } }] }),
        ...pieces(call.function.arguments).map((text) =>
          chunk({ tool_calls: [{ index, function: { arguments: text } }] }),
        ),
      ]),
      chunk({}, finish),
      ...(wantsUsage ? [event({ ...base, object: 'chat.completion.chunk', choices: [], usage })] : []),
      event('[DONE]'),
    ],
  };
}

function responses(turn: ModelTurn, request: JsonObject, serial: number): Rendered {
  const id = turn.responseId ?? `resp_${serial}`;
  const counts = usageOf(turn);
  const output: JsonObject[] = [];
  const events: string[] = [];
  let sequence_number = 0;
  const emit = (type: string, data: JsonObject) =>
    events.push(event({ type, sequence_number: sequence_number++, ...data }, type));
  const response = (status: string, extra: JsonObject = {}): JsonObject => ({
    id,
    object: 'response',
    created_at: 1_790_000_000,
    status,
    model: turn.model ?? request['model'] ?? 'scripted',
    previous_response_id: request['previous_response_id'] ?? null,
    output: [],
    parallel_tool_calls: true,
    tools: request['tools'] ?? [],
    ...extra,
  });
  emit('response.created', { response: response('in_progress') });
  emit('response.in_progress', { response: response('in_progress') });
  const add = (item: JsonObject, begun: JsonObject, deltas: (place: JsonObject) => void) => {
    const output_index = output.length;
    emit('response.output_item.added', { output_index, item: begun });
    deltas({ item_id: item['id'], output_index });
    emit('response.output_item.done', { output_index, item });
    output.push(item);
  };
  if (turn.reasoning !== undefined) {
    const item = { id: `rs_${serial}`, type: 'reasoning', summary: [{ type: 'summary_text', text: turn.reasoning }] };
    add(item, { ...item, summary: [] }, (place) => {
      const at = { ...place, summary_index: 0 };
      emit('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } });
      for (const delta of pieces(turn.reasoning ?? '')) emit('response.reasoning_summary_text.delta', { ...at, delta });
      emit('response.reasoning_summary_text.done', { ...at, text: turn.reasoning });
      emit('response.reasoning_summary_part.done', { ...at, part: item.summary[0] });
    });
  }
  if (turn.text !== undefined) {
    const part = { type: 'output_text', text: turn.text, annotations: [] };
    const item = { id: `msg_${serial}`, type: 'message', role: 'assistant', status: 'completed', content: [part] };
    add(item, { ...item, status: 'in_progress', content: [] }, (place) => {
      const at = { ...place, content_index: 0 };
      emit('response.content_part.added', { ...at, part: { ...part, text: '' } });
      for (const delta of pieces(turn.text ?? '')) emit('response.output_text.delta', { ...at, delta });
      emit('response.output_text.done', { ...at, text: turn.text });
      emit('response.content_part.done', { ...at, part });
    });
  }
  for (const [index, call] of (turn.toolCalls ?? []).entries()) {
    const item = {
      id: `fc_${serial}_${index}`,
      type: 'function_call',
      status: 'completed',
      call_id: call.id ?? `call_${serial}_${index}`,
      name: call.name,
      ...(call.namespace === undefined ? {} : { namespace: call.namespace }),
      arguments: argumentsOf(call),
    };
    add(item, { ...item, status: 'in_progress', arguments: '' }, (place) => {
      for (const delta of pieces(item.arguments)) emit('response.function_call_arguments.delta', { ...place, delta });
      emit('response.function_call_arguments.done', { ...place, arguments: item.arguments });
    });
  }
  const whole = response('completed', {
    output,
    usage: {
      input_tokens: counts.input,
      input_tokens_details: { cached_tokens: counts.cached },
      output_tokens: counts.output,
      output_tokens_details: { reasoning_tokens: counts.reasoning },
      total_tokens: counts.input + counts.output,
    },
  });
  emit('response.completed', { response: whole });
  return { whole, events };
}

function messages(turn: ModelTurn, request: JsonObject, serial: number): Rendered {
  const counts = usageOf(turn);
  const content: JsonObject[] = [
    ...(turn.reasoning === undefined
      ? []
      : [{ type: 'thinking', thinking: turn.reasoning, signature: 'c2lnbmF0dXJl' }]),
    ...(turn.text === undefined ? [] : [{ type: 'text', text: turn.text }]),
    ...(turn.toolCalls ?? []).map((call, index) => ({
      type: 'tool_use',
      id: call.id ?? `toolu_${serial}_${index}`,
      name: call.name,
      input: typeof call.arguments === 'string' ? JSON.parse(call.arguments) : call.arguments,
    })),
  ];
  const stop_reason = turn.toolCalls?.length ? 'tool_use' : 'end_turn';
  const usage = {
    input_tokens: counts.input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: counts.cached,
    output_tokens: counts.output,
  };
  const whole = {
    id: turn.responseId ?? `msg_${serial}`,
    type: 'message',
    role: 'assistant',
    model: turn.model ?? request['model'] ?? 'scripted',
    content,
    stop_reason,
    stop_sequence: null,
    usage,
  };
  const begun = { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  const send = (data: { type: string } & JsonObject) => event(data, data.type);
  const block = (part: JsonObject, index: number): string[] => {
    const delta = (value: JsonObject) => send({ type: 'content_block_delta', index, delta: value });
    const start = (empty: JsonObject) =>
      send({ type: 'content_block_start', index, content_block: { ...part, ...empty } });
    const stop = send({ type: 'content_block_stop', index });
    if (part['type'] === 'thinking') {
      const thinking = pieces(String(part['thinking'])).map((text) =>
        delta({ type: 'thinking_delta', thinking: text }),
      );
      const signature = delta({ type: 'signature_delta', signature: part['signature'] });
      return [start({ thinking: '', signature: '' }), ...thinking, signature, stop];
    }
    if (part['type'] === 'text') {
      const text = pieces(String(part['text'])).map((piece) => delta({ type: 'text_delta', text: piece }));
      return [start({ text: '' }), ...text, stop];
    }
    const json = pieces(JSON.stringify(part['input'])).map((partial_json) =>
      delta({ type: 'input_json_delta', partial_json }),
    );
    return [start({ input: {} }), ...json, stop];
  };
  return {
    whole,
    events: [
      send({ type: 'message_start', message: begun }),
      send({ type: 'ping' }),
      ...content.flatMap(block),
      send({
        type: 'message_delta',
        delta: { stop_reason, stop_sequence: null },
        usage: { output_tokens: counts.output },
      }),
      send({ type: 'message_stop' }),
    ],
  };
}

function gemini(turn: ModelTurn, _request: JsonObject, serial: number): Rendered {
  const counts = usageOf(turn);
  const usageMetadata = {
    promptTokenCount: counts.input,
    candidatesTokenCount: counts.output,
    totalTokenCount: counts.input + counts.output,
  };
  const head = { modelVersion: turn.model ?? 'gemini-2.5-pro', responseId: turn.responseId ?? `gem_${serial}` };
  const calls = (turn.toolCalls ?? []).map(({ name, arguments: args }) => ({ functionCall: { name, args } }));
  const answer = (parts: JsonObject[], finishReason?: string) => ({
    candidates: [{ content: { role: 'model', parts }, index: 0, ...(finishReason ? { finishReason } : {}) }],
    ...(finishReason ? { usageMetadata } : {}),
    ...head,
  });
  const thought = turn.reasoning === undefined ? [] : [{ text: turn.reasoning, thought: true }];
  const text = turn.text === undefined ? [] : [{ text: turn.text }];
  return {
    whole: answer([...thought, ...text, ...calls], 'STOP'),
    events: [
      ...pieces(turn.reasoning ?? '').map((piece) => event(answer([{ text: piece, thought: true }]))),
      ...pieces(turn.text ?? '').map((piece) => event(answer([{ text: piece }]))),
      event(answer(calls.length > 0 ? calls : [{ text: '' }], 'STOP')),
    ],
  };
}

/** Renders a turn the way each vendor's API would. */
export const renderers = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  gemini,
} as const satisfies Record<ApiFormat, (turn: ModelTurn, request: JsonObject, serial: number) => Rendered>;

/** The API that a path belongs to, whatever prefix stands before it. */
export function formatOf(path: string): ApiFormat | null {
  if (/\/chat\/completions$/.test(path)) return 'openai-chat';
  if (/\/responses$/.test(path)) return 'openai-responses';
  if (/\/messages$/.test(path)) return 'anthropic-messages';
  if (/:(streamG|g)enerateContent$/.test(path)) return 'gemini';
  return null;
}
