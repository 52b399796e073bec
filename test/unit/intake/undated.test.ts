import { expect, it } from 'vitest';
import { importedStore, jsonl } from '../../support/imported.js';

/** What a file does not hold is absent: no duration is made of the order of its lines, no time of the day of the import. */
const chat = () => {
  const call = { id: 'call_weigh', type: 'function', function: { name: 'weigh', arguments: '{"what":"clay"}' } };
  return jsonl([
    {
      messages: [
        { role: 'user', content: 'How heavy is the clay?' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_weigh', content: '12 kg' },
        { role: 'assistant', content: 'Twelve kilograms.' },
      ],
    },
  ]);
};

it('gives no durations to what has no times', async () => {
  using store = importedStore();
  await store.take(chat());
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

it('gives no times to what has none, wherever it is shown', async () => {
  using store = importedStore();
  await store.take(chat());
  const [trace] = store.traces();
  expect([trace?.started_at, trace?.ended_at]).toEqual([null, null]);
  expect(trace?.calls.map(({ started_at }) => started_at)).toEqual([null, null]);
  expect(trace?.steps.map(({ timestamp }) => timestamp)).toEqual([null, null, null, null]);
  expect(trace?.tool_calls.map(({ timestamp }) => timestamp)).toEqual([null]);
  const [call] = store.rows('tool-calls').rows as { timestamp: string | null }[];
  expect(call?.timestamp).toBeNull();
  const [execution] = store.rows('execution-trace').rows as { [name: string]: unknown }[];
  expect(execution).toMatchObject({ start_time: null, end_time: null, total_duration: null });
  expect((execution as { steps: { actions: object[] }[] }).steps.map(({ actions }) => actions.length)).toEqual([
    0, 1, 0,
  ]);
  for (const layout of ['atif', 'hf-traces'] as const)
    expect(JSON.stringify(store.rows(layout)), layout).not.toMatch(/"timestamp"|20\d\d-\d\d-\d\dT/);
});

it('orders and filters what has no times all the same, and makes no times of it where others have some', async () => {
  using store = importedStore();
  const at = Date.UTC(2026, 5, 4, 8) * 1000;
  await store.take(chat(), 'first', at);
  await store.take(chat().replace('clay', 'slip'), 'second', at + 3_600_000_000);
  const titles = (query: string) =>
    store.reader.traces({ query, cursor: null, limit: 9 }).items.map(({ title }) => title);
  expect(titles('')).toEqual(['How heavy is the slip?', 'How heavy is the clay?']);
  const row = (tool_call_id: string, timestamp: string | null, name = 'fire') => ({
    name,
    arguments: { cone: 6 },
    result: 'done',
    timestamp,
    metadata: { trace_id: `${name}-log`, tool_call_id },
  });
  const log = (name: string) => store.traces().find(({ tool_names }) => tool_names.includes(name));
  const times = (name: string) => {
    const { started_at, ended_at, tool_calls } = log(name) ?? {};
    return [started_at, ended_at, ...(tool_calls ?? []).map(({ timestamp }) => timestamp)];
  };
  await store.take(jsonl([row('call_untold', null)]), 'rows', at);
  expect(times('fire')).toEqual([null, null, null]);
  const told = '2026-02-03T04:05:06.000Z';
  await store.take(jsonl([row('call_told', told)]), 'more rows', at);
  expect(times('fire')).toEqual([null, null, null, null]);
  // In the order it stands where it was told to be.
  expect(titles('').at(-1)).toBe(log('fire')?.title);
  await store.take(jsonl([row('call_first', told, 'glaze')]), 'told', at);
  expect(times('glaze')).toEqual([told, told, told]);
  await store.take(jsonl([row('call_second', null, 'glaze')]), 'untold', at);
  expect(times('glaze')).toEqual([null, null, null, null]);
});
