import { describe, expect, it } from 'vitest';
import { validateTrace } from '../../../src/main/validate/index.js';
import type { Trace } from '../../../src/shared/model/index.js';
import { capturedSession, fileWithoutTimes, timesOf } from '../../support/half-told.js';
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

it('orders and filters what has no times all the same, and makes no times of it where others have some, which keep theirs', async () => {
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
  expect(times('fire')).toEqual([told, told, told, null]);
  // In the order it stands where it was told to be.
  expect(titles('').at(-1)).toBe(log('fire')?.title);
  await store.take(jsonl([row('call_first', told, 'glaze')]), 'told', at);
  expect(times('glaze')).toEqual([told, told, told]);
  await store.take(jsonl([row('call_second', null, 'glaze')]), 'untold', at);
  expect(times('glaze')).toEqual([told, told, told, null]);
});

describe('a captured trace that a file without times joins', () => {
  it('keeps its times, and the rows of the file have none', async () => {
    using store = importedStore();
    const talk = capturedSession(store);
    const [before] = store.traces() as [Trace];
    await store.take(fileWithoutTimes, 'slip');
    const [after, ...others] = store.traces() as [Trace];
    expect(others).toEqual([]);
    expect(after.call_count).toBe(3);
    expect(timesOf(after)).toMatchObject(timesOf(before));
    const added = after.calls.find(({ call_id }) => before.calls.every((each) => each.call_id !== call_id));
    expect(added).toMatchObject({ started_at: null, duration_ms: null });
    const steps = after.steps.filter(({ call_id }) => call_id === added?.call_id);
    expect(steps.map(({ type, timestamp }) => [type, timestamp])).toContainEqual(['tool_call', null]);
    expect(steps.every(({ timestamp }) => timestamp === null)).toBe(true);
    expect(after.tool_calls.find(({ tool_call_id }) => tool_call_id === 'call_slip')?.timestamp).toBeNull();
    expect(after.decisions.find(({ call_id }) => call_id === added?.call_id)?.timestamp).toBeNull();
    expect(validateTrace(after).errors).toEqual([]);

    // What is captured afterwards has its times, too.
    talk.user('And the glaze?');
    store.capture(talk.call({ text: 'Two.' }));
    const [later] = store.traces() as [Trace];
    expect(later.calls.map(({ started_at }) => started_at).filter((at) => at === null)).toHaveLength(1);
    const said = later.steps.find((step) => step.type === 'message' && step.content === 'Two.');
    expect(said?.timestamp).toBe(later.ended_at);
    expect(later.ended_at).not.toBe(before.ended_at);
  });

  it('comes back from an export with what is told of it and no more', async () => {
    using store = importedStore();
    capturedSession(store);
    await store.take(fileWithoutTimes, 'slip');
    const [whole] = store.traces() as [Trace];
    using other = importedStore();
    const report = await other.take(jsonl([whole]), 'traces');
    expect(report.skipped).toEqual([]);
    const [restored] = other.traces() as [Trace];
    expect(timesOf(restored)).toEqual(timesOf(whole));
    // And again: nothing is new.
    await other.take(jsonl([whole]), 'traces', 1_796_000_000_000_000);
    expect(timesOf(other.traces()[0] as Trace)).toEqual(timesOf(whole));
    expect(other.traces()[0]?.call_count).toBe(whole.call_count);
  });
});

describe('an execution trace that does not say when it began', () => {
  const execution = (trace_id: string, steps: object[], more: object = {}) =>
    jsonl([{ trace_id, scenario: 'fire the kiln', execution_mode: 'EXECUTION', steps, ...more }]);
  const step = (name: string, more: object = {}) => ({ step_id: name, step_name: name, actions: [], ...more });

  it('has no times, and its steps keep their order', async () => {
    using store = importedStore();
    const { skipped } = await store.take(execution('kiln-1', [step('load'), step('heat'), step('cool')]));
    expect(skipped).toEqual([]);
    const [trace] = store.traces();
    expect([trace?.started_at, trace?.ended_at, trace?.steps.map(({ timestamp }) => timestamp)]).toEqual([
      null,
      null,
      [null, null, null],
    ]);
    const [row] = store.rows('execution-trace').rows as { start_time: null; steps: { step_name: string }[] }[];
    expect([row?.start_time, row?.steps.map(({ step_name }) => step_name)]).toEqual([null, ['load', 'heat', 'cool']]);
  });

  it('begins with its first step that does', async () => {
    using store = importedStore();
    await store.take(execution('kiln-2', [step('load', { start_time: '2026-04-05T06:07:08Z' })]));
    expect(store.traces()[0]?.started_at).toBe('2026-04-05T06:07:08.000Z');
  });

  it('is refused where what it says is no time', async () => {
    using store = importedStore();
    const { skipped } = await store.take(execution('kiln-3', [step('load')], { start_time: 'this morning' }));
    expect(skipped).toMatchObject([{ reason: 'start_time is no time' }]);
  });
});
