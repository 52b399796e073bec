import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Column } from '../../../src/main/dataset/columns.js';
import { createNarrowing } from '../../../src/main/dataset/formats/narrowing.js';
import { exportDataset } from '../../../src/main/dataset/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { exportOptions, freshFolder, readJsonl, unhurried } from './support.js';

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  type,
  nullable: true,
  description: '',
  ...more,
});

it('columns of texts or other JSON are texts where all that they held is', () => {
  const message = column('element', 'struct', { fields: [column('role', 'string'), column('content', 'text')] });
  const columns = [column('messages', 'list', { of: message }), column('output', 'text'), column('odd', 'json')];
  const narrowing = createNarrowing(columns);
  narrowing.row({
    messages: [
      { role: 'user', content: '{"a":1}' },
      { role: 'tool', content: null },
    ],
    output: 'x',
    odd: 1,
  });
  const narrow = narrowing.columns();
  expect(narrow[0]?.of?.fields?.[1]?.type).toBe('string');
  expect([narrow[1]?.type, narrow[2]?.type]).toEqual(['string', 'json']);
  narrowing.row({ messages: [{ role: 'user', content: [{ type: 'text' }] }], output: 'x' });
  expect(narrowing.columns()[0]?.of?.fields?.[1]?.type).toBe('text');
  expect(columns[1]?.type).toBe('text');
});

it('the card of a file of lines says texts; croissant.json names what its readers cannot give back', async () => {
  const out = join(await freshFolder(), 'out');
  await exportDataset(exportOptions({ layout: 'trl-messages' }), sessionSource([agentSession(1, 2)]), out, unhurried());
  expect(await readFile(join(out, 'README.md'), 'utf8')).toMatch(/name: "content"\s+dtype: "string"/);
  const { recordSet } = JSON.parse(await readFile(join(out, 'croissant.json'), 'utf8'));
  expect(recordSet[0].description).toContain('Not described: messages/tool_calls');
  const names = recordSet[0].field.map(({ name }: { name: string }) => name);
  // No row has an image: a reader would look for a column that is not there.
  expect(names).toEqual(['messages', 'tools']);
  expect(recordSet[0].field[0]).toMatchObject({ repeated: true, subField: expect.any(Array) });
});

it('what other readers take for the end of a line is escaped in files of lines', async () => {
  const session = agentSession(1, 1);
  (session.trace.tool_calls[0] as { result: unknown }).result = 'a\u2028b\u2029c\u0085d';
  const out = join(await freshFolder(), 'out');
  await exportDataset(exportOptions(), sessionSource([session]), out, unhurried());
  expect(await readFile(join(out, 'data.jsonl'), 'utf8')).not.toMatch(/[\u0085\u2028\u2029]/);
  expect((await readJsonl(join(out, 'data.jsonl')))[0]?.result).toBe('a\u2028b\u2029c\u0085d');
});
