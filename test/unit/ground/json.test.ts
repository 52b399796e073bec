import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deeperThan,
  jsonElements,
  jsonSize,
  maxJsonDepth,
  parseJson,
  sentJson,
} from '../../../src/main/ground/json.js';

const nested = (depth: number, inner = '') => '['.repeat(depth) + inner + ']'.repeat(depth);

describe('parseJson', () => {
  it('reads what JSON.parse reads, and gives undefined for anything else', () => {
    fc.assert(fc.property(fc.json(), (text) => void expect(parseJson(text)).toEqual(JSON.parse(text))));
    fc.assert(fc.property(fc.json({ maxDepth: 3 }), (text) => void expect(parseJson(`${text},`)).toBeUndefined()));
    for (const text of ['', '\ufeff{}', '{a:1}', 'NaN', '[1,]', '{"a":1}{}']) expect(parseJson(text)).toBeUndefined();
    expect(parseJson('null')).toBeNull();
  });

  it('takes no value that is nested deeper than rooms walk', () => {
    expect(parseJson(nested(maxJsonDepth))).toBeDefined();
    expect(parseJson(nested(maxJsonDepth + 1))).toBeUndefined();
    expect(parseJson('{"a":'.repeat(4) + nested(3) + '}'.repeat(4), { maxDepth: 6 })).toBeUndefined();
    expect(parseJson(nested(100_000), { maxDepth: Number.POSITIVE_INFINITY })).toBeDefined();
    expect(parseJson(`[${Array(1000).fill('[1]').join()}]`, { maxDepth: 2 })).toHaveLength(1000);
  });

  it('gives long numbers as their digits where it is asked to', () => {
    const text = '{"card":36987501234567890123,"small":[9007199254740991],"float":0.1234567890123456789}';
    expect(parseJson(text, { longNumbers: 'text' })).toEqual({
      card: '36987501234567890123',
      small: [9007199254740991],
      float: '0.1234567890123456789',
    });
    expect(parseJson(text)).toMatchObject({ card: 36987501234567890000 });
  });

  it('takes __proto__ as a member like any other', () => {
    const value = parseJson('{"__proto__":{"admin":true},"a":1,"a":2}') as { admin?: boolean; a: number };
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect([value.a, value.admin]).toEqual([2, undefined]);
  });
});

describe('deeperThan', () => {
  it('counts containers within containers, and does not recurse', () => {
    expect(deeperThan('text', 0)).toBe(false);
    expect(deeperThan([], 0)).toBe(true);
    expect(deeperThan([{ a: [] }], 3)).toBe(false);
    expect(deeperThan([{ a: [] }], 2)).toBe(true);
    expect(deeperThan(JSON.parse(nested(200_000)), 250_000)).toBe(false);
  });
});

describe('sentJson', () => {
  it('gives the value, or says what is wrong with it', () => {
    expect(sentJson('{"a":[1,9007199254740991,1e300]}')).toEqual({ value: { a: [1, 9007199254740991, 1e300] } });
    for (const [text, word] of [
      ['{', 'valid JSON'],
      [nested(201), '200 levels'],
      ['[{"__proto__":{}}]', '__proto__'],
      ['{"a":{"constructor":{"prototype":1}}}', 'constructor'],
      ['{"big":9007199254740993}', '"big"'],
    ] as const) {
      expect(sentJson(text)).toEqual({ problem: expect.stringContaining(word) });
    }
    expect(sentJson(nested(200))).toHaveProperty('value');
    expect(sentJson('{"constructor":"x","n":9007199254740994}')).toHaveProperty('value');
  });
});

const beyond = (text: string, most: { values?: number; depth?: number }) =>
  jsonSize(Buffer.from(text), { values: 1000, depth: 1000, ...most });

describe('jsonSize', () => {
  it('says how many values there are', () => {
    expect([beyond('1', {}), beyond('[1,2,{"a":3}]', {})]).toEqual([1, 5]);
  });

  it('counts values and depth without what stands in strings', () => {
    expect(beyond('[1,2,3]', { values: 4 })).toEqual(expect.any(Number));
    expect(beyond('[1,2,3,4]', { values: 4 })).toBe('too many');
    expect(beyond('{"a":{"b":[]}}', { depth: 3 })).toEqual(expect.any(Number));
    expect(beyond('{"a":{"b":[[]]}}', { depth: 3 })).toBe('too deep');
    expect(beyond('["[{,,,\\",[[[\\\\",1]', { values: 3, depth: 1 })).toEqual(expect.any(Number));
    expect(beyond('[],[],[]', { depth: 1 })).toEqual(expect.any(Number));
  });

  it('says something of what is no JSON', () => {
    expect(beyond('"never closed ,,,', { values: 1 })).toEqual(expect.any(Number));
    expect(beyond('"\\', { values: 1 })).toEqual(expect.any(Number));
    expect(beyond(']]]]', { depth: 1 })).toEqual(expect.any(Number));
    expect(beyond('', { values: 1 })).toEqual(expect.any(Number));
  });
});

describe('jsonElements', () => {
  it('parts an array, and nothing else', () => {
    expect(jsonElements(' [ {"a":[1,2]} , "x,]\\"" ,3]')).toEqual(['{"a":[1,2]}', '"x,]\\""', '3']);
    expect(jsonElements('[]')).toEqual([]);
    expect(jsonElements('{"a":[1]}')).toBeNull();
    expect(jsonElements('PING')).toBeNull();
  });

  it('leaves what is not whole to the parser', () => {
    expect(jsonElements('[1,"x')).toEqual(['1']);
    expect(jsonElements('[[1')).toEqual([]);
  });
});
