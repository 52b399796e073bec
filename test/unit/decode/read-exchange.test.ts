import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExchange } from '../../../src/main/decode/index.js';
import type { Body, HeaderList } from '../../../src/shared/model/index.js';
import { bytes, captured, decode, fixture, message } from './support.js';

const type = (value: string): HeaderList => [['Content-Type', value]];
function responseBody(body: Uint8Array | string, headers: HeaderList, change: object = {}) {
  const read = readExchange(captured({ response: { ...message(body, headers), ...change } }));
  return { body: read.response?.body as Body, codes: read.issues.map(({ code }) => code) };
}

describe('what a body is', () => {
  it.each([
    ['application/json', '{"a":1}', 'json'],
    ['application/problem+json; charset=utf-8', '{"a":1}', 'json'],
    ['text/plain', '{"a":1}', 'json'],
    ['application/octet-stream', '[1,2]', 'json'],
    ['', '{"a":1}', 'json'],
    ['application/json', '"word"', 'json'],
    ['application/x-www-form-urlencoded', '{"a":1}', 'json'],
    ['application/x-www-form-urlencoded', 'a=1&b=2', 'form'],
    ['text/event-stream', 'data: x\n\n', 'events'],
    ['application/json', 'data: {"a":1}\n\n', 'events'],
    ['text/event-stream', '{"error":{}}', 'json'],
    ['application/x-ndjson', '{"a":1}\n', 'events'],
    ['application/json', '{"a":1}\n{"a":2}\n', 'events'],
    ['text/html', '<p>hi</p>', 'text'],
    ['application/yaml', 'data: x\n', 'text'],
    ['text/plain', '[note] to self', 'text'],
    ['image/png', '\u0089PNG\r\n\u0000\u0000', 'sealed'],
  ])('%s with %j is %s', (contentType, text, kind) => {
    const { body, codes } = responseBody(Buffer.from(text, 'latin1'), contentType === '' ? [] : type(contentType));
    expect(body.kind).toBe(kind);
    expect(codes).toEqual([]);
  });

  it('is empty where there are no bytes, even with a content-encoding', () => {
    expect(responseBody('', [['content-encoding', 'gzip']])).toEqual({ body: { kind: 'empty' }, codes: [] });
  });

  it('reads Gemini’s streamed array by element', () => {
    const read = readExchange(
      captured({
        url: 'https://g.example/v1/models/x:streamGenerateContent',
        response: message('[{"candidates":[]}\n,\r\n{"usageMetadata":{}}]', type('application/json')),
      }),
    );
    expect(read.response?.body).toMatchObject({
      kind: 'events',
      framing: 'json-array',
      complete: true,
      events: [{}, {}],
    });
  });

  it('keeps malformed JSON as text and says so', () => {
    expect(responseBody('{"a":', type('application/json'))).toEqual({
      body: { kind: 'text', text: '{"a":' },
      codes: ['json_invalid'],
    });
    expect(responseBody('[[['.repeat(999), type('application/json')).codes).toEqual(['json_invalid']);
  });

  it('marks truncated captures', () => {
    const { body, codes } = responseBody('{"a":"bc', type('application/json'), { truncated: true, bytes: 99 });
    expect(body.kind).toBe('text');
    expect(codes).toEqual(['truncated', 'json_invalid']);
    const stream = responseBody('data: {"a":1}\n\ndata: {"b', type('text/event-stream'), {
      truncated: true,
      bytes: 99,
    });
    expect(stream.body).toMatchObject({
      kind: 'events',
      complete: false,
      events: [{ data: '{"a":1}' }, { data: '{"b' }],
    });
    expect(stream.codes).toEqual(['truncated']);
  });

  it('marks a stream that ends inside an event', () => {
    expect(responseBody('data: {"a":1}\n\ndata: {"b', type('text/event-stream')).codes).toEqual(['stream_cut']);
    expect(responseBody('data: {"a":1}\n\ndata: [DONE]', type('text/event-stream')).codes).toEqual([]);
  });
});

