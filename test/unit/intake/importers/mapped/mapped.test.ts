import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedImporter } from '../../../../../src/main/intake/import-order.js';
import { mappedImporter } from '../../../../../src/main/intake/importers/mapped/index.js';
import { readMapping } from '../../../../../src/main/intake/importers/mapped/mapping.js';
import { parsePath, pathText } from '../../../../../src/main/intake/importers/mapped/path.js';
import { durationOf } from '../../../../../src/main/intake/importers/mapped/values.js';
import { SluiceError } from '../../../../../src/shared/errors.js';
import type { Json } from '../../../../../src/shared/model/index.js';
import { eventsOf, read, recordsOf, skippedOf } from '../support.js';

const importer = (mapping: object) => mappedImporter(readMapping(JSON.stringify({ version: 1, ...mapping })));
const lines = (...rows: Json[]) => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

const flat = {
  name: 'orchard',
  trace: 'run.id',
  step: 'n',
  id: 'call',
  tool: 'op.name',
  arguments: 'op.with',
  result: ['gave', 'op.gave'],
  time: 'at',
  duration: 'took',
  duration_unit: 's',
  status: 'state',
  status_values: { ok: ['ripe'], error: ['rotten'] },
};
const picked = {
  run: { id: 7 },
  n: 1,
  call: 'p-1',
  op: { name: 'pick', with: '{"tree":3}' },
  gave: { pears: 12 },
  at: 1_795_000_000,
  took: 0.25,
  state: 'ripe',
  field: 'north',
};

