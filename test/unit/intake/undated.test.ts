import { expect, it } from 'vitest';
import { importedStore, jsonl } from '../../support/imported.js';

/** What a file does not hold is absent: no duration is made of the order of its lines. */
it('gives no durations to what has no times', async () => {
  using store = importedStore();
  const call = { id: 'call_weigh', type: 'function', function: { name: 'weigh', arguments: '{"what":"clay"}' } };
  await store.take(
    jsonl([
      {
        messages: [
          { role: 'user', content: 'How heavy is the clay?' },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'call_weigh', content: '12 kg' },
          { role: 'assistant', content: 'Twelve kilograms.' },
        ],
      },
    ]),
  );
  const [trace] = store.traces();
  expect(trace?.calls.map(({ duration_ms }) => duration_ms)).toEqual([null, null]);
  expect(trace?.tool_calls.map(({ status, duration_ms }) => [status, duration_ms])).toEqual([['ok', null]]);
  expect(trace?.steps.map((step) => ('duration_ms' in step ? step.duration_ms : null) ?? null)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
