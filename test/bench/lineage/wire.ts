import { type ApiFormat, type ModelTurn, renderers, type ScriptedToolCall } from '../../support/model-formats.js';
import type { JsonObject } from '../../support/model-server.js';

export const wireFormats = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'ollama'] as const;
export type WireName = (typeof wireFormats)[number];

/** A history as the client keeps it, before it is written in a vendor's shape. */
export type Item =
  | { kind: 'user'; text: string }
  | { kind: 'assistant'; text: string; reasoning?: string; calls: ScriptedToolCall[] }
  /** `apart`: in a message of its own where the format would put results together. */
  | {
      kind: 'result';
      id: string | null;
      name: string;
      text: string;
      apart?: boolean;
      ask?: { exchange: string; index: number };
    }
  /** Items in the vendor's own shape, sent as they came. */
  | { kind: 'raw'; value: JsonObject };

export interface Prompt {
  system: string;
  tools: readonly string[];
  items: readonly Item[];
  stream: boolean;
  params: JsonObject;
}

export interface Answer {
  text: string;
  type: string;
}

const schema = {
  type: 'object',
  properties: { path: { type: 'string' }, query: { type: 'string' }, limit: { type: 'integer' } },
  required: [],
};
const about = 'Runs in the workspace of the user and returns what it printed, cut at 4,000 characters.';

const urls: Record<WireName, string> = {
  'openai-chat': 'https://api.openai.com/v1/chat/completions',
  'openai-responses': 'https://api.openai.com/v1/responses',
  'anthropic-messages': 'https://api.anthropic.com/v1/messages',
  gemini: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-preview',
  ollama: 'http://127.0.0.1:11434/api/chat',
};

