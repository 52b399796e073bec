import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireFormat } from '../../../src/main/decode/formats/format.js';
import { formats } from '../../../src/main/decode/index.js';
import { callOf, captured, decode, fixtureExchange, jsonHeaders, message, sseHeaders } from './support.js';

describe('decodeExchange', () => {
  it('lists every format once', () => {
    const ids: string[] = formats.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']));
  });

  it('passes over a format that fails when it is asked, and names it', () => {
    const list: WireFormat[] = formats as never;
    const [broken] = list as [WireFormat];
    list.unshift({
      ...broken,
      id: 'broken',
      matches() {
        throw new TypeError('odd');
      },
    });
    try {
      const { request: body } = fixtureExchange('openai-chat', 'whole.json');
      const read = decode(captured({ request: body, response: null, state: 'failed' }));
      expect(read).toMatchObject({ format: 'openai-chat', decode_error: null, failed_formats: ['broken'] });
      const unread = decode(captured({ request: message('text', [['content-type', 'text/plain']]) }));
      expect(unread.failed_formats).toEqual(['broken']);
    } finally {
      list.shift();
    }
    expect(decode(captured({})).failed_formats).toBeUndefined();
  });

  it('names tunnels and sockets by their kind', () => {
    expect(
      decode(captured({ kind: 'connect', method: 'CONNECT', url: 'https://x.example:443', response: null })),
    ).toMatchObject({
      format: 'connect',
      call: null,
    });
    expect(decode(captured({ kind: 'websocket', status: 101 }))).toMatchObject({ format: 'websocket', call: null });
  });

  it('reads a request that was never answered', () => {
    const { request: body } = fixtureExchange('openai-chat', 'whole.json');
    const exchange = captured({ request: body, response: null, state: 'failed' });
    const { request, response, cost_usd } = callOf(exchange);
    expect(request.model).toBe('gpt-4.1');
    expect(response).toBeNull();
    expect(cost_usd).toBeNull();
  });

  it('takes an answer for whole where the client hung up behind its end, and for broken off before it', () => {
    const error = { code: 'client_aborted', message: 'The client closed the connection.' };
    const hungUp = (format: Parameters<typeof fixtureExchange>[0], fixture: string, cut: number) => {
      const exchange = { ...fixtureExchange(format, fixture), state: 'aborted' as const, error };
      const body = exchange.response?.body ?? new Uint8Array();
      const response = message(body.subarray(0, body.length - cut), sseHeaders);
      return decode({ ...exchange, response: { ...response, status: 200, status_text: 'OK', informational: [] } });
    };
    for (const [format, fixture] of [
      ['openai-responses', 'many-items.sse'],
      ['anthropic-messages', 'thinking-tools.sse'],
    ] as const) {
      const whole = hungUp(format, fixture, 0);
      expect(whole.call?.response?.partial).toBe(false);
      expect(whole.exchange.state).toBe('complete');
      expect(whole.exchange.error).toBeUndefined();
      const broken = hungUp(format, fixture, 400);
      expect(broken.call?.response?.partial).toBe(true);
      expect(broken.exchange).toMatchObject({ state: 'aborted', error });
    }
  });

  it('keeps an exchange as plain HTTP where its format cannot read it, and says why', () => {
    const binary = fixtureExchange('openai-chat', 'whole.json', {
      response: message(
        Uint8Array.from({ length: 90 }, (_, i) => (i * 37) & 0xff),
        [['content-type', 'application/json']],
      ),
    });
    const decoded = decode(binary);
    expect(decoded).toMatchObject({ format: 'http', call: null, decode_error: { code: 'undecoded' } });
    expect(decoded.decode_error?.message).toContain('openai-chat');
  });

  it('prefers the path to the shape where a gateway answers in another vendor’s format', () => {
    const exchange = fixtureExchange('anthropic-messages', 'whole.json');
    expect(decode(exchange).format).toBe('anthropic-messages');
    expect(decode({ ...exchange, url: 'https://x.example/v1/chat/completions' }).format).toBe('openai-chat');
  });

  it('leaves out the arrival of the first token where it is not known', () => {
    const { first_token_at } = callOf(fixtureExchange('openai-chat', 'whole.json'));
    expect(first_token_at).toBeUndefined();
    expect(callOf(fixtureExchange('openai-chat', 'tools.sse')).first_token_at).toBe(1_000_000);
  });

  it('never throws, whatever JSON stands where', () => {
    const urls = [
      '/v1/chat/completions',
      '/v1/responses',
      '/v1/messages',
      '/v1/messages/count_tokens',
      '/v1/responses/compact',
      '/x',
    ];
    const keys = [
      'messages',
      'input',
      'content',
      'role',
      'type',
      'tool_calls',
      'function',
      'choices',
      'delta',
      'output',
      'item',
      'index',
      'usage',
      'error',
      'id',
      'call_id',
      'arguments',
      'summary',
      'system',
      'tools',
      '__proto__',
      'response',
      'output_index',
      'content_index',
      'model',
    ];
    const values = [
      'assistant',
      'text',
      'tool_use',
      'tool_result',
      'message',
      'function_call',
      'reasoning',
      'message_start',
      'content_block_start',
      'content_block_delta',
      'response.output_text.delta',
      'response.completed',
      'output_text',
      'shell_call',
      'mcp_call',
      '',
    ];
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        fc.oneof(fc.constantFrom(...values), fc.integer(), fc.constant(null), fc.boolean()),
        fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 6 }),
        fc.array(tie('tree'), { maxLength: 4 }),
      ),
    }));
    const request = fc.tuple(tree, fc.array(tree, { maxLength: 3 })).map(([any, messages]) => ({
      ...(typeof any === 'object' ? any : {}),
      messages,
      input: messages,
      model: 'm',
    }));
    fc.assert(
      fc.property(
        fc.constantFrom(...urls),
        request,
        fc.array(tree, { maxLength: 8 }),
        fc.boolean(),
        (path, sent, got, stream) => {
          const response = stream
            ? message(got.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), sseHeaders)
            : message(JSON.stringify(got[0] ?? {}), jsonHeaders);
          const decoded = decode(
            captured({
              url: `https://x.example${path}`,
              request: message(JSON.stringify(sent), jsonHeaders),
              response,
            }),
          );
          expect(decoded.decode_error?.message ?? '').not.toMatch(/undefined|is not a function|Cannot read|iterable/);
          expect(() => JSON.stringify(decoded.call)).not.toThrow();
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('bounds what a hostile stream of unknown names can fill', () => {
    const events = Array.from({ length: 5000 }, (_, i) => `data: {"type":"t${i}"}\n\n`).join('');
    const { response } = callOf(
      fixtureExchange('anthropic-messages', 'x.sse', { response: message(events, sseHeaders) }),
    );
    expect(Object.keys(response?.unknown_events ?? {})).toHaveLength(65);
    expect(Object.values(response?.unknown_events ?? {}).reduce((a, b) => a + b, 0)).toBe(5000);
  });
});
