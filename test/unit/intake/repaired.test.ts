import { describe, expect, it } from 'vitest';
import { importedStore } from '../../support/imported.js';

/** A file with broken lines is imported, mended, and imported again: what was missing comes, and nothing twice. */

const at = (second: number) => new Date(Date.UTC(2026, 6, 8, 7, 0, second)).toISOString();

function claude(): string[] {
  const base = { isSidechain: false, userType: 'external', cwd: '/srv/kiln', version: '2.1.332' };
  const line = (uuid: string, parentUuid: string | null, second: number, more: object) =>
    JSON.stringify({
      ...base,
      sessionId: '9e110000-0000-4000-8000-00000000cccc',
      uuid,
      parentUuid,
      timestamp: at(second),
      ...more,
    });
  const answer = (id: string, block: object, stop_reason: string) => ({
    type: 'assistant',
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5',
      content: [block],
      stop_reason,
      usage: { input_tokens: 40, output_tokens: 6 },
    },
  });
  const use = (id: string) => ({ type: 'tool_use', id, name: 'Read', input: { path: `/kiln/${id}` } });
  const result = (tool_use_id: string, content: string) => ({
    type: 'user',
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id, content }] },
  });
  return [
    line('k1', null, 1, { type: 'user', message: { role: 'user', content: 'How hot is the kiln?' } }),
    line('k2', 'k1', 3, answer('msg_kiln_1', use('toolu_kiln_1'), 'tool_use')),
    line('k3', 'k2', 4, answer('msg_kiln_1', use('toolu_kiln_2'), 'tool_use')),
    line('k4', 'k2', 5, result('toolu_kiln_1', '900 degrees')),
    line('k5', 'k3', 6, result('toolu_kiln_2', 'rising')),
    line('k6', 'k5', 8, answer('msg_kiln_2', { type: 'text', text: '900 degrees, rising.' }, 'end_turn')),
    line('k7', 'k6', 9, { type: 'user', message: { role: 'user', content: 'And now?' } }),
    line('k8', 'k7', 11, answer('msg_kiln_3', use('toolu_kiln_3'), 'tool_use')),
    line('k9', 'k8', 12, result('toolu_kiln_3', '950 degrees')),
    line('k10', 'k9', 14, answer('msg_kiln_4', { type: 'text', text: '950 degrees.' }, 'end_turn')),
  ];
}

async function imported(...texts: string[]) {
  const store = importedStore();
  const reports = [];
  for (const text of texts) reports.push(await store.take(text, '/p/kiln.jsonl'));
  const traces = store.traces();
  return {
    reports,
    chat: store.rows('openai-chat').rows,
    calls: traces.flatMap(({ calls }) => calls).length,
    tools: traces
      .flatMap(({ tool_calls }) => tool_calls)
      .map(({ tool_call_id, status, result }) => [tool_call_id, status, result])
      .sort(),
    steps: traces
      .flatMap(({ steps }) => steps)
      .map((step) => [step.type, 'content' in step ? step.content : 'tool_call_id' in step ? step.tool_call_id : ''])
      .sort(),
    close: () => store.close(),
  };
}

describe('a session of Claude Code', () => {
  it.each([
    ['what a user said', [0]],
    ['a part of an answer', [2]],
    ['the result before an answer', [4]],
    ['one of two results', [3]],
    ['both results', [3, 4]],
    ['the last answer', [9]],
  ])('of which %s was broken', async (_name, broken) => {
    const lines = claude();
    const cut = lines.map((line, place) => (broken.includes(place) ? line.slice(0, 70) : line));
    const text = (all: string[]) => `${all.join('\n')}\n`;
    const whole = await imported(text(lines));
    const healed = await imported(text(cut), text(lines), text(lines));
    expect([healed.calls, healed.tools, healed.steps]).toEqual([whole.calls, whole.tools, whole.steps]);
    expect(healed.chat).toEqual(whole.chat);
    expect(healed.reports[2]?.taken).toMatchObject({ records: 0, calls: 0 });
    whole.close();
    healed.close();
  });
});

it('a session that grew comes in full, wherever it was read before', async () => {
  const lines = claude();
  const text = (count: number) =>
    lines
      .slice(0, count)
      .map((line) => `${line}\n`)
      .join('');
  const whole = await imported(text(lines.length));
  for (const count of [1, 4, 5, 7, 9]) {
    const grown = await imported(text(count), text(lines.length));
    expect([grown.calls, grown.tools, grown.steps], `${count} lines`).toEqual([whole.calls, whole.tools, whole.steps]);
    expect(grown.chat).toEqual(whole.chat);
    grown.close();
  }
  whole.close();
});

it('names a document that stands under the key of another', async () => {
  const document = (task: string, answer: string) =>
    JSON.stringify({
      schema_version: 'ATIF-v1.7',
      trajectory_id: 'kiln-7',
      agent: { name: 'potter', version: '1', model_name: 'clay-1' },
      steps: [
        { step_id: 1, timestamp: at(1), source: 'user', message: task },
        {
          step_id: 2,
          timestamp: at(5),
          source: 'agent',
          message: answer,
          metrics: { prompt_tokens: 9, completion_tokens: 3 },
        },
      ],
    });
  using store = importedStore();
  await store.take(document('Fire the kiln.', 'Fired.'), '/a.json');
  const report = await store.take(document('Empty the kiln.', 'It is empty now.'), '/b.json');
  expect(report.skipped).toEqual([
    { where: expect.stringContaining('kiln-7'), reason: expect.stringContaining('another record') },
  ]);
  expect(store.traces().map(({ calls, title }) => [title, calls.length])).toEqual([['Fire the kiln.', 1]]);
  expect(await store.take(document('Fire the kiln.', 'Fired.'), '/a.json')).toMatchObject({
    skipped_count: 0,
    duplicates: 1,
  });
});
