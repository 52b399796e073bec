import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { startModelServer } from '../../support/model-server.js';

const weather = { name: 'get_weather', arguments: { city: 'Zürich — 東京', days: 3 } };

describe('the scripted model server, asked by the vendors’ own clients', () => {
  it('speaks OpenAI chat completions, whole and streamed', async () => {
    await using server = await startModelServer();
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 });
    const turn = { text: 'Let me look that up.', toolCalls: [weather], usage: { input: 12, output: 7 } };
    server.say(turn, turn);
    const ask = { model: 'm-1', messages: [{ role: 'user' as const, content: 'hi' }] };
    const whole = await client.chat.completions.create(ask);
    const stream = client.chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    for (const answer of [whole, streamed]) {
      expect(answer.choices[0]?.message.content).toBe('Let me look that up.');
      const call = answer.choices[0]?.message.tool_calls?.[0];
      expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual(weather.arguments);
      expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
      expect(answer.usage?.total_tokens).toBe(19);
    }
  });

  it('speaks OpenAI responses, whole and streamed', async () => {
    await using server = await startModelServer();
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'k', maxRetries: 0 });
    const turn = { reasoning: 'They want weather.', text: 'One moment.', toolCalls: [{ ...weather, id: 'call_w' }] };
    server.say(turn, turn);
    const whole = await client.responses.create({ model: 'm-2', input: 'hi' });
    const streamed = await client.responses.stream({ model: 'm-2', input: 'hi' }).finalResponse();
    for (const answer of [whole, streamed]) {
      expect(answer.output_text).toBe('One moment.');
      const call = answer.output.find((item) => item.type === 'function_call');
      expect(call).toMatchObject({
        call_id: 'call_w',
        name: 'get_weather',
        arguments: JSON.stringify(weather.arguments),
      });
    }
  });

  it('speaks Anthropic messages, whole and streamed', async () => {
    await using server = await startModelServer();
    const client = new Anthropic({ baseURL: server.url, apiKey: 'k', maxRetries: 0 });
    const turn = { reasoning: 'Hm.', text: 'I will check.', toolCalls: [weather], usage: { input: 9, output: 4 } };
    server.say(turn, turn);
    const ask = { model: 'm-3', max_tokens: 100, messages: [{ role: 'user' as const, content: 'hi' }] };
    const whole = await client.messages.create(ask);
    const streamed = await client.messages.stream(ask).finalMessage();
    for (const answer of [whole, streamed]) {
      expect(answer.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use']);
      expect(answer.content[2]).toMatchObject({ name: 'get_weather', input: weather.arguments });
      expect(answer.stop_reason).toBe('tool_use');
      expect(answer.usage).toMatchObject({ input_tokens: 9, output_tokens: 4 });
    }
  });

  it('answers in the pieces, the encoding and up to the byte that the test asks for', async () => {
    await using server = await startModelServer();
    server.say({ raw: 'héllo wörld', pieceBytes: 2, encoding: 'gzip', headers: { 'content-type': 'text/plain' } });
    const answer = await fetch(`${server.url}/anything`);
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(await answer.text()).toBe('héllo wörld');
    server.say({ raw: ['data: one\n\n', 'data: two\n\n'], cutAfterBytes: 14 });
    const broken = await fetch(`${server.url}/cut`);
    await expect(broken.text()).rejects.toThrow();
    expect(server.sent[1]?.toString()).toBe('data: one\n\ndat');
    expect(server.requests.map(({ path }) => path)).toEqual(['/anything', '/cut']);
  });

  it.each([{ tls: true }, { http2: true }])('serves TLS with a certificate its CA vouches for: %o', async (options) => {
    await using server = await startModelServer(options);
    const ca = readFileSync(server.caPath);
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'over TLS' }] });
    const text = await new Promise<string>((resolve, reject) => {
      const url = `${server.url}/v1/chat/completions`;
      const outgoing = request(url, { method: 'POST', ca }, async (response) => {
        let received = '';
        for await (const chunk of response) received += chunk;
        resolve(received);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    expect(JSON.parse(text).choices[0].message.content).toBe('You said: over TLS');
  });
});
