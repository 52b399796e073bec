import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unknownArrival } from '../../../../src/main/decode/content/arrival.js';
import { looksLikeSse, splitSse } from '../../../../src/main/decode/streams/sse.js';

const split = (text: string) => splitSse(text, unknownArrival);
const data = (text: string) => split(text).events.map((event) => event.data);

describe('splitSse', () => {
  it('ends lines with CRLF, LF or CR', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      expect(data(`data: a${end}data: b${end}${end}data: c${end}${end}`)).toEqual(['a\nb', 'c']);
    }
    expect(data('data: a\r\n\ndata: b\r\rdata: c\n\r\n')).toEqual(['a', 'b', 'c']);
  });

  it('reads fields with and without colon and space', () => {
    expect(split('event:x\nid: 7\ndata\ndata:  two\n\n').events).toEqual([{ event: 'x', id: '7', data: '\n two' }]);
  });

  it('counts a last event without its blank line', () => {
    expect(split('data: a\n\ndata: b')).toEqual({ events: [{ data: 'a' }, { data: 'b' }], complete: false });
    expect(split('data: a\n\ndata: b\n').events).toHaveLength(2);
  });

  it('keeps comments and unknown fields before the event they stand before', () => {
    expect(split(': one\n:two\nretry: 5\n\ndata: a\n\n: last\n\n').events).toEqual([
      { comment: 'one\ntwo\nretry: 5', data: 'a' },
      { comment: 'last', data: '' },
    ]);
  });

  it('keeps events that have a name and no data', () => {
    expect(split('event: ping\n\n').events).toEqual([{ event: 'ping', data: '' }]);
  });

  it('gives back any events that were written, in any line ending', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
    const event = fc.record({
      event: fc.option(line, { nil: undefined }),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom('\n', '\r', '\r\n'), (events, end) => {
        const text = events
          .map((given) => {
            const name = given.event === undefined ? '' : `event: ${given.event}${end}`;
            return `${name}${given.lines.map((value) => `data: ${value}${end}`).join('')}${end}`;
          })
          .join('');
        const expected = events.map((given) => ({
          ...(given.event === undefined ? {} : { event: given.event }),
          data: given.lines.join('\n'),
        }));
        expect(split(text)).toEqual({ events: expected, complete: true });
      }),
    );
  });

  it('asks for the arrival of each event’s last character', () => {
    const asked: number[] = [];
    splitSse('data: a\n\ndata: b\r\n\r\ndata: c', (end) => {
      asked.push(end);
      return undefined;
    });
    expect(asked).toEqual([9, 20, 27]);
  });

  it('refuses to make millions of events', () => {
    expect(() => split('data\n\n'.repeat(500_001))).toThrow('events');
  });
});

describe('looksLikeSse', () => {
  it.each([
    ['data: x\n\n', true],
    ['event: a\ndata: b\n\n', true],
    [': hi\n\ndata: x', true],
    ['hello: x', false],
    [': x', false],
  ])('%j: %s', (text, expected) => {
    expect(looksLikeSse(text)).toBe(expected);
  });
});
