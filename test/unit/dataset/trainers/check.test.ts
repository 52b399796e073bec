import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { contextOf, trainerCheck } from '../../../../src/main/dataset/trainers/check.js';
import { checkFolder } from '../../../../src/main/dataset/trainers/check-folder.js';
import { freshFolder } from '../support.js';

const good = {
  messages: [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'a' },
  ],
};
const bad = { messages: [] };
const lines = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

it('names findings by file and row, and counts all of them', async () => {
  const folder = await freshFolder();
  await mkdir(join(folder, 'part'));
  await writeFile(join(folder, 'train.jsonl'), lines(good, bad));
  await writeFile(join(folder, 'part', 'test.jsonl.gz'), gzipSync(lines(bad)));
  await writeFile(join(folder, 'consent.jsonl'), lines({ file: 'train.jsonl' }));
  const { summary, findings } = await checkFolder(folder, 'trl');
  expect(summary).toEqual({
    trainer: 'trl',
    rows: 3,
    rows_with_findings: 2,
    findings: 2,
    effects: { skipped: 2 },
    codes: { messages_empty: 2 },
  });
  expect(findings.map(({ file, row }) => [file, row])).toEqual([
    ['part/test.jsonl.gz', 1],
    ['train.jsonl', 2],
  ]);
});

it('tells what only a file as a whole shows, and what is too long', () => {
  const check = trainerCheck('fireworks', { limit: 10, tokenizer: 'letters', count: (text) => text.length });
  expect(check.row('a.jsonl', good)).toMatchObject([{ row: 1, code: 'too_long', effect: 'truncated' }]);
  expect(check.row('b.jsonl', good)).toMatchObject([{ file: 'b.jsonl', row: 1 }]);
  expect(check.row('a.jsonl', good)).toMatchObject([{ file: 'a.jsonl', row: 2 }]);
  expect(check.endFile('a.jsonl')).toMatchObject([{ file: 'a.jsonl', row: null, code: 'too_few_rows' }]);
});

it('counts what is too long for a context, by the tokenizer that is named', async () => {
  const context = await contextOf({ trainer: 'trl', context: { tokens: 30, tokenizer: 'o200k_base' } });
  const check = trainerCheck('trl', context);
  const words = (count: number) => ({ messages: [{ role: 'assistant', content: 'harbour '.repeat(count) }] });
  check.row('a.jsonl', words(2));
  check.row('a.jsonl', words(40));
  check.row('a.jsonl', words(90));
  const { context: counted } = check.summary();
  expect(counted).toMatchObject({ limit: 30, tokenizer: 'o200k_base', too_long: 2, effect: 'truncated' });
  expect(counted?.longest).toBeGreaterThan(90);
  expect(check.named.filter(({ code }) => code === 'too_long').map(({ row }) => row)).toEqual([2, 3]);
  await expect(contextOf({ context: { tokens: 30, tokenizer: 'o200k_base' } })).rejects.toMatchObject({
    code: 'usage',
  });
  await expect(
    contextOf({ trainer: 'trl', context: { tokens: 30, tokenizer: '/nowhere/tokenizer.json' } }),
  ).rejects.toMatchObject({ code: 'tokenizer_invalid' });
});

it('refuses a folder without rows and a line that is no row', async () => {
  const folder = await freshFolder();
  await expect(checkFolder(folder, 'trl')).rejects.toMatchObject({ code: 'validation_failed' });
  await writeFile(join(folder, 'a.jsonl'), '{"messages": [\n');
  await expect(checkFolder(folder, 'trl')).rejects.toMatchObject({ code: 'validation_failed' });
});
