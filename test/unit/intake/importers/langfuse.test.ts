import { describe, expect, it } from 'vitest';
import { objectOf } from '../../../../src/main/ground/json.js';
import type { Importer } from '../../../../src/main/intake/importers/importer.js';
import { detectImporter, importerById } from '../../../../src/main/intake/importers/index.js';
import { langfuseUsage } from '../../../../src/main/intake/importers/langfuse-usage.js';
import { readHead } from '../../../../src/main/intake/importers/reading/input.js';
import type { Json } from '../../../../src/shared/model/index.js';
import { importedStore } from '../../../support/imported.js';
import { callsOf, eventsOf, read, recordsOf, skippedOf } from './support.js';

const langfuse = importerById('langfuse') as Importer;
const items = (document: unknown) => read(langfuse, Buffer.from(JSON.stringify(document)));
const generation = (id: string, parent: string | null, input: Json, output: Json) => ({
  id,
  traceId: 't',
  type: 'GENERATION',
  name: id,
  startTime: `2026-03-04T10:00:0${id.length}.000Z`,
  endTime: '2026-03-04T10:00:09.000Z',
  parentObservationId: parent,
  input,
  output,
});

describe('Langfuse', () => {
  it('joins runs of tools to the tool calls that they name, in whichever order they stand', async () => {
    const at = (second: number) => `2026-03-04T10:00:${10 + second}.000Z`;
    const tool = (id: string, second: number, input: Json, output: Json) => ({
      id,
      traceId: 'pair',
      type: 'TOOL',
      name: 'depth',
      startTime: at(second),
      endTime: at(second + 1),
      input,
      output,
    });
    const call = (id: string) => ({ id, type: 'function', function: { name: 'depth', arguments: '{"at":"pier"}' } });
    const observations = [
      {
        ...generation('asks', null, [{ role: 'user', content: 'How deep, twice?' }], {
          role: 'assistant',
          content: null,
          tool_calls: [call('call_first_depth'), call('call_second_depth')],
        }),
        traceId: 'pair',
        startTime: at(0),
        endTime: at(1),
      },
      tool('t2', 2, { name: 'depth', args: { at: 'pier' }, id: 'call_second_depth', type: 'tool_call' }, '7 m'),
      tool('t1', 3, { at: 'pier' }, { type: 'tool', content: '6 m', tool_call_id: 'call_first_depth' }),
    ];
    using store = importedStore();
    await store.take(JSON.stringify({ trace: { id: 'pair', timestamp: at(0) }, observations }), 'pair.json');
    const started = store
      .traces()
      .flatMap(({ tool_calls }) => tool_calls)
      .map(({ tool_call_id, metadata }) => [tool_call_id, objectOf(metadata['effect'])['started_at']]);
    expect(started).toEqual([
      ['call_first_depth', expect.stringContaining('10:00:13')],
      ['call_second_depth', expect.stringContaining('10:00:12')],
    ]);
  });

  it('reads the trace object of a download: name, session, user, tags, scores', async () => {
    const document = {
      trace: {
        id: 't',
        name: 'harbour desk',
        timestamp: '2026-03-04T10:00:00Z',
        sessionId: 'shift-3',
        userId: 'clerk-9',
        tags: ['night'],
        release: 'r1',
        input: { raw: 'When does the ferry go?' },
        scores: [
          {
            id: 's',
            name: 'calm',
            value: 0.25,
            source: 'EVAL',
            dataType: 'NUMERIC',
            timestamp: '2026-03-04T10:01:00Z',
          },
          {
            id: 'w',
            name: 'tone',
            stringValue: 'warm',
            source: 'API',
            dataType: 'CATEGORICAL',
            timestamp: '2026-03-04T10:01:00Z',
          },
        ],
      },
      observations: [generation('g', null, [{ role: 'user', content: 'When?' }], 'At six.')],
    };
    expect(detectImporter(readHead('x', Buffer.from(JSON.stringify(document))))?.id).toBe('langfuse');
    const all = await items(document);
    const [opened] = recordsOf(all);
    expect(opened?.trace).toMatchObject({
      title: 'harbour desk',
      metadata: { name: 'harbour desk', session_id: 'shift-3', user_id: 'clerk-9', tags: ['night'], release: 'r1' },
    });
    expect(opened?.extra).toEqual({ input: { raw: 'When does the ferry go?' } });
    expect(eventsOf(all)).toMatchObject([{ type: 'score', kind: 'judge', name: 'calm', value: 0.25 }]);
    expect(skippedOf(all)).toEqual([{ where: 'trace.scores[1]', reason: 'a score without a number' }]);
  });

  it('counts a generation that wraps another once', async () => {
    const all = await items([
      generation('out', null, { args: [], kwargs: { topic: 'ferries' } }, 'At six.'),
      { ...generation('s', 'out', null, null), type: 'SPAN' },
      generation('in', 's', [{ role: 'user', content: 'When?' }], { role: 'assistant', content: 'At six.' }),
    ]);
    expect(callsOf(all).map(({ key }) => key)).toEqual(['observation:in']);
    expect(skippedOf(all).map(({ where }) => where)).toContain('[0]');
  });

  it('keeps what a function was given as a step, and says so', async () => {
    const all = await items([
      generation('f', null, { args: [], kwargs: { topic: 'ferries', depth: 2 } }, { rows: [1] }),
    ]);
    expect(callsOf(all)[0]?.call).toMatchObject({
      request: { messages: [], history_complete: false },
      response: { messages: [] },
    });
    expect(eventsOf(all)).toMatchObject([
      { type: 'state_change', data: { input: { kwargs: { topic: 'ferries' } }, output: { rows: [1] } } },
    ]);
    expect(skippedOf(all).map(({ where }) => where)).toEqual(['[0].input', '[0].output']);
  });

  it('adds counts that stand beside each other, and not those that are parts', () => {
    const usage = (usageDetails: Json) => langfuseUsage({ usageDetails });
    expect(
      usage({
        input: 10,
        input_cache_read: 4,
        input_cache_creation: 2,
        output: 5,
        output_reasoning_tokens: 3,
        total: 24,
      }),
    ).toEqual({
      input_tokens: 16,
      cached_input_tokens: 4,
      cache_write_tokens: 2,
      output_tokens: 8,
      reasoning_tokens: 3,
    });
    // The total says that they are parts.
    expect(usage({ input: 10, input_cached_tokens: 4, output: 8, output_reasoning: 3, total: 18 })).toEqual({
      input_tokens: 10,
      cached_input_tokens: 4,
      output_tokens: 8,
      reasoning_tokens: 3,
    });
    expect(
      usage({
        prompt_tokens: 9,
        completion_tokens: 6,
        prompt_tokens_details: { cached_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 2 },
      }),
    ).toEqual({ input_tokens: 9, cached_input_tokens: 3, output_tokens: 6, reasoning_tokens: 2 });
    expect(usage({ input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 1 })).toEqual({
      input_tokens: 10,
      cached_input_tokens: 7,
      output_tokens: 1,
    });
    expect(usage({})).toBeNull();
  });
});
