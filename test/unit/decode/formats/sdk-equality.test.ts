import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  type FixtureFormat,
  fixture,
  fixtureExchange,
  jsonHeaders,
  message,
  responseOf,
  sseHeaders,
} from '../support.js';

/** The vendors' own accumulators read the same bytes; what they make of them must read like our own joining. */
const answering = (body: Uint8Array) => async () =>
  new Response(new Uint8Array(body), { headers: { 'content-type': 'text/event-stream', 'request-id': 'req_1' } });

const openai = (body: Uint8Array) =>
  new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0, fetch: answering(body) });
const anthropic = (body: Uint8Array) =>
  new Anthropic({ apiKey: 'none', baseURL: 'http://127.0.0.1:9', maxRetries: 0, fetch: answering(body) });

const accumulate: Record<FixtureFormat, (body: Uint8Array) => Promise<unknown>> = {
  'openai-chat': (body) =>
    openai(body).chat.completions.stream({ model: 'm', messages: [], n: 2 }).finalChatCompletion(),
  'openai-responses': (body) => openai(body).responses.stream({ model: 'm', input: 'x' }).finalResponse(),
  'anthropic-messages': (body) =>
    anthropic(body).beta.messages.stream({ model: 'm', max_tokens: 1, messages: [] }).finalMessage(),
};

function ours(format: FixtureFormat, body: Uint8Array) {
  const { first_content_event, ...response } = responseOf(
    fixtureExchange(format, 'any.sse', { response: message(body, sseHeaders) }),
  );
  return response;
}

function theirs(format: FixtureFormat, final: unknown) {
  const { first_content_event, ...response } = responseOf(
    fixtureExchange(format, 'any.json', { response: message(JSON.stringify(final), jsonHeaders) }),
  );
  return response;
}

const streams: [FixtureFormat, string][] = [
  ['openai-chat', 'tools.sse'],
  ['openai-chat', 'two-choices.sse'],
  ['openai-chat', 'function-call.sse'],
  ['openai-chat', 'custom-tool.sse'],
  ['openai-chat', 'refusal.sse'],
  ['openai-responses', 'many-items.sse'],
  ['openai-responses', 'incomplete.sse'],
  ['anthropic-messages', 'thinking-tools.sse'],
  ['anthropic-messages', 'server-tools.sse'],
  ['anthropic-messages', 'beta-blocks.sse'],
];

/** Fixtures are read from disk only where they exist; the exchange's own body is replaced. */
function read(format: FixtureFormat, name: string): Uint8Array {
  return fixture(`${format}/${name}`);
}

describe('the vendors’ stream helpers', () => {
  it.each(streams)('agree with us about %s/%s', async (format, name) => {
    const body = read(format, name);
    expect(ours(format, body)).toEqual(theirs(format, await accumulate[format](body)));
  });

  const piece = fc.string({ unit: 'grapheme', maxLength: 8 });
  const pieces = fc.array(piece, { minLength: 1, maxLength: 6 });
  const json = fc.dictionary(
    fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__'),
    fc.jsonValue({ maxDepth: 2 }),
  );

  it('agree about any chat stream', async () => {
    const stream = fc.record({ text: pieces, calls: fc.array(fc.tuple(fc.uuid(), json), { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(stream, fc.integer({ min: 1, max: 9 }), async ({ text, calls }, width) => {
        const deltas: object[] = text.map((content) => ({ content }));
        deltas.unshift({ role: 'assistant' });
        const fragments = calls.map(([id, value], index) => {
          const parts = cut(JSON.stringify(value), width).map((argument) => ({
            index,
            function: { arguments: argument },
          }));
          return [{ index, id, type: 'function', function: { name: `tool_${index}`, arguments: '' } }, ...parts];
        });
        for (const fragment of interleave(fragments)) deltas.push({ tool_calls: [fragment] });
        const chunks = deltas.map((delta) => ({ index: 0, delta, finish_reason: null as string | null }));
        chunks.push({ index: 0, delta: {}, finish_reason: 'stop' });
        const lines = chunks.map(
          (choice) =>
            `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice] })}\n\n`,
        );
        const body = bytes(`${lines.join('')}data: [DONE]\n\n`);
        expect(ours('openai-chat', body)).toEqual(theirs('openai-chat', await accumulate['openai-chat'](body)));
      }),
      { numRuns: 60 },
    );
  });

  it('agree about any message stream', async () => {
    const block = fc.oneof(
      fc.record({ type: fc.constant('text' as const), pieces }),
      fc.record({ type: fc.constant('thinking' as const), pieces }),
      fc.record({ type: fc.constant('tool_use' as const), input: json, width: fc.integer({ min: 1, max: 9 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 5 }), async (blocks) => {
        const events: { type: string; [key: string]: unknown }[] = [
          {
            type: 'message_start',
            message: {
              id: 'm',
              type: 'message',
              role: 'assistant',
              model: 'x',
              content: [],
              usage: { input_tokens: 1, output_tokens: 1 },
            },
          },
        ];
        blocks.forEach((given, index) => {
          const { type } = given;
          const start = type === 'tool_use' ? { id: `t${index}`, name: 'n', input: {} } : { [type]: '' };
          events.push({ type: 'content_block_start', index, content_block: { type, ...start } });
          const deltas =
            type === 'tool_use'
              ? cut(JSON.stringify(given.input), given.width).map((part) => ({
                  type: 'input_json_delta',
                  partial_json: part,
                }))
              : given.pieces.map((part) => ({ type: `${type}_delta`, [type]: part }));
          for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
          events.push({ type: 'content_block_stop', index });
        });
        events.push({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } });
        events.push({ type: 'message_stop' });
        const body = bytes(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
        const format = 'anthropic-messages';
        expect(ours(format, body)).toEqual(theirs(format, await accumulate[format](body)));
      }),
      { numRuns: 60 },
    );
  });
});

function cut(text: string, width: number): string[] {
  const parts: string[] = [];
  for (let i = 0; i < text.length; i += width) parts.push(text.slice(i, i + width));
  return parts;
}

/** One from each list in turn, each list in its own order. */
function interleave<T>(lists: T[][]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) =>
    lists.flatMap((list) => (i < list.length ? [list[i] as T] : [])),
  ).flat();
}
