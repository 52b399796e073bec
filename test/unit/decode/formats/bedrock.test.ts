import { describe, expect, it } from 'vitest';
import { decodeExchange, readExchange } from '../../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../../src/main/redact/index.js';
import { chunkMessage, eventMessage } from '../../../support/event-stream.js';
import { eventStreamType, type WireCase, wireCases, wireExchange } from '../../../support/wire-exchanges.js';
import { callOf, decode, fixtureExchange, responseOf } from '../support.js';

const cases = wireCases();
const caseOf = (format: string, name: string) =>
  cases.find((wire) => wire.format === format && wire.name === name) as WireCase;
const exchangeOf = (format: string, name: string) => wireExchange(caseOf(format, name));

describe('anthropic messages elsewhere', () => {
  it.each(['bedrock', 'vertex'])('%s streams what Anthropic does; the model is in the URL', (name) => {
    const call = callOf(exchangeOf('anthropic-messages', name));
    expect(call.format).toBe('anthropic-messages');
    expect(call.request.model).toMatch(/claude-sonnet-4-5/);
    expect(call.request.stream).toBe(true);
    const own = callOf(fixtureExchange('anthropic-messages', 'thinking-tools.sse'));
    const { first_content_event, ...response } = call.response ?? { first_content_event: null };
    const { first_content_event: _, ...expected } = own.response ?? { first_content_event: null };
    expect(response).toEqual(expected);
    expect(call.request.messages).toEqual(own.request.messages);
    expect(call.request.tools).toEqual(own.request.tools);
  });

  it('reads the answer that is not streamed', () => {
    const call = callOf(exchangeOf('anthropic-messages', 'bedrock whole'));
    expect(call.request.stream).toBe(false);
    expect(call.response).toEqual(responseOf(fixtureExchange('anthropic-messages', 'whole.json')));
  });

  it('tells of the exception that ends a stream', () => {
    const wire = caseOf('anthropic-messages', 'bedrock');
    const started = chunkMessage({ type: 'message_start', message: { id: 'm', model: 'x', content: [] } });
    const failed = eventMessage('throttlingException', { message: 'Too many tokens' }, 'exception');
    const response = responseOf(wireExchange({ ...wire, response: Buffer.concat([started, failed]) }));
    expect(response.error).toMatchObject({ code: 'throttlingException', message: 'Too many tokens' });
    expect(response.partial).toBe(true);
    expect(response.unknown_events).toEqual({});
  });

  it('shows the redactor what the base64 of a stream says', () => {
    const secret = `sk-${'ant-api03-'}${'a1B2'.repeat(20)}`;
    const deltas = [secret.slice(0, 30), secret.slice(30)].map((text) =>
      chunkMessage({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    );
    const wire = { ...caseOf('anthropic-messages', 'bedrock'), response: Buffer.concat(deltas) };
    const redactor = createRedactor({ policy: defaultPolicy, key: Buffer.alloc(32, 7) });
    const redacted = redactor.exchange(readExchange(wireExchange(wire)));
    expect(redacted.findings.some(({ path }) => path.startsWith('response.body.events'))).toBe(true);
    const decoded = [decodeExchange(redacted)].flat();
    expect(JSON.stringify(decoded)).not.toContain(secret.slice(5, 25));
    expect(JSON.stringify(decoded)).not.toContain(Buffer.from(secret).toString('base64').slice(4, 20));
  });
});

describe('bedrock converse', () => {
  it('reads the request', () => {
    const { request } = callOf(exchangeOf('bedrock-converse', 'tools.json'));
    expect(request).toMatchObject({ model: 'us.amazon.nova-pro-v1:0', stream: true, operation: 'chat' });
    expect(request.params).toEqual({ inferenceConfig: { maxTokens: 1000 }, toolChoice: { auto: {} } });
    expect(request.tools).toEqual([
      { name: 'read_file', description: 'Reads a file', parameters: { type: 'object' }, kind: 'function' },
    ]);
    expect(request.messages).toMatchObject([
      { role: 'system', parts: [{ type: 'text', text: 'You read files.' }] },
      { role: 'user', parts: [{ type: 'text' }, { type: 'media', media: 'image', media_type: 'image/png', bytes: 8 }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'tooluse_1', name: 'read_file' }] },
      {
        role: 'user',
        parts: [
          { type: 'tool_result', tool_call_id: 'tooluse_1', result: 'alpha' },
          { type: 'tool_result', tool_call_id: 'tooluse_0', is_error: true },
        ],
      },
    ]);
  });

  it('reads streamed and whole answers the same', () => {
    const streamed = responseOf(exchangeOf('bedrock-converse', 'tools.json'));
    const whole = responseOf(exchangeOf('bedrock-converse', 'whole.json'));
    expect({ ...streamed, first_content_event: null }).toEqual(whole);
    expect(streamed).toMatchObject({
      stop_reason: 'tool_use',
      partial: false,
      unknown_events: {},
      // Cache reads and writes are outside `inputTokens`.
      usage: { input_tokens: 120, output_tokens: 30, cached_input_tokens: 90, cache_write_tokens: 10 },
      first_content_event: 1,
    });
    expect(streamed.messages[0]?.parts).toEqual([
      { type: 'reasoning', text: 'Both files.', signature: 'c2lnbg==' },
      { type: 'text', text: 'I will read größer ✓.' },
      { type: 'tool_call', id: 'tooluse_a1', name: 'read_file', arguments: { path: 'a.txt' }, kind: 'function' },
      { type: 'tool_call', id: 'tooluse_a2', name: 'list', arguments: {}, kind: 'function' },
    ]);
  });

  it('counts events and deltas that it does not know', () => {
    const response = Buffer.concat([
      eventMessage('messageStart', { role: 'assistant' }),
      eventMessage('contentBlockDelta', { contentBlockIndex: 0, delta: { dance: 'tango' } }),
      eventMessage('applause', { loud: true }),
      eventMessage('messageStop', { stopReason: 'end_turn' }),
    ]);
    const wire = { ...caseOf('bedrock-converse', 'tools.json'), response };
    const read = responseOf(wireExchange(wire));
    expect(read.unknown_events).toEqual({ 'delta.dance': 1, applause: 1, 'block.unknown_deltas': 1 });
    expect(JSON.stringify(read.messages)).toContain('tango');
  });

  it('reads HTTP errors', () => {
    const wire = {
      ...caseOf('bedrock-converse', 'whole.json'),
      response: Buffer.from('{"message":"The provided model identifier is invalid."}'),
    };
    const exchange = wireExchange(wire);
    const failed = {
      ...exchange,
      response: { ...(exchange.response as NonNullable<typeof exchange.response>), status: 400 },
    };
    expect(responseOf(failed).error?.message).toBe('The provided model identifier is invalid.');
  });

  it('keeps a stream of another kind sealed', () => {
    const wire = {
      ...caseOf('bedrock-converse', 'tools.json'),
      response: Buffer.alloc(40, 3),
    };
    const { body } = readExchange(wireExchange(wire)).response ?? {};
    expect(body).toMatchObject({ kind: 'sealed', media_type: eventStreamType });
    expect(decode(wireExchange(wire)).decode_error).not.toBeNull();
  });
});
