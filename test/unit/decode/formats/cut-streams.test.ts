import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../../../src/shared/model/index.js';
import {
  bytes,
  decode,
  type FixtureFormat,
  fixture,
  fixtureExchange,
  jsonHeaders,
  message,
  responseOf,
  sseHeaders,
} from '../support.js';

const streams: [FixtureFormat, string, string][] = [
  ['openai-chat', 'tools.sse', 'data: [DONE]'],
  ['openai-chat', 'two-choices.sse', 'data: [DONE]'],
  ['openai-chat', 'custom-tool.sse', 'data: [DONE]'],
  ['openai-responses', 'incomplete.sse', '}\n\n'],
  ['openai-responses', 'many-items.sse', '}\n\n'],
  ['anthropic-messages', 'thinking-tools.sse', '{"type":"message_stop"}\n\n'],
  ['anthropic-messages', 'server-tools.sse', '{"type":"message_stop"}\n\n'],
];

const text = (parts: Part[]) => parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

describe('streams cut anywhere', () => {
  it.each(streams)('%s/%s: keeps what came and says that it is not all', (format, name, closing) => {
    const wire = fixture(`${format}/${name}`);
    const end = Buffer.from(wire).lastIndexOf(closing) + closing.trimEnd().length;
    const request = message('{"model":"m","messages":[],"input":"x"}', jsonHeaders);
    const whole = responseOf(fixtureExchange(format, name));
    const wholeText = whole.messages.map(({ parts }) => text(parts));
    let longest = 0;
    // Large fixtures are cut at every seventh byte; the offset within events still takes every value.
    const step = wire.length > 5000 ? 7 : 1;
    for (let at = 0; at < wire.length; at += step) {
      const body = wire.subarray(0, at);
      const exchange = fixtureExchange(format, name, {
        request,
        response: message(body, sseHeaders),
        state: 'aborted',
      });
      const response = responseOf(exchange);
      expect(response.partial, `cut at ${at}`).toBe(at < end);
      response.messages.forEach(({ parts }, choice) => {
        const got = text(parts);
        expect(wholeText[choice]?.startsWith(got) || got === '', `cut at ${at}`).toBe(true);
        longest = Math.max(longest, got.length);
      });
    }
    expect(longest).toBe(Math.max(...wholeText.map((value) => value.length)));
  });

  it.each(streams)('%s/%s: reads the same with CRLF and CR, and with comments between', (format, name) => {
    const whole = responseOf(fixtureExchange(format, name));
    const plain = Buffer.from(fixture(`${format}/${name}`)).toString('utf8');
    for (const variant of [plain.replaceAll('\n', '\r\n'), plain.replaceAll('\n', '\r'), `\ufeff${plain}`]) {
      const exchange = fixtureExchange(format, name, { response: message(bytes(variant), sseHeaders) });
      expect(responseOf(exchange)).toEqual(whole);
    }
    const commented = plain.replaceAll('\n\n', '\n\n: keep-alive\n\n');
    const exchange = fixtureExchange(format, name, { response: message(bytes(commented), sseHeaders) });
    expect(responseOf(exchange)).toEqual(whole);
  });

  it.each(streams)('%s/%s: survives damage', (format, name) => {
    const wire = fixture(`${format}/${name}`);
    fc.assert(
      fc.property(fc.nat(wire.length - 1), fc.uint8Array({ minLength: 1, maxLength: 20 }), (at, noise) => {
        const damaged = Buffer.from(wire);
        damaged.set(noise.subarray(0, wire.length - at), at);
        const decoded = decode(fixtureExchange(format, name, { response: message(damaged, sseHeaders) }));
        expect(decoded.call?.response ?? decoded.decode_error).not.toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});
