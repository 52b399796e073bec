import { describe, expect, it } from 'vitest';
import { detectImporter } from '../../../../src/main/intake/importers/index.js';
import { rawApi } from '../../../../src/main/intake/importers/raw-api.js';
import { readHead } from '../../../../src/main/intake/importers/reading/input.js';
import { importedStore } from '../../../support/imported.js';
import { callsOf, fixture, read, skippedOf } from './support.js';

const lines = (...values: unknown[]) => Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'));
const chat = (id: string, message: object, more: object = {}) => ({
  id,
  object: 'chat.completion',
  created: 1_764_100_000,
  model: 'gpt-4.1-mini',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 3 },
  ...more,
});
const callsIn = async (...values: unknown[]) => callsOf(await read(rawApi, lines(...values)));

describe('bodies of model APIs as they went over the wire', () => {
  it('reads answers of each vendor, alone and with what was asked', async () => {
    const items = await read(rawApi, fixture('raw-api/mixed.jsonl'));
    expect(
      callsOf(items).map(({ call }) => [
        call?.format,
        call?.response?.response_id,
        call?.response?.model,
        call?.request.history_complete,
        call?.response?.usage?.output_tokens,
      ]),
    ).toEqual([
      ['openai-chat', 'chatcmpl-1', 'gpt-4.1-mini-2025-04-14', false, 7],
      ['anthropic-messages', 'msg_01HarbourA', 'claude-sonnet-4-5-20250929', false, 19],
      ['openai-responses', 'resp_68harbour', 'gpt-5-mini', false, 9],
      ['gemini', 'gEm1', 'gemini-2.5-flash', false, 6],
      ['openai-chat', 'chatcmpl-2', 'gpt-4.1-mini-2025-04-14', true, 7],
      ['openai-chat', 'chatcmpl-3', 'gpt-4.1-mini-2025-04-14', false, 7],
      ['anthropic-messages', 'msg_01HarbourB', 'claude-haiku-4-5', false, 5],
    ]);
    expect(skippedOf(items)).toEqual([{ where: 'line 8', reason: 'no answer: expired' }]);
    const [, anthropic, responses, , asked, batch] = callsOf(items);
    expect(anthropic?.call?.response?.messages[0]?.parts).toMatchObject([
      { type: 'reasoning', text: 'The table is small.' },
      { type: 'text', text: 'Three boats are moored.' },
      { type: 'tool_call', id: 'toolu_01Boat', name: 'list_boats', arguments: { pier: 3 } },
    ]);
    expect(responses?.call?.request.messages).toMatchObject([
      { role: 'system', parts: [{ text: 'Answer in one line.' }] },
    ]);
    expect(asked).toMatchObject({
      started_at: Date.parse('2025-11-24T16:10:00Z') * 1000,
      ended_at: Date.parse('2025-11-24T16:10:01.500Z') * 1000,
      call: { request: { params: { temperature: 0 } } },
    });
    expect(batch?.trace).toMatchObject({ title: 'row-7', metadata: { custom_id: 'row-7' } });
  });

  it('reads what loggers keep beside the answer', async () => {
    const answer = chat('chatcmpl-x', { content: 'Nine.' });
    const question = [{ role: 'user', content: 'How many lamps?' }];
    const gemini = {
      status: '',
      processed_time: '2025-11-25T09:00:00.000+00:00',
      request: { contents: [{ role: 'user', parts: [{ text: 'How many lamps?' }] }] },
      response: { candidates: [{ content: { role: 'model', parts: [{ text: 'Nine.' }] } }], modelVersion: 'g-1' },
    };
    const shapes = [
      { request_body: { model: 'm', messages: question }, response_body: answer },
      { request: JSON.stringify({ model: 'm', messages: question }), response: JSON.stringify(answer) },
      // As LiteLLM logs a call.
      {
        id: 'l-1',
        call_type: 'acompletion',
        messages: question,
        model: 'm',
        response: answer,
        startTime: 1_764_000_001.5,
      },
      // As a recorder of HTTP keeps it.
      {
        request: {
          method: 'POST',
          url: 'https://api.example.test/v1/chat/completions',
          body: { model: 'm', messages: question },
        },
        response: { status: 200, headers: {}, body: answer },
      },
      gemini,
      {
        recordId: 'CALL01',
        modelInput: { anthropic_version: 'bedrock-2023-05-31', max_tokens: 10, messages: question },
        modelOutput: {
          id: 'msg_bdrk_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-x',
          content: [{ type: 'text', text: 'Nine.' }],
        },
      },
    ];
    for (const shape of shapes) {
      const calls = await callsIn(shape);
      expect(calls, JSON.stringify(shape)).toHaveLength(1);
      const { request, response } = calls[0]?.call ?? {};
      expect(request?.history_complete).toBe(true);
      expect(request?.messages).toMatchObject([{ role: 'user', parts: [{ text: 'How many lamps?' }] }]);
      expect(response?.messages).toMatchObject([{ role: 'assistant', parts: [{ text: 'Nine.' }] }]);
      expect(detectImporter(readHead('f', lines(shape)))?.id).toBe('raw-api');
    }
  });

  it('keeps what failed as a call with its error, and says what is only a request', async () => {
    const asked = { model: 'm', messages: [{ role: 'user', content: 'Hello?' }] };
    const refused = { error: { type: 'rate_limit_error', message: 'Too many.' } };
    const [failed] = await callsIn({ request: asked, response: { status_code: 429, body: refused } });
    expect(failed?.call?.response?.error).toMatchObject({ message: 'Too many.' });
    const [broken] = await callsIn({ request: asked, response: null, error: 'connection reset' });
    expect(broken?.call?.response?.error).toEqual({ code: 'error', message: 'connection reset' });
    const items = await read(
      rawApi,
      lines({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: asked }),
    );
    expect(skippedOf(items)).toEqual([{ where: 'line 1', reason: 'a request without an answer' }]);
  });

  it('reads a list, a page of a list and one document', async () => {
    const answers = [chat('c-1', { content: 'One.' }), chat('c-2', { content: 'Two.' })];
    for (const document of [answers, { object: 'list', data: answers, has_more: false }]) {
      const bytes = Buffer.from(JSON.stringify(document, null, 2));
      expect(callsOf(await read(rawApi, bytes)).map(({ key }) => key)).toEqual(['c-1', 'c-2']);
    }
    expect(callsOf(await read(rawApi, Buffer.from(JSON.stringify(answers[0], null, 2))))).toHaveLength(1);
  });

  it('gives equal answers without an id a call each, and what it was told of no duration', async () => {
    const { id: _, ...nameless } = chat('', { content: 'Yes.' });
    const calls = await callsIn(nameless, nameless);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(2);
    expect(calls[0]).toMatchObject({ started_at: 1_764_100_000_000_000, ended_at: 1_764_100_000_000_000 });
    using store = importedStore();
    const { trace_ids } = await store.take(lines(nameless, nameless, chat('c-9', { content: 'No.' })), 'answers.jsonl');
    expect(trace_ids).toHaveLength(3);
    for (const id of trace_ids) expect(store.reader.trace(id)?.calls).toMatchObject([{ duration_ms: null }]);
  });

  it('threads calls whose requests repeat what was said', async () => {
    const first = { role: 'user', content: 'Name a knot.' };
    const answer = { role: 'assistant', content: 'The bowline.' };
    using store = importedStore();
    const { trace_ids } = await store.take(
      lines(
        { request: { model: 'm', messages: [first] }, response: chat('k-1', answer, { created: 1_764_100_001 }) },
        {
          request: { model: 'm', messages: [first, answer, { role: 'user', content: 'And another?' }] },
          response: chat('k-2', { content: 'The sheet bend.' }, { created: 1_764_100_009 }),
        },
      ),
    );
    expect(trace_ids).toHaveLength(1);
    expect(store.reader.trace(trace_ids[0] as string)?.calls).toHaveLength(2);
  });
});
