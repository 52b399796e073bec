import { describe, expect, it } from 'vitest';
import type { ActionItem } from '../../../../src/shared/model/index.js';
import { captured, type Dependencies, decode, fixtureExchange, jsonHeaders, message, sseHeaders } from '../support.js';

function item(parts: Dependencies): ActionItem {
  const decoded = decode(captured({ url: 'https://api.example:8443/orders?limit=5', ...parts }));
  expect(decoded).toMatchObject({ format: 'http', call: null, decode_error: null });
  expect(decoded.action).toMatchObject({ protocol: 'http', server: 'api.example:8443', session_id: null });
  return decoded.action?.items[0] as ActionItem;
}
const form = [['content-type', 'application/x-www-form-urlencoded']] as [string, string][];

describe('plain HTTP', () => {
  it('is what a tool did: method, URL, both bodies, times', () => {
    const request = message('{"item":"tea"}', [...jsonHeaders, ['traceparent', '00-a-b-01']]);
    expect(item({ request, response: message('{"ok":true}', jsonHeaders) })).toEqual({
      id: null,
      method: 'POST',
      from: 'client',
      name: 'https://api.example:8443/orders?limit=5',
      arguments: { item: 'tea' },
      result: { ok: true },
      is_error: false,
      traceparent: '00-a-b-01',
      started_at: 900_000,
      ended_at: 2_000_000,
    });
  });

  it('has no arguments without a body, and a result in every kind of answer', () => {
    const get = (response: Dependencies['response']) => item({ method: 'GET', response }).result;
    expect(item({ method: 'GET' }).arguments).toBeNull();
    expect(get(message('<p>Hello</p>', [['content-type', 'text/html']]))).toBe('<p>Hello</p>');
    expect(get(message('data: a\n\ndata: b\n\n', sseHeaders))).toBe('a\nb');
    expect(get(message('a=1&b=2&a=3', form))).toEqual({ a: ['1', '3'], b: '2' });
    expect(get(message(Uint8Array.of(0x89, 0x50, 0, 1, 2, 3), [['content-type', 'image/png']]))).toEqual({
      media_type: 'image/png',
      bytes: 6,
    });
    expect(get(message(''))).toBeNull();
  });

  it('fails by its status, and has no result while nothing came', () => {
    expect(item({ status: 404 }).is_error).toBe(true);
    const open = item({ response: null, state: 'failed' });
    expect(open).not.toHaveProperty('result');
    expect(open).not.toHaveProperty('ended_at');
  });

  it('takes no more than 64 Ki characters of a body', () => {
    const long = JSON.stringify({ text: 'x'.repeat(70_000) });
    const { arguments: args, result } = item({
      request: message(long, jsonHeaders),
      response: message(`data: ${'y'.repeat(40_000)}\n\n`.repeat(3), sseHeaders),
    });
    expect(args).toBe(long.slice(0, 65_536));
    expect(result).toHaveLength(65_536);
    const fields = item({ request: message(`a=${'z'.repeat(100_000)}`, form) }).arguments as { a: string };
    expect(fields.a).toHaveLength(65_534);
  });

  it('is no deed where the body is no text, or a model was called', () => {
    const upload = message(Uint8Array.of(0, 1, 2, 3, 0xff, 0), [['content-type', 'application/octet-stream']]);
    expect(decode(captured({ url: 'https://x.example/up', request: upload })).action).toBeUndefined();
    const called = decode(fixtureExchange('openai-chat', 'whole.json'));
    expect(called.call).not.toBeNull();
    expect(called.action).toBeUndefined();
  });
});
