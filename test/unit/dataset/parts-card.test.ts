import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eraseFromDataset, exportPairs, verifyDataset } from '../../../src/main/dataset/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { exportOptions, freshFolder, unhurried } from './support.js';

it('a dataset of several parts has a card over them: a configuration for each, signed, and new after an erasure', async () => {
  const sessions = [1, 2, 3].map((seed) => agentSession(seed, 2));
  const source = sessionSource(sessions);
  const out = join(await freshFolder(), 'out');
  const orders = (['tool-calls', 'openai-chat'] as const).map((layout) => exportOptions({ layout }));
  const { files } = await exportPairs(orders, source, out, unhurried());
  const card = () => readFile(join(out, 'README.md'), 'utf8');
  const text = await card();
  expect(text).toMatch(
    /configs:\n- config_name: tool-calls\n {2}data_files:\n {2}- split: train\n {4}path: tool-calls\/data.jsonl\n/,
  );
  expect(text).toMatch(/dataset_info:\n- config_name: tool-calls\n {2}features:\n/);
  expect(text).toMatch(/\n- config_name: openai-chat\n {2}features:\n/);
  expect(text).toContain('| tool-calls | [tool-calls](tool-calls/README.md) | 6 | 3 |');
  expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
  await eraseFromDataset(out, {
    fileNames: files.map(({ name }) => name),
    erasure_id: 'e',
    traceIds: new Set([(sessions[0] as (typeof sessions)[number]).trace.trace_id]),
    rowKeys: new Set(),
    change: (value) => value,
    signal: new AbortController().signal,
    signer: source.signer,
  });
  expect(await card()).toContain('| tool-calls | [tool-calls](tool-calls/README.md) | 4 |');
  expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
  await writeFile(join(out, 'README.md'), `${await card()}more`);
  expect((await verifyDataset(out)).problems).toEqual([
    { file: 'README.md', row: null, message: 'is not the file that was written' },
  ]);
});
