import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanDocument, scanJson } from '../../../../src/main/decode/streams/json-scan.js';
import { maxJsonDepth } from '../../../../src/main/ground/json.js';

const parses = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('scanDocument', () => {
  it('accepts what JSON.parse accepts', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, 4), (text, indent) => {
        const spaced = indent === 0 ? text : JSON.stringify(JSON.parse(text), null, indent);
        expect(scanDocument(spaced)).toEqual({ status: 'complete', end: spaced.length });
      }),
    );
  });

  it('judges damaged JSON like JSON.parse', () => {
    const damage = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', '{', ']', ',', ':', '\\', '0', '-', 'e', '.', '\n', 'u', ' ', 't'),
    );
    fc.assert(
      fc.property(damage, ([text, at, insert]) => {
        const place = at % (text.length + 1);
        const damaged = text.slice(0, place) + insert + text.slice(place + 1);
        expect(scanDocument(damaged).status === 'complete').toBe(parses(damaged));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\0123456789.eE+-truefalsn \n\u0007') }), (text) => {
        expect(scanDocument(text).status === 'complete').toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('calls every beginning of a document cut, not invalid', () => {
    fc.assert(
      fc.property(fc.oneof(fc.object(), fc.array(fc.jsonValue())), fc.nat(), (value, at) => {
        const text = JSON.stringify(value);
        expect(scanDocument(text.slice(0, at % text.length)).status).toBe('cut');
      }),
    );
  });

  it('stops at deep nesting and is linear in hostile input', () => {
    expect(scanDocument('['.repeat(maxJsonDepth) + ']'.repeat(maxJsonDepth)).status).toBe('complete');
    expect(scanDocument('['.repeat(maxJsonDepth + 1) + ']'.repeat(maxJsonDepth + 1)).status).toBe('invalid');
    expect(scanDocument('['.repeat(5_000_000)).status).toBe('invalid');
  });

  it('finds the end of the first value', () => {
    expect(scanJson('{"a":[1,"]}"]} {"b":2}', 0)).toEqual({ status: 'complete', end: 14 });
    expect(scanJson('  12 ', 0)).toEqual({ status: 'complete', end: 4 });
    expect(scanJson('"ab', 0).status).toBe('cut');
    expect(scanJson('tru', 0).status).toBe('cut');
    expect(scanJson('1.', 0).status).toBe('cut');
    expect(scanJson('01', 0)).toEqual({ status: 'complete', end: 1 });
  });
});
