import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { withoutNulls, writtenSchema } from '../../../src/main/models/dialect.js';

const shape = z.strictObject({
  score: z.int().min(0).max(5),
  kind: z.literal('verdict'),
  default: z.string().min(3).max(9).optional(),
  steps: z.array(z.strictObject({ step: z.int(), quote: z.string().nullish() })).max(3),
  either: z.discriminatedUnion('of', [z.strictObject({ of: z.literal('a') }), z.strictObject({ of: z.literal('b') })]),
});

function objectsIn(node: unknown): { [keyword: string]: unknown }[] {
  if (Array.isArray(node)) return node.flatMap(objectsIn);
  if (node === null || typeof node !== 'object') return [];
  return [node as { [keyword: string]: unknown }, ...Object.values(node).flatMap(objectsIn)];
}

describe('a schema as it is sent', () => {
  it('requires every field and allows no others, at every depth; fields may be called as keywords are', () => {
    const { sent, strict } = writtenSchema(shape, 'openai');
    expect(strict).toBe(true);
    const objects = objectsIn(sent).filter(({ type }) => type === 'object');
    expect(objects).toHaveLength(4);
    for (const { properties, required, additionalProperties } of objects) {
      expect(required).toEqual(Object.keys(properties as object));
      expect(additionalProperties).toBe(false);
    }
    const text = JSON.stringify(sent);
    for (const refused of ['oneOf', 'minLength', 'maxLength', '$schema', String(Number.MAX_SAFE_INTEGER)])
      expect(text).not.toContain(refused);
    expect(sent.properties).toHaveProperty('default');
    expect(sent.properties).toMatchObject({ score: { minimum: 0, maximum: 5 } });
  });

  it('keeps to what Gemini takes', () => {
    const text = JSON.stringify(writtenSchema(shape, 'gemini').sent);
    for (const refused of ['additionalProperties', '"const"', 'pattern', 'oneOf']) expect(text).not.toContain(refused);
    expect(text).toContain('"enum":["verdict"]');
  });

  it('is not called strict where fields have any names', () => {
    expect(writtenSchema(z.object({ scores: z.record(z.string(), z.number()) }), 'openai').strict).toBe(false);
  });

  it('is undone in the answer: null stands for what is absent, and only there', () => {
    const { plain } = writtenSchema(shape, 'openai');
    const answer = {
      score: 1,
      kind: 'verdict',
      default: null,
      steps: [{ step: 1, quote: null }],
      either: { of: 'a' },
      unknown: null,
    };
    expect(withoutNulls(answer, plain)).toEqual({
      score: 1,
      kind: 'verdict',
      steps: [{ step: 1 }],
      either: { of: 'a' },
    });
  });
});
