import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.js';

/** The body of POST /ingest, as the document has it. */
const example = {
  trace_id: 'trace-123',
  event_type: 'completion',
  payload: { model: 'gpt-4o-mini', text: '...' },
};

describe('the interceptor, as its document has it', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.dispose());

  it('takes a completion as a model call with what the assistant said', async () => {
    const answer = await engine.fetch('/ingest', { body: example });
    expect([answer.status, await answer.json()]).toMatchObject([202, { status: 'accepted', trace_id: 'trace-123' }]);
    await engine.settled();
    const trace = await engine.api('/traces/trace-123');
    expect(trace).toMatchObject({ kind: 'ingest', models: ['gpt-4o-mini'], call_count: 1, tool_calls: [] });
    expect(trace.calls).toMatchObject([{ model: 'gpt-4o-mini', usage: null, error: null }]);
    expect(trace.steps).toMatchObject([
      { type: 'message', role: 'assistant', content: '...', call_id: trace.calls[0].call_id },
    ]);
    expect(await engine.api('/traces/trace-123/validation')).toMatchObject({ valid: true, errors: [] });
  });

  it('takes completions one after the other, with what was asked and counted', async () => {
    const completion = (timestamp: string, payload: object) =>
      engine.api('/ingest', { body: { trace_id: 'talk-7', event_type: 'completion', timestamp, payload } });
    await completion('2026-03-01T08:00:00Z', { model: 'm-1', prompt: 'Name a colour.', text: 'Teal.' });
    await completion('2026-03-01T08:00:05Z', {
      model: 'm-1',
      text: 'Ochre.',
      finish_reason: 'stop',
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    });
    await engine.settled();
    const trace = await engine.api('/traces/talk-7');
    expect(trace.steps.map(({ role, content }: { role: string; content: string }) => [role, content])).toEqual([
      ['user', 'Name a colour.'],
      ['assistant', 'Teal.'],
      ['assistant', 'Ochre.'],
    ]);
    expect(trace.calls[1]).toMatchObject({ stop_reason: 'stop', usage: { input_tokens: 5, output_tokens: 2 } });
  });

  it('answers 400 to a body that is malformed or does not fit', async () => {
    const raw = (body: string) =>
      fetch(new URL('/ingest', engine.ready.api), {
        method: 'POST',
        headers: { authorization: `Bearer ${engine.ready.token}`, 'content-type': 'application/json' },
        body,
      });
    expect((await raw('{"trace_id": ')).status).toBe(400);
    for (const body of [{}, { ...example, trace_id: undefined }, { ...example, payload: 'text' }]) {
      expect((await engine.fetch('/ingest', { body })).status).toBe(400);
    }
  });
});