describe('a mapped format', () => {
  it('reads a record a line: every field from where it stands, the rest as it is', async () => {
    const [record, ...more] = recordsOf(await read(importer(flat), lines(picked)));
    expect(more).toEqual([]);
    expect(record).toMatchObject({
      source: 'import:map-orchard',
      trace: { key: 'map-orchard:7', kind: 'agent', title: 'orchard 7' },
      started_at: 1_795_000_000_000_000,
      ended_at: 1_795_000_000_250_000,
    });
    expect(record?.events).toEqual([
      {
        type: 'tool_call',
        tool_call_id: 'p-1',
        name: 'pick',
        arguments: { tree: 3 },
        at: 1_795_000_000_000_000,
        metadata: { step: 1, field: 'north' },
      },
      {
        type: 'tool_result',
        tool_call_id: 'p-1',
        result: { pears: 12 },
        at: 1_795_000_000_250_000,
        duration_ms: 250,
        is_error: false,
      },
    ]);
  });

  it('reads lists within records, whether a file is lines, one document or a list', async () => {
    const mapping = {
      trace: 'session',
      tool: 'turns[*].uses[*].tool',
      arguments: 'turns[*].uses[*].in',
      result: 'turns[*].uses[*].out',
      time: 'turns[*].when',
    };
    const session: Json = {
      session: 's1',
      owner: 'team-4',
      turns: [
        {
          when: '2026-03-01T08:00:00Z',
          uses: [
            { tool: 'dig', in: { deep: 1 }, out: 'stones' },
            { tool: 'sow', in: {}, out: null },
          ],
        },
        { when: '2026-03-01T08:05:00Z', uses: [] },
        { when: '2026-03-01T08:09:00Z', uses: [{ tool: 'water', in: { litres: 4 }, out: 'wet' }] },
      ],
    };
    const files = [
      lines(session, { session: 's2', turns: [] }),
      Buffer.from(JSON.stringify(session, null, 2)),
      Buffer.from(`[\n${JSON.stringify(session)}]`),
    ];
    for (const file of files) {
      const items = await read(importer(mapping), file);
      const calls = eventsOf(items).filter(({ type }) => type === 'tool_call');
      expect(calls.map((event) => ('name' in event ? [event.name, event.at] : []))).toEqual([
        ['dig', 1_772_352_000_000_000],
        ['sow', 1_772_352_000_000_000],
        ['water', 1_772_352_540_000_000],
      ]);
      expect(new Set(recordsOf(items).map(({ trace }) => trace.key))).toEqual(new Set(['map-custom:s1']));
      expect(recordsOf(items)[0]?.trace.metadata).toEqual({ owner: 'team-4' });
    }
    expect(skippedOf(await read(importer(mapping), files[0] as Buffer))).toEqual([
      { where: 'line 2', reason: 'nothing at turns[*].uses[*]' },
    ]);
  });

  it('counts what it does not read, with its place and why', async () => {
    const items = await read(
      importer(flat),
      Buffer.concat([
        lines(
          picked,
          { note: 'a pause' },
          { ...picked, op: { name: { deep: true } } },
          { ...picked, state: 'unheard of' },
        ),
        Buffer.from('{"broken\n'),
      ]),
    );
    expect(skippedOf(items)).toEqual([
      { where: 'line 2', reason: 'no tool at op.name' },
      { where: 'line 3', reason: 'the tool at op.name is no text' },
      { where: 'line 5', reason: expect.any(String) },
    ]);
    expect(items.filter((item) => 'mended' in item)).toEqual([
      { mended: { where: 'line 4', reason: 'the status "unheard of" is not in status_values' } },
    ]);
  });

  it('pairs a result with its call where they are records of their own', async () => {
    const items = await read(
      importer({ id: 'call', tool: 'begin.tool', arguments: 'begin.args', result: 'end.value', status: 'end.error' }),
      lines(
        { call: 1, begin: { tool: 'graft', args: { onto: 'plum' } } },
        { call: 2, begin: { tool: 'prune' } },
        { call: 2, end: { error: 'frost' } },
        { call: 1, end: { value: 'grown' } },
        { end: { value: 'whose?' } },
      ),
    );
    expect(eventsOf(items)).toMatchObject([
      { type: 'tool_call', tool_call_id: '1', name: 'graft', arguments: { onto: 'plum' } },
      { type: 'tool_call', tool_call_id: '2', name: 'prune', arguments: {} },
      { type: 'tool_result', tool_call_id: '2', result: 'frost', is_error: true },
      { type: 'tool_result', tool_call_id: '1', result: 'grown', is_error: false },
    ]);
    expect(skippedOf(items)).toHaveLength(1);
  });

  it.each([
    [0, 'ok'],
    [1, 'error'],
    [204, 'ok'],
    [503, 'error'],
    ['Succeeded', 'ok'],
    ['FAILED', 'error'],
    ['running', 'pending'],
    [true, 'ok'],
  ] as const)('takes the status %j for %s', async (state, status) => {
    const { status_values: _, ...mapping } = flat;
    const [, result] = eventsOf(await read(importer(mapping), lines({ ...picked, state })));
    expect(result === undefined ? 'pending' : 'is_error' in result && result.is_error ? 'error' : 'ok').toBe(status);
  });

  it('gives a file that has grown the same keys for what was in it, and equal records keys of their own', async () => {
    const { run: _, ...loose } = picked;
    const keys = async (bytes: Buffer) =>
      recordsOf(await read(importer(flat), bytes)).map(({ key, trace }) => [key, trace.key]);
    const before = await keys(lines(loose, loose));
    expect(new Set(before.map(([key]) => key)).size).toBe(2);
    expect((await keys(lines(loose, loose, { ...loose, n: 2 }))).slice(0, 2)).toEqual(before);
  });

  it.each([
    ['{', '', 'It is not JSON.'],
    ['[]', '', 'It is no JSON object.'],
    ['{"tool":"t"}', 'version', 'It is missing; this is version 1.'],
    ['{"version":2,"tool":"t"}', 'version', 'It is 2; 1 is read.'],
    ['{"version":1}', 'tool', 'It is missing.'],
    ['{"version":1,"tool":"t","argument":"a"}', 'argument', 'There is no such field; there are version, name,'],
    ['{"version":1,"tool":7}', 'tool', 'It is neither a path nor a list of paths.'],
    ['{"version":1,"tool":"a..b"}', 'tool', '"a..b" cannot be read from "..b" on'],
    ['{"version":1,"tool":"a[x]"}', 'tool', '"a[x]" cannot be read from "[x]" on'],
    ['{"version":1,"tool":"t","result":"r[*].x"}', 'result', 'It leads over the list r[*], and the tool over none'],
    [
      '{"version":1,"tool":"a[*].t","result":"b[*].x"}',
      'result',
      'It leads over the list b[*], and the tool over a[*]',
    ],
    ['{"version":1,"tool":"t","name":"Big Name"}', 'name', 'small letters, digits'],
    ['{"version":1,"tool":"t","duration_unit":"weeks"}', 'duration_unit', 'Invalid option'],
  ])('refuses %s, naming the field', (text, field, problem) => {
    try {
      readMapping(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SluiceError);
      const { code, details, message, next } = error as SluiceError;
      expect([code, details]).toEqual(['mapping_invalid', { field }]);
      expect(message).toContain(problem);
      expect(next).toContain('sluice map FILE');
    }
  });

  it('is named by its file or by itself, and a file that is none is said', async () => {
    const text = JSON.stringify({ version: 1, tool: 't' });
    expect(await namedImporter(`map:${text}`)).toBe(`map:${text}`);
    await expect(namedImporter('map:nowhere.json')).rejects.toMatchObject({ code: 'import_unreadable' });
    await expect(namedImporter('map:{}')).rejects.toMatchObject({ code: 'mapping_invalid' });
  });

  it('reads whatever a record holds without an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.json(), { maxLength: 8 }), async (records) => {
        const bytes = Buffer.from(records.join('\n'));
        const items = await read(importer({ ...flat, status_values: undefined }), bytes);
        expect(Array.isArray(items)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('paths', () => {
  it.each(['a', 'a.b', 'a[0].b', 'a[*].b[*].c', '["odd.key"].x', 'a["b c"][3]', 'ключ.值'])(
    'reads %s and writes it again',
    (text) => {
      const segments = parsePath(text);
      expect(Array.isArray(segments) && parsePath(pathText(segments))).toEqual(segments);
    },
  );
  it('takes a leading $ for the record', () => {
    expect(parsePath('$.a[0]')).toEqual(['a', 0]);
    expect(parsePath('$["a"]')).toEqual(['a']);
    expect(parsePath('$ref')).toEqual(['$ref']);
  });
});

describe('durations', () => {
  it.each([
    [12, 'ms', 12],
    [1.5, 's', 1500],
    ['1.2s', 'ms', 1200],
    ['450 ms', 's', 450],
    ['2m30s', 'ms', 150_000],
    ['00:00:30', 'ms', 30_000],
    ['02:30:00', 'ms', 9_000_000],
    ['7', 'us', 0.007],
    ['soon', 'ms', undefined],
    [-1, 'ms', undefined],
  ] as const)('reads %j', (value, unit, ms) => {
    expect(durationOf(value, unit)).toBe(ms);
  });
});
