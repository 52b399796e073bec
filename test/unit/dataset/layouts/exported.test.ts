import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportDataset } from '../../../../src/main/dataset/index.js';
import type { ExportOptions } from '../../../../src/shared/model/index.js';
import { agentSession, sessionSource, testId } from '../../../support/traces.js';
import { exportOptions, freshFolder, readJsonl, unhurried } from '../support.js';

async function exported(options: Partial<ExportOptions>, sessions = [agentSession(1, 2), agentSession(2, 0)]) {
  const out = join(await freshFolder(), 'out');
  await exportDataset(exportOptions(options), sessionSource(sessions), out, unhurried());
  const text = (name: string) => readFile(join(out, name), 'utf8');
  return { out, text, manifest: JSON.parse(await text('manifest.json')) };
}

it('says in the manifest, the card and a report what a trainer would lose', async () => {
  const { out, manifest, text } = await exported({ layout: 'openai-chat', trainer: 'llamafactory' });
  expect(manifest.trainer).toEqual({
    trainer: 'llamafactory',
    rows: 2,
    rows_with_findings: 0,
    findings: 0,
    effects: {},
    codes: {},
  });
  expect(await text('README.md')).toContain('0 of 2 rows lose something there.');
  await expect(text('trainer-report.jsonl')).rejects.toMatchObject({ code: 'ENOENT' });
  const few = await exported({ layout: 'openai-chat', trainer: 'openai' });
  expect(few.manifest.trainer).toMatchObject({ rows_with_findings: 0, codes: { too_few_rows: 1 } });
  expect(await readJsonl(join(few.out, 'trainer-report.jsonl'))).toMatchObject([{ file: 'data.jsonl', row: null }]);
  expect(out).not.toBe(few.out);
});

it('writes what a trainer wants beside the data, for every split', async () => {
  const sessions = Array.from({ length: 12 }, (_, number) => agentSession(number, 1));
  const { text } = await exported({ layout: 'llamafactory-sharegpt', split: { train: 0.5, test: 0.5 } }, sessions);
  expect(JSON.parse(await text('dataset_info.json'))).toMatchObject({
    train: { file_name: 'train.jsonl', columns: { messages: 'conversations', tools: 'tools' } },
    test: { file_name: 'test.jsonl' },
  });
});

it('keeps reasoning as it is asked to, and refuses what a layout has no place for', async () => {
  const kept = await exported({ layout: 'verl-sft', reasoning: 'keep' });
  expect(await kept.text('data.jsonl')).toContain('I should look.');
  const plain = await exported({ layout: 'verl-sft' });
  expect(await plain.text('data.jsonl')).not.toContain('I should look.');
  await expect(exported({ layout: 'openai-chat', reasoning: 'keep' })).rejects.toMatchObject({
    code: 'validation_failed',
    message: 'openai-chat cannot have reasoning "keep", only strip.',
  });
});

it('tells tokens that were on the wire, and none where redaction changed what they say', async () => {
  const session = agentSession(1, 0);
  const tokens = (words: string[]) =>
    words.map((token, index) => ({
      token,
      token_id: index,
      logprob: -1,
      top: [{ token, token_id: index, logprob: -1 }],
    }));
  const source = (words: string[]) => ({ ...sessionSource([session]), logprobs: () => tokens(words) });
  const written = async (words: string[]) => {
    const out = join(await freshFolder(), 'out');
    await exportDataset(exportOptions({ layout: 'axolotl-kd' }), source(words), out, unhurried());
    return readJsonl(join(out, 'data.jsonl'));
  };
  expect((await written(['It is', ' in file', ' 1.', '<end>']))[0]?.logprobs).toHaveLength(4);
  await expect(written(['My key', ' is x'])).rejects.toMatchObject({ code: 'export_empty' });
  await expect(written(['It is in file 1.', ' Write to jo', 'e@example.com'])).rejects.toMatchObject({
    code: 'export_empty',
  });
});

it('embeds subagents in ATIF where they are inlined, once', async () => {
  const step = { seq: 1, timestamp: '2026-11-21T09:30:00.000Z', type: 'message', role: 'user', content: 'go' } as const;
  const sessions = [1, 2].map((number) => {
    const session = agentSession(number, 0);
    session.trace.steps = [{ ...step, step_id: testId(4, number) }];
    return session;
  });
  if (sessions[1] !== undefined) sessions[1].trace.parent_trace_id = testId(1, 1);
  const inlined = await exported({ layout: 'atif' }, sessions);
  const rows = await readJsonl(join(inlined.out, 'data.jsonl'));
  expect(rows).toMatchObject([
    { trajectory_id: testId(1, 1), subagent_trajectories: [{ trajectory_id: testId(1, 2) }] },
  ]);
  expect(inlined.manifest.skipped).toEqual({ 'it stands in the row of the trace that spawned it': 1 });
  const own = await exported({ layout: 'atif', subagents: 'own' }, sessions);
  expect(await readJsonl(join(own.out, 'data.jsonl'))).toHaveLength(2);
});
