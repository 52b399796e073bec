import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  callSchema,
  decisionSchema,
  exchangeSchema,
  exchangeSummarySchema,
  findingSchema,
  stepSchema,
  toolCallSchema,
  traceSchema,
  traceSummarySchema,
} from '../../../../src/shared/model/index.js';
import { Conversation } from '../../../support/conversation.js';
import { command, record, second } from '../records.js';
import { agentRun, plainExchange, store } from '../support.js';

const list = { query: '', limit: 50, cursor: null };

describe('saving what was assembled', () => {
  it('gives a trace back whole, in its public shape', () => {
    const target = store();
    agentRun(target, { turns: 3 });
    const [summary] = target.reader.traces(list).items;
    const trace = traceSchema.parse(target.reader.trace(summary?.trace_id ?? ''));
    expect(trace.call_count).toBe(4);
    expect(trace.calls).toHaveLength(4);
    expect(trace.tool_names).toEqual(['search', 'read']);
    expect(trace.tool_calls.map(({ name, status }) => [name, status])).toEqual([
      ['search', 'ok'],
      ['read', 'ok'],
      ['search', 'ok'],
    ]);
    expect(trace.tool_calls[0]?.arguments).toEqual({ term: 'beacon0' });
    expect(trace.tool_calls[0]?.result).toBe('Found quay0 on the map');
    expect(trace.steps.map(({ seq }) => seq)).toEqual(trace.steps.map((_, index) => index));
    expect(trace.step_count).toBe(trace.steps.length);
    expect(trace.tool_call_count).toBe(3);
    expect(trace.usage).toEqual(expect.objectContaining({ input_tokens: 40, output_tokens: 20 }));
    const asked = trace.steps.find((step) => step.type === 'tool_call');
    expect(asked).toMatchObject({ name: 'search', status: 'ok', arguments: { term: 'beacon0' } });
    const answered = trace.steps.find((step) => step.type === 'tool_result');
    expect(answered).toMatchObject({ result: 'Found quay0 on the map' });
    expect(trace.decisions[0]?.outcome).toEqual({ success: true });
    expect(target.integrity()).toBe('ok');
  });

  it('answers every list and page in its public shape', () => {
    const target = store();
    agentRun(target, { turns: 2, format: 'anthropic-messages', stream: true });
    target.writer.save(plainExchange());
    const { reader } = target;
    const traces = z.array(traceSummarySchema).parse(reader.traces(list).items);
    const id = traces[0]?.trace_id ?? '';
    const exchanges = z.array(exchangeSummarySchema).parse(reader.exchanges(list).items);
    expect(exchanges).toHaveLength(4);
    expect(exchanges.filter(({ trace_id }) => trace_id === id)).toHaveLength(3);
    for (const { exchange_id } of exchanges) exchangeSchema.parse(reader.exchange(exchange_id, 1000));
    expect(z.array(toolCallSchema).parse(reader.toolCalls(list).items)).toHaveLength(2);
    expect(z.array(stepSchema).parse(reader.traceSteps(id, -1, 500)).length).toBeGreaterThan(5);
    expect(z.array(callSchema).parse(reader.traceCalls(id, null, 10).items)).toHaveLength(3);
    expect(z.array(toolCallSchema).parse(reader.traceToolCalls(id, null, 10).items)).toHaveLength(2);
    expect(z.array(decisionSchema).parse(reader.traceDecisions(id, null, 10).items)).toHaveLength(3);
    expect(reader.traceSteps(id, 1, 2).map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it.each(['anthropic-messages', 'openai-chat'] as const)(
    'shows the same of a trace whole, page by page and row by row: %s',
    (format) => {
      const target = store();
      const talk = new Conversation({ format, system: 'You search.', tools: ['search', 'read'] });
      talk.user('Find both lighthouses');
      const asked = target
        .take(
          talk.call({
            text: 'Both at once.',
            toolCalls: [
              { name: 'search', arguments: { term: 'beacon', deep: { list: [1, { two: null }] } } },
              { name: 'read', arguments: { path: 'x'.repeat(3000) } },
            ],
          }),
        )
        .call?.new_tool_calls.map(({ tool_call_id }) => tool_call_id);
      talk.results(
        { id: asked?.[0] ?? null, content: `{"rows":[${'7,'.repeat(900)}8]}` },
        { id: asked?.[1] ?? null, content: 'y'.repeat(5000), error: true },
      );
      target.take(talk.call({ text: 'They stand on the northern cape.' }));
      const id = target.reader.traces(list).items[0]?.trace_id ?? '';
      const same = (later: boolean) => {
        const trace = target.reader.trace(id);
        const results = trace?.steps.flatMap((step) => (step.type === 'tool_result' ? [step.result] : []));
        expect(results?.[0]).toHaveProperty('rows');
        expect(results?.[1]).toBe('y'.repeat(5000));
        expect(trace?.tool_calls.map(({ result }) => result)).toEqual(results);
        expect(trace?.steps.map(({ seq }) => target.reader.traceSteps(id, seq - 1, 1)[0])).toEqual(trace?.steps);
        expect(target.reader.traceToolCalls(id, null, 10).items).toEqual(trace?.tool_calls);
        expect((trace?.step_order ?? 0) > 0).toBe(later);
      };
      same(false);
      const started = Date.parse(target.reader.trace(id)?.started_at ?? '') * 1000;
      target.writer.save(record(id, { steps: [command(started - second, 'before all')] }));
      same(true);
    },
  );

  it('gives the exact messages of a call', () => {
    const target = store();
    const assembled = agentTurns(target);
    for (const { call } of assembled) {
      const messages = target.reader.callMessages(call?.call.call_id ?? '');
      expect(messages?.request).toEqual(call?.request_messages.map(({ message }) => message));
      expect(messages?.response).toEqual(call?.response_messages.map(({ message }) => message));
    }
  });

  it('stores an exchange once, however often the journal is replayed', () => {
    const target = store();
    const assembled = agentTurns(target);
    const before = target.rows();
    for (const each of assembled) expect(target.writer.save(each).topics).toEqual([]);
    expect(target.rows()).toEqual(before);
    expect(target.writer.counts().stored).toBe(assembled.length);
  });

  it('completes a tool call of an earlier batch and marks a failed one', () => {
    const target = store();
    agentRun(target, { turns: 1, fails: true, format: 'anthropic-messages' });
    const [summary] = target.reader.traces(list).items;
    const trace = target.reader.trace(summary?.trace_id ?? '');
    expect(trace?.tool_calls[0]).toMatchObject({ status: 'error', result: 'Found quay0 on the map' });
    expect(trace?.tool_calls[0]?.duration_ms).toBeGreaterThan(0);
    expect(trace?.steps.find(({ type }) => type === 'tool_call')).toMatchObject({ status: 'error' });
    expect(trace?.decisions[0]?.outcome).toEqual({ success: false });
    expect(trace?.error_count).toBe(1);
    expect(target.reader.traces({ ...list, query: 'has:error' }).items).toHaveLength(1);
  });

  it('keeps findings with their exchange and counts them in the trace', () => {
    const target = store();
    const findings = ['EMAIL', 'EMAIL', 'API_KEY'].map((entity, index) => ({
      finding_id: `01940000-0000-7000-8000-00000000000${index}`,
      entity,
      path: 'request.body',
      start: index,
      end: index + 5,
      action: 'mask' as const,
      replacement: `<${entity}>`,
      detector: 'test',
      confidence: 1,
    }));
    const talk = agentRun(target, { turns: 0 });
    target.take(talk.user('again').call({ text: 'yes' }), (decoded) => {
      decoded.exchange.findings = findings;
      return decoded;
    });
    const [summary] = target.reader.traces(list).items;
    const id = summary?.trace_id ?? '';
    expect(summary?.finding_count).toBe(3);
    const first = target.reader.traceFindings(id, null, 2);
    const second = target.reader.traceFindings(id, first.next_cursor, 2);
    expect([...first.items, ...second.items].map(({ finding_id }) => finding_id)).toEqual(
      findings.map(({ finding_id }) => finding_id),
    );
    expect(second.next_cursor).toBeNull();
    z.array(findingSchema).parse(first.items);
    expect(target.reader.traces({ ...list, query: 'entity:api_key' }).items).toHaveLength(1);
    expect(target.reader.exchanges({ ...list, query: 'entity:EMAIL' }).items).toHaveLength(1);
  });

  it('leaves nothing of an exchange that fails half way, and all of the rest of its batch', () => {
    const target = store();
    const good = plainExchange();
    const talk = agentTurns(target, false);
    const bad = structuredClone(talk[0] as (typeof talk)[number]);
    // A step without an id breaks after the exchange and the call went in.
    if (bad.call) (bad.call.steps.at(-1) as { step_id: unknown }).step_id = null;
    target.writer.transaction(() => {
      target.writer.save(good);
      expect(() => target.writer.save(bad)).toThrow();
      target.writer.setCursor('ab:1:2');
    });
    expect(target.rows()).toMatchObject({ exchanges: 1, calls: 0, traces: 0, steps: 0, documents: 0, lineage: 0 });
    expect(target.rows()['chunks']).toBe(2);
    expect(target.writer.cursor()).toBe('ab:1:2');
    for (const each of talk) target.writer.save(each);
    expect(target.rows()).toMatchObject({ exchanges: 1 + talk.length, traces: 1 });
    expect(target.integrity()).toBe('ok');
  });

  it('takes a whole batch back when it throws', () => {
    const target = store();
    const before = target.rows();
    expect(() =>
      target.writer.transaction(() => {
        target.writer.save(plainExchange());
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(target.rows()).toEqual(before);
    target.writer.save(plainExchange());
    expect(target.reader.exchanges({ ...list, query: 'client:unknown' }).items).toHaveLength(1);
  });

  function agentTurns(target: ReturnType<typeof store>, save = true) {
    const other = save ? target : store();
    const kept: ReturnType<typeof target.take>[] = [];
    agentRun(
      {
        ...other,
        take: (exchange) => {
          const assembled = other.take(exchange);
          kept.push(assembled);
          return assembled;
        },
      },
      { turns: 3 },
    );
    return kept;
  }
});
