import { describe, expect, it } from 'vitest';
import { langfuse } from '../../../../src/main/intake/importers/langfuse.js';
import { langsmith } from '../../../../src/main/intake/importers/langsmith.js';
import { callsOf, read, recordsOf, skippedOf } from './support.js';

/** Calls of two conversations, and what stands around them, in the order they happened. */
const moments = [
  { name: 'dig', model: false, parent: null },
  { name: 'dig-1', model: true, parent: 'dig' },
  { name: 'spade', model: false, parent: 'dig' },
  { name: 'dig-2', model: true, parent: 'dig' },
  { name: 'sow', model: false, parent: null },
  { name: 'sow-1', model: true, parent: 'sow' },
];
const at = (second: number) => `2026-07-01T06:00:${String(second).padStart(2, '0')}.000Z`;

const observations = moments.map(({ name, model, parent }, second) => ({
  id: name,
  traceId: `garden-${name.split('-')[0] === 'sow' ? 'sow' : 'dig'}`,
  type: model ? 'GENERATION' : 'SPAN',
  name,
  startTime: at(second),
  endTime: at(second + 1),
  parentObservationId: parent,
  input: [{ role: 'user', content: `Please ${name}.` }],
  output: { role: 'assistant', content: 'Done.' },
}));
const runs = moments.map(({ name, model, parent }, second) => ({
  id: name,
  trace_id: name.split('-')[0],
  parent_run_id: parent,
  run_type: model ? 'llm' : 'chain',
  name,
  start_time: at(second),
  end_time: at(second + 1),
  inputs: { messages: [{ role: 'user', content: `Please ${name}.` }] },
  outputs: { choices: [{ message: { role: 'assistant', content: 'Done.' } }] },
}));

const orders = {
  'oldest first': [0, 1, 2, 3, 4, 5],
  'newest first': [5, 4, 3, 2, 1, 0],
  mixed: [3, 0, 5, 1, 4, 2],
};

describe('rows that are not in the order of time', () => {
  it.each(Object.entries(orders))('Langfuse and LangSmith: calls come as they were made, %s', async (_name, order) => {
    for (const [importer, rows] of [
      [langfuse, observations],
      [langsmith, runs],
    ] as const) {
      const lines = order.map((place) => JSON.stringify(rows[place])).concat('{"no":"row"}');
      const items = await read(importer, Buffer.from(lines.join('\n')));
      const asked = callsOf(items).map(({ call }) => call?.request.messages[0]?.parts[0]);
      expect(asked).toMatchObject([{ text: 'Please dig-1.' }, { text: 'Please dig-2.' }, { text: 'Please sow-1.' }]);
      const times = recordsOf(items).map(({ started_at }) => started_at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(skippedOf(items)).toHaveLength(1);
    }
  });
});
