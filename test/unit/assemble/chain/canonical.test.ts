import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chainArguments,
  chainResult,
  contentHash,
  parsedOr,
  resultValue,
  stableJson,
  withoutSpans,
} from '../../../../src/main/assemble/chain/canonical.js';
import type { Json, Part } from '../../../../src/shared/model/index.js';

describe('stableJson', () => {
  it('is JSON of the same value, whatever the order of the keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(stableJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(stableJson({ b: 1, a: { d: [1, { z: 1, y: 2 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[1,{"y":2,"z":1}]},"b":1}',
    );
    expect(stableJson({ b: 1, a: 2 })).toBe(stableJson({ a: 2, b: 1 }));
  });

  it('reads values nested deeper than the call stack', () => {
    let deep: Json = 1;
    for (let level = 0; level < 200_000; level++) deep = [deep];
    expect(stableJson(deep)).toHaveLength(400_001);
  });
});

describe('contentHash', () => {
  const message = { role: 'assistant' as const, parts: [{ type: 'text' as const, text: 'hi' }] };
  it('tells every content apart and ignores the delivery’s id', () => {
    expect(contentHash(message)).toMatch(/^[0-9a-f]{64}$/);
    expect(contentHash({ ...message, id: 'msg_1' })).toBe(contentHash(message));
    expect(contentHash({ ...message, role: 'user' })).not.toBe(contentHash(message));
    expect(contentHash({ ...message, parts: [{ type: 'text', text: 'hi ' }] })).not.toBe(contentHash(message));
    expect(contentHash({ ...message, name: 'n' })).not.toBe(contentHash(message));
    expect(contentHash({ ...message, parts: [...message.parts, { type: 'reasoning', text: 'x' }] })).not.toBe(
      contentHash(message),
    );
  });
});

describe('contentHash of parts', () => {
  it('changes with every field', () => {
    const hashOf = (part: Part) => contentHash({ role: 'assistant', parts: [part] });
    const parts: Part[] = [
      { type: 'text', text: 'a' },
      { type: 'refusal', text: 'a' },
      { type: 'reasoning', text: 'a' },
      { type: 'reasoning', text: 'a', encrypted: true },
      { type: 'reasoning', text: 'a', signature: 's' },
      { type: 'tool_call', id: null, name: 'f', arguments: {} },
      { type: 'tool_call', id: 'a', name: 'f', arguments: {} },
      { type: 'tool_call', id: 'a', name: 'f', arguments: {}, server: true },
      { type: 'tool_call', id: 'a', name: 'f', arguments: {}, kind: 'custom' },
      { type: 'tool_call', id: 'a', name: 'f', arguments: { x: 1 } },
      { type: 'tool_call', id: 'a', name: 'f', arguments: '{}', invalid_json: true },
      { type: 'tool_result', tool_call_id: 'a', result: '{}' },
      { type: 'tool_result', tool_call_id: 'a', result: {} },
      { type: 'tool_result', tool_call_id: 'a', result: {}, is_error: true },
      { type: 'media', media: 'image', url: 'u' },
      { type: 'media', media: 'image', sha256: 'u' },
      { type: 'other', label: 'a', value: 1 },
      { type: 'other', label: 'a', value: '1' },
    ];
    expect(new Set(parts.map(hashOf)).size).toBe(parts.length);
    const two = (a: string, b: string) =>
      contentHash({
        role: 'user',
        parts: [
          { type: 'text', text: a },
          { type: 'text', text: b },
        ],
      });
    expect(two('a;1:b', 'c')).not.toBe(two('a', 'b;1:c'));
  });
});

describe('forms in chains', () => {
  it('compares arguments as JSON', () => {
    expect(chainArguments('{"b": 1, "a": 2}')).toBe(chainArguments({ a: 2, b: 1 }));
    expect(chainArguments('')).toBe(chainArguments({}));
    expect(chainArguments({ a: 1 })).not.toBe(chainArguments({ a: '1' }));
  });

  it('compares results as text and as parts', () => {
    expect(
      chainResult([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ]),
    ).toBe(chainResult('ab'));
    expect(chainResult({ b: 1, a: 2 })).toBe(chainResult({ a: 2, b: 1 }));
    expect(chainResult('ok ')).toBe(chainResult('ok'));
    expect(chainResult('ok')).not.toBe(chainResult('not ok'));
  });

  it('drops marked spans, closed ones only, in linear time', () => {
    expect(withoutSpans('a<think>b</think>c<think>d</think>', 'think')).toBe('ac');
    expect(withoutSpans('a<think>b', 'think')).toBe('a<think>b');
    const many = '<think>'.repeat(200_000);
    expect(withoutSpans(many, 'think')).toBe(many);
  });
});

describe('result values', () => {
  it('are JSON where they parse and lose nothing by it', () => {
    expect(resultValue('{"temp":18}')).toEqual({ temp: 18 });
    expect(resultValue('18 degrees')).toBe('18 degrees');
    expect(resultValue('42')).toBe(42);
    expect(parsedOr('12345678901234567890')).toBe('12345678901234567890');
    expect(parsedOr('007')).toBe('007');
    expect(parsedOr('{broken')).toBe('{broken');
    expect(resultValue([{ type: 'text', text: '[1]' }])).toEqual([1]);
    const image = [{ type: 'media', media: 'image' }];
    expect(resultValue(image)).toBe(image);
  });
});
