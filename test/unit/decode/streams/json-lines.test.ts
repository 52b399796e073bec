import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unknownArrival } from '../../../../src/main/decode/content/arrival.js';
import { looksLikeGeminiArray, splitJsonArray } from '../../../../src/main/decode/streams/json-array.js';
import { looksLikeNdjson, splitNdjson } from '../../../../src/main/decode/streams/ndjson.js';

describe('splitNdjson', () => {
  it('gives back the lines that were written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        fc.boolean(),
        (values, end, last) => {
          const lines = values.map((value) => JSON.stringify(value));
          const text = lines.join(end) + (last ? end : '');
          expect(splitNdjson(text, unknownArrival)).toEqual({
            events: lines.map((data) => ({ data })),
            complete: true,
            invalid: 0,
          });
        },
      ),
    );
  });

  it('marks a cut last line and counts lines that are no JSON', () => {
    expect(splitNdjson('{"a":1}\n{"b":', unknownArrival)).toMatchObject({ complete: false, invalid: 0 });
    expect(splitNdjson('{"a":1}\noops\n{"b":2}\n', unknownArrival)).toMatchObject({ complete: true, invalid: 1 });
  });

  it('is told from one document over several lines', () => {
    expect(looksLikeNdjson('{"a":1}\n{"b":2}\n')).toBe(true);
    expect(looksLikeNdjson('{\n"a":1\n}\n')).toBe(false);
    expect(looksLikeNdjson('{"a":1}{"b":2}')).toBe(false);
  });
});

describe('splitJsonArray', () => {
  it('gives back the elements of any array, and their beginning where it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.object(), { minLength: 1 }),
        fc.constantFrom(',', ',\n', '\r\n,\r\n'),
        fc.nat(),
        (values, comma, at) => {
          const elements = values.map((value) => JSON.stringify(value));
          const text = `[${elements.join(comma)}\n]`;
          expect(splitJsonArray(text, unknownArrival)).toEqual({
            events: elements.map((data) => ({ data })),
            complete: true,
          });
          const cut = splitJsonArray(text.slice(0, 1 + (at % (text.length - 1))), unknownArrival);
          expect(cut?.complete).toBe(false);
          cut?.events.forEach((event, index) => {
            expect(elements[index]?.startsWith(event.data)).toBe(true);
          });
        },
      ),
    );
  });

  it('is null for what is no array, or has something behind it', () => {
    for (const text of ['{}', '[1] 2', '[1 2]', '[1,}', 'x']) expect(splitJsonArray(text, unknownArrival)).toBeNull();
    expect(splitJsonArray('[]', unknownArrival)).toEqual({ events: [], complete: true });
  });

  it('is looked for where the URL or the first chunk says Gemini', () => {
    expect(looksLikeGeminiArray('[{}]', 'https://g.example/v1/models/x:streamGenerateContent?key=1')).toBe(true);
    expect(looksLikeGeminiArray('[{\n "candidates": []}]', 'https://g.example/proxy')).toBe(true);
    expect(looksLikeGeminiArray('[{"id":1}]', 'https://g.example/list')).toBe(false);
  });
});
