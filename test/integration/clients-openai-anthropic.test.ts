import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { decodeExchange, readExchange } from '../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../src/main/redact/index.js';
import type { DecodedExchange, Part } from '../../src/shared/model/index.js';
import { startTestCapture, type TestCapture } from '../support/capture.js';
import { type Answer, type JsonObject, type ModelServer, startModelServer } from '../support/model-server.js';
import { fixtureBytes } from '../support/wire-exchanges.js';

/** What the vendors' own packages make of an answer that passed the proxy is what we make of the captured one. */

let model: ModelServer;
let sockets: { url: string; close(): Promise<void> };
let capture: TestCapture;
const redactor = createRedactor({ policy: defaultPolicy, key: Buffer.alloc(32, 3) });

beforeAll(async () => {
  model = await startModelServer();
  sockets = await startResponsesSocket();
  capture = await startTestCapture({
    upstreams: { openai: model.url, anthropic: model.url, socket: sockets.url },
  });
});
afterAll(async () => {
  await capture?.stop();
  await Promise.all([model?.close(), sockets?.close()]);
});

const stream = (path: string): Answer => ({
  raw: fixtureBytes(path),
  headers: { 'content-type': 'text/event-stream' },
  pieceBytes: 61,
});

/** What was captured while `client` ran. */
async function captured<T>(exchanges: number, client: () => Promise<T>): Promise<[T, DecodedExchange[]]> {
  const before = (await capture.exchanges(0)).length;
  const theirs = await client();
  const all = await capture.exchanges(before + exchanges);
  return [theirs, all.slice(before).flatMap((exchange) => decodeExchange(redactor.exchange(readExchange(exchange))))];
}

const partsOf = (decoded: DecodedExchange | undefined): Part[] => decoded?.call?.response?.messages[0]?.parts ?? [];
const textOf = (parts: Part[]) => parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
const callsOf = (parts: Part[]) =>
  parts.flatMap((part) =>
    part.type === 'tool_call' && part.server !== true
      ? [{ id: part.id, name: part.name, arguments: part.arguments }]
      : [],
  );