describe('characters', () => {
  it('drops byte order marks and reads UTF-16 by them', () => {
    expect(responseBody('\ufeff{"a":1}', type('application/json')).body).toEqual({ kind: 'json', text: '{"a":1}' });
    const utf16 = Buffer.from('\ufeff{"a":"ö"}', 'utf16le');
    expect(responseBody(utf16, type('application/json')).body).toEqual({ kind: 'json', text: '{"a":"ö"}' });
    expect(responseBody(Buffer.from(utf16).swap16(), type('application/json')).body).toEqual({
      kind: 'json',
      text: '{"a":"ö"}',
    });
    expect(responseBody('\ufeffdata: x\n\n', type('text/event-stream')).body).toMatchObject({
      events: [{ data: 'x' }],
    });
  });

  it('reads latin1 where the charset says so', () => {
    const latin1 = Buffer.from('Möwe', 'latin1');
    expect(responseBody(latin1, type('text/plain; charset=ISO-8859-1'))).toEqual({
      body: { kind: 'text', text: 'Möwe' },
      codes: [],
    });
    // JSON is UTF-8 whatever its header says, as long as it is.
    expect(responseBody('{"a":"ö"}', type('application/json; charset=iso-8859-1')).body).toEqual({
      kind: 'json',
      text: '{"a":"ö"}',
    });
  });

  it('replaces invalid bytes and says so', () => {
    const wire = Buffer.concat([bytes('{"a":"'), Uint8Array.of(0xc3, 0x28, 0xff), bytes('"}')]);
    expect(responseBody(wire, type('application/json'))).toEqual({
      body: { kind: 'json', text: '{"a":"\ufffd(\ufffd"}' },
      codes: ['utf8_invalid'],
    });
  });

  it('does not call a character that the capture limit cut an error', () => {
    const wire = bytes('{"a":"öööö').subarray(0, 9);
    expect(responseBody(wire, type('application/json'), { truncated: true, bytes: 99 }).codes).toEqual([
      'truncated',
      'json_invalid',
    ]);
  });
});

describe('content-encoding', () => {
  it('is undone on requests and responses', () => {
    const read = readExchange(
      captured({
        request: message(zstdCompressSync('{"q":1}'), [['content-encoding', 'zstd'], ...type('application/json')]),
        response: message(gzipSync('data: {"a":1}\n\n'), [['Content-Encoding', 'gzip'], ...type('text/event-stream')]),
      }),
    );
    expect(read.request.body).toEqual({ kind: 'json', text: '{"q":1}' });
    // Arrival times do not apply to what was compressed.
    expect(read.response?.body).toEqual({
      kind: 'events',
      framing: 'sse',
      events: [{ data: '{"a":1}' }],
      complete: true,
    });
    expect(read.issues).toEqual([]);
  });

  it('is found by magic number where the header is missing', () => {
    for (const compress of [gzipSync, zstdCompressSync]) {
      const read = readExchange(captured({ request: message(compress('{"q":1}'), type('application/json')) }));
      expect(read.request.body).toEqual({ kind: 'json', text: '{"q":1}' });
    }
  });

  it('leaves archives alone', () => {
    const archive = gzipSync('plain text inside');
    expect(responseBody(archive, type('application/gzip')).body).toMatchObject({
      kind: 'sealed',
      reason: 'binary',
      bytes: archive,
    });
    const tar = gzipSync(Buffer.alloc(600));
    const upload = readExchange(captured({ request: message(tar, type('application/octet-stream')) }));
    expect(upload.request.body).toMatchObject({ kind: 'sealed', bytes: tar });
  });

  it('keeps the text of a cut stream up to the cut', () => {
    const whole = Array.from({ length: 500 }, (_, i) => `data: {"n":${Math.sin(i)}}\n\n`).join('');
    const { body, codes } = responseBody(gzipSync(whole).subarray(0, 1500), [
      ['content-encoding', 'gzip'],
      ...type('text/event-stream'),
    ]);
    expect(codes).toEqual(['stream_cut']);
    expect(body).toMatchObject({ kind: 'events', complete: false });
    expect(body.kind === 'events' && body.events.length).toBeGreaterThan(40);
  });

  it('seals what cannot be decoded, with the bytes of the wire', () => {
    const wire = Uint8Array.from({ length: 80 }, (_, i) => (i * 89) ^ 0xa5);
    expect(responseBody(wire, [['content-encoding', 'br']]).body).toEqual({
      kind: 'sealed',
      bytes: wire,
      media_type: '',
      reason: 'undecodable',
    });
  });

  it('keeps what came before a bomb’s cap', () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000, 'ab '));
    const read = readExchange(
      captured({ response: message(bomb, [['content-encoding', 'gzip'], ...type('text/plain')]) }),
      { maxOutputBytes: 10_000, maxRatio: 250 },
    );
    expect(read.response?.body).toEqual({ kind: 'text', text: Buffer.alloc(10_000, 'ab ').toString() });
    expect(read.issues).toMatchObject([{ side: 'response', code: 'bomb' }]);
    const zeros = readExchange(
      captured({ response: message(gzipSync(Buffer.alloc(3_000_000)), [['content-encoding', 'gzip']]) }),
      {
        maxOutputBytes: 10_000,
        maxRatio: 250,
      },
    );
    expect(zeros.response?.body).toMatchObject({ kind: 'sealed', reason: 'bomb' });
  });
});

