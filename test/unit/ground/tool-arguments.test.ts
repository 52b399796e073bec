import { describe, expect, it } from 'vitest';
import { repetitionsIn } from '../../../src/main/ground/bounded-pattern.js';
import { argumentProblems } from '../../../src/main/ground/tool-arguments.js';
import type { Json } from '../../../src/shared/model/index.js';

const schema: Json = {
  type: 'object',
  properties: {
    path: { type: 'string', minLength: 1 },
    mode: { enum: ['read', 'write'] },
    lines: { type: 'array', items: { type: 'integer', minimum: 1 }, maxItems: 3 },
    where: {
      anyOf: [{ type: 'null' }, { type: 'object', required: ['host'], properties: { host: { type: 'string' } } }],
    },
  },
  required: ['path'],
  additionalProperties: false,
};

describe('arguments of a tool', () => {
  it('that fit have no problems, and so have all where no schema is known', () => {
    expect(argumentProblems(schema, { path: '/a', mode: 'read', lines: [1, 2], where: { host: 'x' } })).toEqual([]);
    expect(argumentProblems(undefined, [1])).toEqual([]);
    expect(argumentProblems({}, 'anything')).toEqual([]);
  });

  it.each<[Json, string]>([
    ['text', 'arguments: is string, not object.'],
    [{}, 'arguments.path: is missing.'],
    [{ path: 7 }, 'arguments.path: is number, not string.'],
    [{ path: '' }, 'arguments.path: has 0 characters, at least 1 are asked for.'],
    [{ path: '/a', mode: 'run' }, 'arguments.mode: is none of "read", "write".'],
    [{ path: '/a', lines: [0] }, 'arguments.lines[0]: has 0, at least 1 are asked for.'],
    [{ path: '/a', lines: [1.5] }, 'arguments.lines[0]: is number, not integer.'],
    [{ path: '/a', lines: [1, 1, 1, 1] }, 'arguments.lines: has 4 items, at most 3 are allowed.'],
    [{ path: '/a', where: {} }, 'arguments.where: fits none of the 2 forms it may have.'],
    [{ path: '/a', pth: 1 }, 'arguments.pth: is not a field of the tool.'],
  ])('%j: %s', (given, problem) => {
    expect(argumentProblems(schema, given)).toEqual([problem]);
  });

  it('names no more than twenty problems, and looks into no bottomless pit', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`x${at}`, 1]));
    expect(argumentProblems(schema, { path: '/a', ...many })).toHaveLength(20);
    let deep: Json = {};
    let pit: Json = { type: 'object' };
    for (let level = 0; level < 500; level++) {
      deep = { next: deep };
      pit = { type: 'object', properties: { next: pit } };
    }
    expect(argumentProblems(pit, deep)).toEqual([]);
  });

  it('are looked at through references and by patterns', () => {
    const tree: Json = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { root: { $ref: '#/$defs/node' }, port: { type: 'string', pattern: '^[0-9]{2,5}$' } },
      $defs: {
        node: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' }, below: { type: 'array', items: { $ref: '#/$defs/node' } } },
        },
      },
    };
    expect(argumentProblems(tree, { root: { name: 'a', below: [{ name: 'b' }] }, port: '8080' })).toEqual([]);
    expect(argumentProblems(tree, { root: { name: 'a', below: [{}] } })).toEqual([
      'arguments.root.below[0].name: is missing.',
    ]);
    expect(argumentProblems(tree, { port: 'eighty' })).toEqual(['arguments.port: is not of the form "^[0-9]{2,5}$".']);
  });

  it('of a schema that is made to take forever are not waited for', () => {
    const evil = (pattern: string): Json => ({ type: 'object', properties: { text: { type: 'string', pattern } } });
    const text = `${'a'.repeat(50_000)}!`;
    for (const pattern of [
      '^(a+)+$',
      '(a|a)*$',
      '^(?:a|aa)+$',
      '(.*)(.*)(.*)(.*)x',
      '^(?=(a+))\\1+$',
      'a*a*a*b',
      '(x+x+)+y',
    ])
      expect(argumentProblems(evil(pattern), { text })).toEqual([]);
    // Each reference holds two of the next.
    const $defs: { [name: string]: Json } = { d0: { type: 'number' } };
    for (let at = 1; at < 60; at++)
      $defs[`d${at}`] = { allOf: [{ $ref: `#/$defs/d${at - 1}` }, { $ref: `#/$defs/d${at - 1}` }] };
    expect(argumentProblems({ $ref: '#/$defs/d59', $defs }, 'x')).toEqual([]);
    expect(argumentProblems({ $ref: '#' }, {})).toEqual([]);
    expect(argumentProblems({ $ref: 'https://schemas.example/tool.json' }, {})).toEqual([]);
    expect(argumentProblems({ type: 'nonsense' }, {})).toEqual([]);
  });
});

describe('patterns', () => {
  it.each<[string, number | null]>([
    ['^[a-z]{3}$', 0],
    ['^[a-z0-9_-]+$', 1],
    ['^\\d+\\.\\d+$', 2],
    ['[a-z]+', 2],
    ['^(?:get|put)_[a-z]{1,64}$', 2],
    ['^(a+)+$', null],
    ['(ab){2,}', null],
    ['(?=a)b', null],
    ['(a)\\1', null],
  ])('%s repeats so often: %s', (pattern, repetitions) => {
    expect(repetitionsIn(pattern)).toBe(repetitions);
  });
});
