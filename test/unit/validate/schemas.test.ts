import { describe, expect, it } from 'vitest';
import { listSchemas, schemaOf } from '../../../src/main/validate/index.js';

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

describe('schemas of the public shapes', () => {
  it.each(listSchemas().map((entry) => [entry.name, entry] as const))('%s', (name, { id, version }) => {
    const document = schemaOf(name);
    expect(document).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: id,
      $comment: `version ${version}`,
    });
    expect(id).toBe(`urn:sluice:schema:${name}:${version}`);
    // Nothing is left open: a shape that JSON Schema cannot say would be `{}`.
    expect(document).toSatisfy((it: object) => 'properties' in it || 'oneOf' in it || 'anyOf' in it);
    for (const reference of references(document)) {
      const path = reference.replace(/^#\//, '').split('/');
      // biome-ignore lint/suspicious/noExplicitAny: a JSON pointer
      expect(path.reduce((at: any, step) => at?.[step], document)).toBeDefined();
    }
  });

  it('are none for other names', () => {
    expect(schemaOf('constructor')).toBeNull();
    expect(schemaOf('nothing')).toBeNull();
  });
});
