import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/shared/model/index.js';
import { argumentProblems } from '../../../src/shared/tool-arguments.js';

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
});
