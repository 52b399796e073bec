import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyText } from '../../../../src/main/store/bodies/body-text.js';
import { chunkEnds, onceOnly, resentText } from '../../../../src/main/store/bodies/chunker.js';
import { openReader } from '../../../../src/main/store/index.js';
import type { Body } from '../../../../src/shared/model/index.js';
import { plainExchange, store } from '../support.js';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  // Lone surrogates and NUL, which neither UTF-8 nor SQLite's text can carry.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }).map((units) => String.fromCharCode(...units)),
);
const longText = fc
  .tuple(anyText, fc.integer({ min: 1, max: 400 }), anyText)
  .map(([piece, times, end]) => piece.repeat(times) + end);

describe('bodies', () => {
  it('come back exactly, whole and in pieces', () => {
    const target = store();
    fc.assert(
      fc.property(longText, longText, fc.nat(), fc.nat(), (request, response, offset, limit) => {
        const saved = plainExchange({
          request: { kind: 'json', text: request },
          response: { kind: 'text', text: response },
        });
        target.writer.save(saved);
        const id = saved.decoded.exchange.exchange_id;
        const whole = target.reader.exchange(id, Number.MAX_SAFE_INTEGER);
        expect(whole?.request.body).toBe(request);
        expect(whole?.response?.body).toBe(response);
        expect(whole?.request.body_total_chars).toBe(request.length);
        const from = request.length === 0 ? 0 : offset % request.length;
        const count = 1 + (limit % 5000);
        expect(target.reader.exchangeBody(id, 'request', from, count)).toEqual({
          text: request.slice(from, from + count),
          total_chars: request.length,
        });
      }),
      { numRuns: 60 },
    );
    expect(target.integrity()).toBe('ok');
  });

  it('are put together from pages of any size', () => {
    const target = store();
    const text = Array.from({ length: 3000 }, (_, index) => `Zeile ${index} – çà et là 🗼`).join('\n');
    const saved = plainExchange({ request: { kind: 'text', text } });
    target.writer.save(saved);
    let read = '';
    for (let offset = 0; offset < text.length; offset += 1777) {
      read += target.reader.exchangeBody(saved.decoded.exchange.exchange_id, 'request', offset, 1777)?.text;
    }
    expect(read).toBe(text);
  });

  it('keep streams as they can be shown again, with the time of each event', () => {
    const target = store();
    const at = 1_790_000_000_000_000;
    const response: Body = {
      kind: 'events',
      framing: 'sse',
      complete: true,
      events: [
        { event: 'message_start', id: '7', data: '{"a":1}', at: at + 100 },
        { comment: ' keep-alive', data: 'two\nlines', at: at + 900 },
      ],
    };
    const saved = plainExchange({ response, at });
    target.writer.save(saved);
    const id = saved.decoded.exchange.exchange_id;
    expect(target.reader.exchange(id, 1000)?.response?.body).toBe(
      'event: message_start\nid: 7\ndata: {"a":1}\n\n: keep-alive\ndata: two\ndata: lines\n\n',
    );
    expect(target.reader.eventTimes(id, 'response')).toEqual([at + 100, at + 900]);
    const seal = (bytes: Uint8Array) => `sealed ${bytes.length}`;
    const textOf = (body: Exclude<Body, { kind: 'sealed' }>) => bodyText(body, seal).text;
    expect(textOf({ kind: 'events', framing: 'ndjson', complete: true, events: [{ data: '1' }] })).toBe('1\n');
    const array: Body = {
      kind: 'events',
      framing: 'json-array',
      complete: true,
      events: [{ data: '1' }, { data: '2' }],
    };
    expect(textOf(array)).toBe('[1,\n2]');
    expect(textOf({ kind: 'websocket', messages: [{ from: 'client', opcode: 'text', data: 'a\nb' }] })).toBe(
      '{"from":"client","opcode":"text","data":"a\\nb"}\n',
    );
    const binary = { from: 'client', opcode: 'binary', data: '', sealed: Buffer.from('secret') } as const;
    expect(textOf({ kind: 'websocket', messages: [binary] })).toBe(
      '{"from":"client","opcode":"binary","data":"","sealed":"sealed 6"}\n',
    );
  });

  it('share what they have in common, wherever it stands', () => {
    const target = store();
    const history = Array.from({ length: 6000 }, (_, index) => `message ${index} ${(index * 7919) % 100_003}`).join(
      '\n',
    );
    const sizes = [history, `${history}\nand one more`, `a new beginning\n${history}`].map((text) => {
      target.writer.save(plainExchange({ request: { kind: 'text', text } }));
      return target.rows()['chunks'] as number;
    });
    expect(sizes[0]).toBeGreaterThan(15);
    // Beyond the chunks around what is new, all is shared.
    expect((sizes[1] as number) - (sizes[0] as number)).toBeLessThanOrEqual(2);
    expect((sizes[2] as number) - (sizes[1] as number)).toBeLessThanOrEqual(3);
  });

  it('that are no text are stored encrypted, and opened with the right key only', () => {
    const target = store();
    const marker = randomBytes(24).toString('hex');
    const bytes = Buffer.from(`${marker}${'x'.repeat(400_000)}${marker}`);
    const body: Body = { kind: 'sealed', bytes, media_type: 'image/png', reason: 'binary' };
    const saved = plainExchange({ request: body });
    target.writer.save(saved);
    target.writer.save(plainExchange({ request: body }));
    const id = saved.decoded.exchange.exchange_id;
    expect(target.reader.sealedBody(id, 'request')).toEqual({ bytes, media_type: 'image/png' });
    expect(target.reader.sealedBody(id, 'response')).toBeNull();
    expect(target.reader.exchange(id, 1000)?.request).toMatchObject({
      body: null,
      body_kind: 'sealed',
      sealed_reason: 'binary',
      media_type: 'image/png',
    });
    expect(target.reader.exchangeBody(id, 'request', 0, 10)).toBeNull();
    const stranger = openReader(target.path, { sealKey: new Uint8Array(32).fill(8) });
    expect(() => stranger.sealedBody(id, 'request')).toThrow(expect.objectContaining({ code: 'key_invalid' }));
    stranger.close();
    for (const file of [target.path, `${target.path}-wal`]) {
      expect(readFileSync(file).includes(marker)).toBe(false);
    }
  });

  it('are cut into chunks that put together give the whole, never within a character', () => {
    fc.assert(
      fc.property(longText, fc.constantFrom(resentText, onceOnly), (text, sizes) => {
        const bytes = Buffer.from(text, 'utf8');
        const ends = chunkEnds(bytes, sizes);
        expect(ends.at(-1) ?? 0).toBe(bytes.length);
        let start = 0;
        let joined = '';
        for (const end of ends) {
          expect(end).toBeGreaterThan(start);
          expect(end - start).toBeLessThanOrEqual(sizes.max + 3);
          joined += bytes.subarray(start, end).toString('utf8');
          start = end;
        }
        expect(joined).toBe(bytes.toString('utf8'));
      }),
      { numRuns: 100 },
    );
  });
});
