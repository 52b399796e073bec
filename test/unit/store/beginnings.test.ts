import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { previewDataset } from '../../../src/main/dataset/index.js';
import { exportSource } from '../../../src/main/engine/export-source.js';
import { defaultPolicy, redactorForExport } from '../../../src/main/redact/index.js';
import type { ExportOptions } from '../../../src/shared/model/index.js';
import { Conversation } from '../../support/conversation.js';
import { agentRun, store } from './support.js';

const key = new Uint8Array(32).fill(7);

it('reads the beginning of a long trace as if it had ended at an answer there, and a short one whole', () => {
  const target = store();
  agentRun(target, { ask: 'A short errand', turns: 2 });
  const talk = new Conversation({ format: 'openai-chat', system: 'You search.', tools: ['search'] });
  talk.user('A long errand');
  for (let call = 0; call < 230; call++) {
    const asks = call % 60 !== 59;
    const toolCalls = asks ? [{ name: 'search', arguments: { term: `beacon${call}` } }] : [];
    const { call: made } = target.take(talk.call({ text: `Answer ${call}`, toolCalls }));
    if (asks) talk.results({ id: made?.new_tool_calls.at(-1)?.tool_call_id ?? null, content: `Found quay${call}` });
    else talk.user('Go on');
  }
  const [long, short] = [...target.reader.iterateBeginnings('')];
  const whole = [...target.reader.iterateTraces('')];
  expect(short).toEqual({ trace: whole[1], cut: false });
  expect(whole[0]?.calls).toHaveLength(230);
  expect(long?.cut).toBe(true);
  const { calls = [], steps = [], tool_calls = [], decisions = [] } = long?.trace ?? {};
  expect(calls).toEqual(whole[0]?.calls.slice(0, 180));
  const kept = new Set(calls.map(({ call_id }) => call_id));
  const inKept = ({ call_id }: { call_id?: string | null | undefined }) => call_id == null || kept.has(call_id);
  expect(tool_calls).toEqual(whole[0]?.tool_calls.filter(inKept));
  expect(tool_calls).toHaveLength(177);
  expect(steps).toEqual(whole[0]?.steps.filter(inKept).slice(0, steps.length));
  expect(steps.at(-1)).toMatchObject({ content: 'Answer 179' });
  expect(decisions).toEqual(whole[0]?.decisions.filter(inKept));
});

it('reads no more of a trace than some megabytes, and a preview says that it saw the beginning alone', async () => {
  const target = store();
  const talk = new Conversation({ format: 'openai-chat', system: 'You search.', tools: ['search'] });
  talk.user('Large files');
  for (let call = 0; call < 40; call++) {
    const toolCalls = call === 4 ? [] : [{ name: 'search', arguments: { term: `beacon${call}` } }];
    const { call: made } = target.take(talk.call({ text: `Answer ${call}`, toolCalls }));
    if (call === 4) talk.user('Go on');
    else
      talk.results({
        id: made?.new_tool_calls.at(-1)?.tool_call_id ?? null,
        content: randomBytes(45_000).toString('base64'),
      });
  }
  target.take(talk.call({ text: 'The end.' }));
  const [found] = [...target.reader.iterateBeginnings('')];
  expect(found?.cut).toBe(true);
  expect(found?.trace.calls).toHaveLength(5);
  const source = exportSource(target.reader, {
    key,
    consentRequired: () => false,
    redactor: (wanted) => redactorForExport({ policy: defaultPolicy, key, secrets: [], values: [] }, wanted),
  });
  const options = { layout: 'trl-messages', format: 'jsonl', query: '', seed: 0, trainer: 'trl' } as ExportOptions;
  const preview = await previewDataset(options, source);
  expect(preview).toMatchObject({ traces: 1, looked_at: 1, beginnings: 1, rows_found: 1, trainer: { rows: 1 } });
  expect(preview.rows[0]).toMatchObject({
    messages: expect.arrayContaining([expect.objectContaining({ content: 'Answer 4' })]),
  });
});