describe('arrival times', () => {
  const events = ['data: {"t":"ä"}\n\n', 'data: {"t":"🌊"}\r\n\r\n', 'data: [DONE]\n\n'];
  const wire = bytes(events.join(''));

  it('are those of each event’s last byte, however the bytes were split', () => {
    const ends = events.map((_, i) => bytes(events.slice(0, i + 1).join('')).length);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: wire.length - 1 }), { maxLength: 12 }), (cuts) => {
        const offsets = [0, ...cuts.sort((a, b) => a - b)];
        const chunks = offsets.map((offset, i) => ({ offset, at: 1000 + i }));
        const { body } = responseBody(wire, type('text/event-stream'), { chunks });
        const expected = ends.map((end) => chunks.findLast(({ offset }) => offset < end)?.at);
        expect(body.kind === 'events' && body.events.map(({ at }) => at)).toEqual(expected);
      }),
    );
  });

  it('make the time to first token', () => {
    const chunks = [
      { offset: 0, at: 10 },
      { offset: 200, at: 20 },
      { offset: 400, at: 30 },
    ];
    const exchange = captured({
      request: message('{"model":"m","messages":[]}', type('application/json')),
      response: { ...message(fixture('openai-chat/tools.sse'), type('text/event-stream')), chunks },
    });
    expect(decode(exchange).call).toMatchObject({ first_token_at: 30, response: { first_content_event: 1 } });
  });
});

describe('readExchange', () => {
  const anyHeaders = fc.array(
    fc.oneof(
      fc.tuple(
        fc.constant('content-encoding'),
        fc.constantFrom('gzip', 'br', 'zstd', 'deflate', 'gzip, br', 'nonsense'),
      ),
      fc.tuple(
        fc.constant('content-type'),
        fc.constantFrom(
          'application/json',
          'text/event-stream',
          'application/x-ndjson',
          'text/plain; charset=latin1',
          'image/png',
          ';;',
        ),
      ),
      fc.tuple(fc.string(), fc.string()),
    ),
    { maxLength: 3 },
  );
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(bytes),
    fc.string().map((text) => gzipSync(text)),
    fc
      .string({ unit: fc.constantFrom('data: ', '{', '}', '\n', '\r', '[', ']', '"', ':', ',', 'é', '\u0000', '1') })
      .map(bytes),
  );

  it('never throws and never loses a body, whatever the bytes and headers', () => {
    fc.assert(
      fc.property(
        anyBytes,
        anyHeaders,
        anyBytes,
        anyHeaders,
        fc.constantFrom('http', 'websocket', 'connect'),
        (a, ah, b, bh, kind) => {
          const exchange = captured({
            kind,
            status: kind === 'websocket' ? 101 : 200,
            request: message(a, ah as HeaderList),
            response: message(b, bh as HeaderList),
          });
          const read = readExchange(exchange);
          for (const [side, wire] of [
            [read.request, a],
            [read.response, b],
          ] as const) {
            // Only an encoding of nothing is empty, and nothing is sealed without its bytes.
            if (wire.length > 0 && side?.body.kind === 'empty') expect(wire.length).toBeLessThan(64);
            if (side?.body.kind === 'sealed') expect(side.body.bytes.length).toBeGreaterThan(0);
          }
          expect(() => decode(exchange)).not.toThrow();
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('passes everything else on as it was', () => {
    const exchange = captured({ request: message('{}', type('application/json')) });
    const { request, response, issues, ...rest } = readExchange(exchange);
    const { request: _request, response: _response, ...original } = exchange;
    expect(rest).toEqual(original);
    expect(issues).toEqual([]);
    expect(request).not.toHaveProperty('chunks');
    expect(response).toMatchObject({ status: 200, status_text: 'OK', informational: [] });
  });
});