export function urlOf(format: WireName, stream: boolean): string {
  if (format !== 'gemini') return urls[format];
  return `${urls.gemini}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
}

const args = (call: ScriptedToolCall) =>
  typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);

function chatMessages({ system, items }: Prompt): JsonObject[] {
  const out: JsonObject[] = [{ role: 'system', content: system }];
  for (const item of items) {
    if (item.kind === 'user') out.push({ role: 'user', content: item.text });
    else if (item.kind === 'raw') out.push(item.value);
    else if (item.kind === 'result') out.push({ role: 'tool', tool_call_id: item.id, content: item.text });
    else {
      const tool_calls = item.calls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: args(call) },
      }));
      out.push({
        role: 'assistant',
        content: item.text === '' ? null : item.text,
        ...(item.reasoning === undefined ? {} : { reasoning_content: item.reasoning }),
        ...(tool_calls.length > 0 ? { tool_calls } : {}),
      });
    }
  }
  return out;
}

const summaryOf = (text: string) => ({ type: 'summary_text', text });

function responsesInput({ items }: Prompt): JsonObject[] {
  return items.flatMap((item): JsonObject[] => {
    if (item.kind === 'user') return [{ role: 'user', content: [{ type: 'input_text', text: item.text }] }];
    if (item.kind === 'raw') return [item.value];
    if (item.kind === 'result') return [{ type: 'function_call_output', call_id: item.id, output: item.text }];
    const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: item.text }] };
    const calls = item.calls.map((call) => ({
      type: 'function_call',
      call_id: call.id,
      name: call.name,
      arguments: args(call),
    }));
    const thought = item.reasoning === undefined ? [] : [{ type: 'reasoning', summary: [summaryOf(item.reasoning)] }];
    return [...thought, ...(item.text === '' ? [] : [said]), ...calls];
  });
}

function anthropicMessages({ items }: Prompt): JsonObject[] {
  const out: JsonObject[] = [];
  let results: JsonObject[] | null = null;
  for (const item of items) {
    if (item.kind === 'result') {
      const block = { type: 'tool_result', tool_use_id: item.id, content: item.text };
      if (results !== null && item.apart !== true) results.push(block);
      else {
        results = [block];
        out.push({ role: 'user', content: results });
      }
      continue;
    }
    results = null;
    if (item.kind === 'user') out.push({ role: 'user', content: item.text });
    else if (item.kind === 'raw') out.push(item.value);
    else {
      const content: JsonObject[] = [];
      if (item.reasoning !== undefined)
        content.push({ type: 'thinking', thinking: item.reasoning, signature: 'c2lnbmF0dXJl' });
      if (item.text !== '') content.push({ type: 'text', text: item.text });
      for (const call of item.calls)
        content.push({ type: 'tool_use', id: call.id, name: call.name, input: call.arguments });
      out.push({ role: 'assistant', content });
    }
  }
  return out;
}

function geminiContents({ items }: Prompt): JsonObject[] {
  const out: { role: string; parts: JsonObject[] }[] = [];
  const add = (role: string, parts: JsonObject[]) => {
    const last = out.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else out.push({ role, parts });
  };
  for (const item of items) {
    if (item.kind === 'user') add('user', [{ text: item.text }]);
    else if (item.kind === 'raw') out.push(item.value as (typeof out)[number]);
    else if (item.kind === 'result') {
      add('user', [{ functionResponse: { name: item.name, response: { result: item.text } } }]);
    } else add('model', geminiParts(item));
  }
  return out;
}

interface Said {
  text?: string;
  reasoning?: string;
  calls: ScriptedToolCall[];
}

function geminiParts({ text, reasoning, calls }: Said): JsonObject[] {
  return [
    ...(reasoning === undefined ? [] : [{ text: reasoning, thought: true }]),
    ...(text ? [{ text }] : []),
    ...calls.map((call) => ({ functionCall: { name: call.name, args: call.arguments } })),
  ];
}

function ollamaMessages({ system, items }: Prompt): JsonObject[] {
  const out: JsonObject[] = [{ role: 'system', content: system }];
  for (const item of items) {
    if (item.kind === 'user') out.push({ role: 'user', content: item.text });
    else if (item.kind === 'raw') out.push(item.value);
    else if (item.kind === 'result') out.push({ role: 'tool', tool_name: item.name, content: item.text });
    else out.push(ollamaTurn(item));
  }
  return out;
}

function ollamaTurn({ text, reasoning, calls }: Said): JsonObject {
  const tool_calls = calls.map((call) => ({ function: { name: call.name, arguments: call.arguments } }));
  return {
    role: 'assistant',
    content: text ?? '',
    ...(reasoning === undefined ? {} : { thinking: reasoning }),
    ...(tool_calls.length > 0 ? { tool_calls } : {}),
  };
}

const saidIn = ({ text, reasoning, toolCalls }: ModelTurn): Said => ({
  ...(text === undefined ? {} : { text }),
  ...(reasoning === undefined ? {} : { reasoning }),
  calls: toolCalls ?? [],
});

/** The request body that a client of this format sends. */
export function requestBody(format: WireName, prompt: Prompt): JsonObject {
  const { system, tools, stream, params } = prompt;
  const streaming = stream ? { stream: true } : {};
  const declared = tools.map((name) => ({ name, description: about, parameters: schema }));
  switch (format) {
    case 'openai-chat': {
      const offered = declared.map((tool) => ({ type: 'function', function: tool }));
      return { model: 'gpt-5', ...streaming, ...params, tools: offered, messages: chatMessages(prompt) };
    }
    case 'openai-responses': {
      const offered = declared.map((tool) => ({ type: 'function', ...tool }));
      const base = { model: 'gpt-5-codex', ...streaming, instructions: system, ...params };
      return { ...base, tools: offered, input: responsesInput(prompt) };
    }
    case 'anthropic-messages': {
      const offered = tools.map((name) => ({ name, description: about, input_schema: schema }));
      const base = { model: 'claude-sonnet-4-5', max_tokens: 8192, ...streaming, ...params };
      const blocks = [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }];
      return { ...base, system: blocks, tools: offered, messages: anthropicMessages(prompt) };
    }
    case 'gemini':
      return {
        systemInstruction: { parts: [{ text: system }] },
        contents: geminiContents(prompt),
        tools: [{ functionDeclarations: declared }],
        ...params,
      };
    case 'ollama': {
      const offered = declared.map((tool) => ({ type: 'function', function: tool }));
      return { model: 'qwen3', stream, tools: offered, messages: ollamaMessages(prompt), ...params };
    }
  }
}

/** The answer of the vendor's server to it. `choices`: further answers to the same request (`n`, `candidateCount`). */
export function answerTo(format: WireName, request: JsonObject, turn: ModelTurn, choices: string[] = []): Answer {
  const stream = request['stream'] === true;
  if (format === 'gemini') return geminiAnswer(turn, choices);
  if (format === 'ollama') return ollamaAnswer(turn, stream);
  const rendered = renderers[format as ApiFormat](turn, request, 0);
  if (stream && choices.length === 0) return { text: rendered.events.join(''), type: 'text/event-stream' };
  const { whole } = rendered;
  if (format === 'openai-chat') {
    for (const [index, content] of choices.entries()) {
      const message = { role: 'assistant', content, refusal: null };
      whole['choices'].push({ index: index + 1, message, logprobs: null, finish_reason: 'stop' });
    }
  }
  return { text: JSON.stringify(whole), type: 'application/json' };
}

function geminiAnswer(turn: ModelTurn, choices: string[]): Answer {
  const base = { modelVersion: 'gemini-3-pro-preview', responseId: turn.responseId };
  const usageMetadata = { promptTokenCount: 900, candidatesTokenCount: 90, totalTokenCount: 990 };
  const parts = geminiParts(saidIn(turn));
  const candidates = [
    { content: { role: 'model', parts }, finishReason: 'STOP', index: 0 },
    ...choices.map((text, index) => ({
      content: { role: 'model', parts: [{ text }] },
      finishReason: 'STOP',
      index: index + 1,
    })),
  ];
  return { text: JSON.stringify({ ...base, candidates, usageMetadata }), type: 'application/json' };
}

function ollamaAnswer(turn: ModelTurn, stream: boolean): Answer {
  const base = { model: 'qwen3', created_at: '2026-11-01T10:00:00Z' };
  const end = { done: true, done_reason: 'stop', prompt_eval_count: 900, eval_count: 90, total_duration: 10_000_000 };
  const message = ollamaTurn(saidIn(turn));
  if (!stream) return { text: JSON.stringify({ ...base, message, ...end }), type: 'application/json' };
  const lines = [
    { ...base, message, done: false },
    { ...base, message: { role: 'assistant', content: '' }, ...end },
  ];
  return { text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''), type: 'application/x-ndjson' };
}
