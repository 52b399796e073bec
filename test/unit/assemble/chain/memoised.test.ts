import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash, stableJson } from '../../../../src/main/assemble/chain/canonical.js';
import { standIn } from '../../../../src/main/assemble/chain/memo.js';
import { chainOf } from '../../../../src/main/assemble/chain/merkle.js';
import type { ChatMessage, Json, Part } from '../../../../src/shared/model/index.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

// Stored keys are made of these: written out plainly here, nothing remembered.
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
};
const plainJson = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(plainJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${plainJson(value[key] as Json)}`).join(',')}}`;
};
const fields = (texts: (string | null | undefined)[]) =>
  texts.map((text) => (text === null || text === undefined ? '-;' : `${text.length}:${text};`)).join('');
const flag = (value: boolean | undefined) => (value === undefined ? undefined : String(value));
const plainPart = (part: Part): string => {
  switch (part.type) {
    case 'reasoning':
      return fields([part.type, part.text, flag(part.encrypted), part.signature]);
    case 'tool_call':
      return fields([
        ...[part.type, part.id, part.name, plainJson(part.arguments)],
        ...[flag(part.invalid_json), flag(part.server), part.kind],
      ]);
    case 'tool_result': {
      const text = typeof part.result === 'string' ? part.result : plainJson(part.result);
      return fields([part.type, part.tool_call_id, part.name, typeof part.result, text, flag(part.is_error)]);
    }
    case 'text':
    case 'refusal':
      return fields([part.type, part.text]);
    default:
      throw new Error('not made here');
  }
};
const plainHash = ({ role, name, parts }: ChatMessage) => sha256(fields([role, name, ...parts.map(plainPart)]));

/** Ends of the chain, from the first link on. */
function plainEnds(messages: ChatMessage[]): string[] {
  const short = (text: string) => sha256(text).slice(0, 32);
  const ends = [short('sluice-chain-1')];
  const push = (text: string) => ends.push(short(`${ends.at(-1)}\0${text}`));
  let turn: Part[] = [];
  const close = () => {
    const words = turn.map((part) => (part.type === 'text' ? part.text : '')).join('');
    const calls = turn.flatMap((part) =>
      part.type === 'tool_call' ? [`${part.name}\0${plainJson(part.arguments)}`] : [],
    );
    const squeezed = words.replace(/\s+/g, '');
    if (squeezed !== '' || calls.length > 0) push(`turn\0${squeezed}\0${calls.join('\0\0')}`);
    turn = [];
  };
  for (const { role, parts } of messages) {
    if (role === 'assistant') turn.push(...parts);
    else {
      for (const part of parts) {
        const text =
          part.type === 'text' ? part.text.trim() : part.type === 'tool_result' ? String(part.result).trim() : '';
        if (part.type === 'text' && text === '') continue;
        close();
        push(`${part.type === 'text' ? 'text' : 'result'}\0${text}`);
      }
    }
  }
  close();
  return ends;
}

/** Few texts, short and long, so that they come again in other places. */
const word = fc.constantFrom(
  'a',
  'b',
  'ab',
  ' a',
  '3:a;',
  '#1;',
  '#2;',
  'x'.repeat(47),
  'x'.repeat(48),
  'y '.repeat(90),
  `${'y '.repeat(90)}z`,
);
const text = word.map((value): Part => ({ type: 'text', text: value }));
const call = fc
  .record({ id: fc.option(word), name: fc.constantFrom('f', 'g'), a: word, b: fc.integer() })
  .map(({ id, name, a, b }): Part => ({ type: 'tool_call', id, name, arguments: { b, a: [a] } }));
const result = fc
  .record({ id: fc.option(word), result: word })
  .map((value): Part => ({ type: 'tool_result', tool_call_id: value.id, result: value.result }));
const message = fc.oneof(
  fc.array(fc.oneof(text, call), { maxLength: 4 }).map((parts): ChatMessage => ({ role: 'assistant', parts })),
  fc.array(fc.oneof(text, result), { maxLength: 4 }).map((parts): ChatMessage => ({ role: 'user', parts })),
  fc
    .record({ name: fc.option(word, { nil: undefined }), part: text })
    .map(({ name, part }): ChatMessage => ({ role: 'user', ...(name === undefined ? {} : { name }), parts: [part] })),
);

describe('what is remembered of messages', () => {
  it('gives the content hashes that stored messages have', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        expect(messages.map(contentHash)).toEqual(messages.map(plainHash));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the chains that stored calls have', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        expect(chainOf(messages).ends).toEqual(plainEnds(messages));
      }),
      { numRuns: 500 },
    );
  });

  it('stands for one text only', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 2 }), (texts) => {
        for (const one of texts) for (const other of texts) expect(standIn(one) === standIn(other)).toBe(one === other);
      }),
    );
  });
});

describe('stableJson', () => {
  it('is JSON with its keys in order, however deep', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const json = stableJson(value as Json);
        expect(json).toBe(plainJson(value as Json));
        expect(JSON.parse(json)).toEqual(sorted(JSON.parse(JSON.stringify(value))));
      }),
    );
    const depth = 50_000;
    const deep = JSON.parse(`${'{"b":1,"a":['.repeat(300)}0${']}'.repeat(300)}`);
    expect(stableJson(deep)).toBe(`${'{"a":['.repeat(300)}0${'],"b":1}'.repeat(300)}`);
    let nested: Json = 0;
    for (let level = 0; level < depth; level++) nested = [nested];
    expect(stableJson(nested)).toBe(`${'['.repeat(depth)}0${']'.repeat(depth)}`);
  });
});