describe('openai', () => {
  const client = (upstream: string) =>
    new OpenAI({ apiKey: 'dummy', baseURL: `${capture.proxy}/${upstream}/v1`, maxRetries: 0 });

  it('streams a chat completion', async () => {
    model.say(stream('openai-chat/tools.sse'));
    const [final, [ours]] = await captured(1, () =>
      client('openai')
        .chat.completions.stream({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hi' }] })
        .finalChatCompletion(),
    );
    const [choice] = final.choices;
    const parts = partsOf(ours);
    expect(ours).toMatchObject({
      format: 'openai-chat',
      call: { response: { response_id: final.id, model: final.model } },
    });
    expect(textOf(parts)).toBe(choice?.message.content ?? '');
    expect(ours?.call?.response?.stop_reason).toBe(choice?.finish_reason);
    expect(callsOf(parts)).toEqual(
      choice?.message.tool_calls?.map((call) =>
        call.type === 'function'
          ? { id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) }
          : null,
      ),
    );
    expect(callsOf(parts).length).toBeGreaterThan(0);
    expect(ours?.call?.response?.usage).toMatchObject({
      input_tokens: final.usage?.prompt_tokens,
      output_tokens: final.usage?.completion_tokens,
    });
  });

  it('streams a response', async () => {
    model.say(stream('openai-responses/many-items.sse'));
    const [final, [ours]] = await captured(1, () =>
      client('openai').responses.stream({ model: 'gpt-5.1', input: 'Hi' }).finalResponse(),
    );
    expectResponse(ours, final);
    expect(ours?.call?.response?.unknown_events).toEqual({});
  });

  it('speaks Responses over a WebSocket: several turns, two of them at once', async () => {
    const [finals, all] = await captured(2, async () => {
      const ws = new ResponsesWS(client('socket'));
      const answers = new Map<string, OpenAI.Responses.Response>();
      const ended = (count: number) =>
        new Promise<void>((resolve, reject) => {
          ws.on('error', reject);
          ws.on('response.completed', ({ response }) => {
            answers.set(response.id, response);
            if (answers.size === count) resolve();
          });
        });
      const ask = (text: string, more: object = {}) =>
        ws.send({ type: 'response.create', model: 'gpt-5.1', input: text, ...more });
      const first = ended(1);
      ask('one');
      await first;
      const rest = ended(3);
      ask('two', { previous_response_id: 'resp_1', stream_id: 'a' });
      ask('three', { previous_response_id: 'resp_1', stream_id: 'b' });
      await rest;
      const closed = new Promise((resolve) => ws.on('close', resolve));
      ws.close({ code: 1000, reason: 'done' });
      await closed;
      return answers;
    });
    // Its spans end where everything asked is answered.
    const spans = all.filter(({ format }) => format === 'websocket');
    const turns = all.filter(({ format }) => format !== 'websocket');
    expect(spans).toMatchObject([1, 2].map(() => ({ call: null, decode_error: null })));
    expect(turns.map(({ call }) => call?.request.messages)).toMatchObject(
      ['one', 'two', 'three'].map((text) => [{ role: 'user', parts: [{ type: 'text', text }] }]),
    );
    expect(finals.size).toBe(3);
    for (const turn of turns) {
      const final = finals.get(turn.call?.response?.response_id ?? '');
      expect(turn.exchange).toMatchObject({ via: 'socket', state: 'complete' });
      expect(spans.map(({ exchange }) => exchange.exchange_id)).toContain(turn.exchange.part_of);
      expectResponse(turn, final as OpenAI.Responses.Response);
      expect(turn.call?.first_token_at).toBeGreaterThanOrEqual(turn.exchange.started_at);
    }
    expect(turns.map(({ call }) => call?.request.previous_response_id)).toEqual([undefined, 'resp_1', 'resp_1']);
  });

  function expectResponse(ours: DecodedExchange | undefined, final: OpenAI.Responses.Response) {
    expect(ours).toMatchObject({
      format: 'openai-responses',
      call: { response: { response_id: final.id, model: final.model, partial: false } },
    });
    const parts = partsOf(ours);
    expect(textOf(parts)).toBe(final.output_text ?? textIn(final));
    expect(
      callsOf(parts).filter(({ name }) => final.output.some((item) => 'name' in item && item.name === name)),
    ).toEqual(
      final.output.flatMap((item) =>
        item.type === 'function_call'
          ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) }]
          : item.type === 'custom_tool_call'
            ? [{ id: item.call_id, name: item.name, arguments: item.input }]
            : [],
      ),
    );
    expect(ours?.call?.response?.usage).toMatchObject({
      input_tokens: final.usage?.input_tokens,
      output_tokens: final.usage?.output_tokens,
    });
  }

  /** The package adds `output_text` only to answers that came by HTTP. */
  function textIn(final: OpenAI.Responses.Response): string {
    return final.output
      .flatMap((item) => (item.type === 'message' ? item.content : []))
      .map((part) => (part.type === 'output_text' ? part.text : ''))
      .join('');
  }
});

