import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { exportDataset } from '../../../src/main/dataset/index.js';
import { decontaminate, fingerprintText, indexFiles } from '../../../src/main/review/index.js';
import type { Trace } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource, testId, testTrace } from '../../support/traces.js';
import { exportOptions, unhurried } from '../dataset/support.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-against-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const task =
  'Given a ledger of ferries and their quays, return the earliest hour at which every one of them has left the harbour';
const said = (number: number, text: string): Trace =>
  testTrace({
    trace_id: testId(1, number),
    steps: [
      {
        step_id: testId(3, number),
        seq: 0,
        timestamp: '2026-11-21T09:30:00Z',
        type: 'message',
        role: 'user',
        content: text,
      },
    ],
  });
const traces = [
  said(1, 'Please tidy up the readme of this folder, it has grown too long for anybody to read it.'),
  said(2, `Solve this: ${task.toUpperCase()}! Thanks.`),
  said(3, task.split(' ').slice(0, 12).join(' ')),
];
const run = async (paths: string[], words = 13) => {
  const found = await decontaminate(traces, await indexFiles(paths, words), async () => {});
  return found.items.map(({ trace_id, file: name, line }) => [trace_id, name, line]);
};

describe('decontamination', () => {
  it('finds 13 words in a row of a text, a JSON line in any field and a column, and says where they stand', async () => {
    const hit = (name: string, line: number) => [[testId(1, 2), name, line]];
    expect(await run([file('a.txt', `Some words.\n\n${task}\n`)])).toEqual(hit('a.txt', 3));
    const row = JSON.stringify({ id: 7, problem: { text: [task] } });
    expect(await run([file('b.jsonl', `{"problem":"another one"}\n${row}\n`)])).toEqual(hit('b.jsonl', 2));
    parquetWriteFile({
      filename: join(folder, 'c.parquet'),
      columnData: [{ name: 'prompt', data: ['nothing of it', task], type: 'STRING' }],
    });
    expect(await run([join(folder, 'c.parquet')])).toEqual(hit('c.parquet', 2));
  });

  it('keeps such traces out of a dataset, and says which file holds their text', async () => {
    const sessions = [1, 2].map((number) => agentSession(number, 1, { steps: traces[number - 1]?.steps ?? [] }));
    const against = { files: [file('l.txt', task)], words: 13 };
    const out = join(folder, 'dataset');
    const result = await exportDataset(exportOptions({ against }), sessionSource(sessions), out, unhurried());
    expect(result.traces).toBe(1);
    expect(result.skipped).toEqual([{ trace_id: testId(1, 2), reason: 'it holds text of l.txt' }]);
  });

  it('finds fewer words in a row where fewer are asked for', async () => {
    expect((await run([file('d.txt', task)], 10)).map(([id]) => id)).toEqual([testId(1, 2), testId(1, 3)]);
  });

  it('finds the same by fingerprints, which hold no word', async () => {
    const plain = file('e.txt', task);
    const saved = fingerprintText(await indexFiles([plain], 13));
    expect(saved).not.toContain('ferries');
    expect(await run([file('e.json', saved)])).toEqual(await run([plain]));
  });

  it('says what cannot be read', async () => {
    for (const [name, text] of [
      ['f.jsonl', '{"a":1}\nno'],
      ['g.txt', ' \n'],
      ['h.json', `${fingerprintText(await indexFiles([file('i.txt', task)], 13)).slice(0, -40)}"}`],
    ] as const) {
      await expect(indexFiles([file(name, text)], 13)).rejects.toMatchObject({ code: 'validation_failed' });
    }
    for (const path of [join(folder, 'none.txt'), '/dev/zero', folder])
      await expect(indexFiles([path], 13)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(
      indexFiles([file('j.json', fingerprintText(await indexFiles([file('k.txt', task)], 10)))], 13),
    ).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});