describe('@anthropic-ai/sdk', () => {
  const client = () => new Anthropic({ apiKey: 'dummy', baseURL: `${capture.proxy}/anthropic`, maxRetries: 0 });
  const ask = { model: 'claude-opus-4-5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };

  it('streams thinking and tool use', async () => {
    model.say(stream('anthropic-messages/thinking-tools.sse'));
    const [final, [ours]] = await captured(1, () => client().messages.stream(ask).finalMessage());
    const parts = partsOf(ours);
    expect(ours).toMatchObject({
      format: 'anthropic-messages',
      call: { response: { response_id: final.id, model: final.model, stop_reason: final.stop_reason } },
    });
    const thinking = final.content.flatMap((block) => (block.type === 'thinking' ? [block] : []));
    expect(thinking.length).toBeGreaterThan(0);
    expect(
      parts.flatMap((part) =>
        part.type === 'reasoning' && part.text !== '' ? [{ thinking: part.text, signature: part.signature ?? '' }] : [],
      ),
    ).toEqual(thinking.map(({ thinking: text, signature }) => ({ thinking: text, signature })));
    expect(textOf(parts)).toBe(final.content.map((block) => (block.type === 'text' ? block.text : '')).join(''));
    const uses = final.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
    expect(uses.length).toBeGreaterThan(0);
    expect(callsOf(parts)).toEqual(uses.map(({ id, name, input }) => ({ id, name, arguments: input })));
    expect(ours?.call?.response?.usage?.output_tokens).toBe(final.usage.output_tokens);
  });

  it('continues a message thread, sending only what is new', async () => {
    const answer = (id: string, text: string): Answer => ({
      raw: JSON.stringify({
        id,
        type: 'message',
        role: 'assistant',
        model: 'claude-opus-4-5',
        content: [{ type: 'text', text }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: 5, output_tokens: 2 },
      }),
      headers: { 'content-type': 'application/json' },
    });
    model.say(answer('msg_1', 'Hello'), answer('msg_2', 'Fine'));
    const [theirs, [first, second]] = await captured(2, async () => {
      const thread = client().beta.messages.thread({ model: 'claude-opus-4-5', max_tokens: 100, system: 'Be kind.' });
      const answers = [
        await thread.send({ role: 'user', content: 'Hello, Claude' }),
        await thread.send({ role: 'user', content: 'How are you?' }),
      ];
      return { answers, messages: thread.messages };
    });
    expect([first, second].map((ours) => [ours?.call?.response?.response_id, textOf(partsOf(ours))])).toEqual(
      theirs.answers.map(({ id, content }) => [
        id,
        content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      ]),
    );
    expect(first?.call?.request).toMatchObject({ history_complete: true });
    expect(first?.call?.request.previous_response_id).toBeUndefined();
    expect(second?.call?.request).toMatchObject({
      history_complete: false,
      previous_response_id: 'msg_1',
      tools: [],
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'How are you?' }] }],
    });
    expect(theirs.messages).toHaveLength(4);
  });
});

/** A server of Responses over WebSocket: every answer in pieces, those of different lanes in turns. */
async function startResponsesSocket() {
  const http = createServer();
  const server = new WebSocketServer({ server: http, path: '/v1/responses', perMessageDeflate: true });
  server.on('connection', (socket) => {
    let serial = 0;
    let waiting: JsonObject[][] = [];
    socket.on('message', (data) => {
      const asked = JSON.parse(String(data)) as JsonObject;
      waiting.push(answerEvents(`resp_${++serial}`, asked));
      setTimeout(() => {
        const lanes = waiting;
        waiting = [];
        // One event of each lane after the other.
        for (let i = 0; lanes.some((events) => i < events.length); i++) {
          for (const events of lanes) if (events[i] !== undefined) socket.send(JSON.stringify(events[i]));
        }
      }, 20);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      http.close();
      await once(http, 'close');
    },
  };
}

function answerEvents(id: string, asked: JsonObject): JsonObject[] {
  const item = `msg_${id}`;
  const words = [`Answer to ${asked['input']}`, ' — später 🌊'];
  const base = {
    id,
    object: 'response',
    model: 'gpt-5.1-2025-11-13',
    output: [],
    created_at: 1,
    status: 'in_progress',
  };
  const at = { item_id: item, output_index: 0, content_index: 0 };
  const text = words.join('');
  const output = [
    {
      id: item,
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text, annotations: [] }],
    },
    {
      id: `fc_${id}`,
      type: 'function_call',
      call_id: `call_${id}`,
      name: 'look',
      arguments: '{"at":"the sea"}',
      status: 'completed',
    },
  ];
  const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 };
  const events: JsonObject[] = [
    { type: 'response.created', response: base },
    { type: 'response.output_item.added', output_index: 0, item: { ...output[0], content: [] } },
    ...words.map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
    { type: 'response.output_item.done', output_index: 0, item: output[0] },
    { type: 'response.output_item.done', output_index: 1, item: output[1] },
    { type: 'response.completed', response: { ...base, status: 'completed', output, usage } },
  ];
  const lane = asked['stream_id'] === undefined ? {} : { stream_id: asked['stream_id'] };
  return events.map((event, sequence_number) => ({ ...event, sequence_number, ...lane }));
}
