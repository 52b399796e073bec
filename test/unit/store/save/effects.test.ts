import { describe, expect, it } from 'vitest';
import { effectSchema } from '../../../../src/shared/model/index.js';
import { certain, command, looseToolCall, newEffect, newTrace, origin, record, wire, witness } from '../records.js';
import { agentRun, plainExchange, store, type TestStore } from '../support.js';

const list = { query: '', limit: 50, cursor: null };

/** A trace with one tool call that an effect can join. */
function asked(target: TestStore, keys = ['look']) {
  const opened = newTrace();
  const id = opened.trace_id;
  const toolCall = looseToolCall('t1', origin, { effect_keys: keys });
  target.writer.save(record(id, { new_trace: opened, new_tool_calls: [toolCall] }));
  const joined = { trace_id: id, tool_call_id: 't1', call_id: null, join: certain, arguments_altered: false };
  return { trace_id: id, joined };
}

describe('effects on the wire', () => {
  it('wait under their keys until a tool call claims them, and give it their duration', () => {
    const target = store();
    const { lineage } = target.writer;
    const effect = newEffect();
    target.writer.save(wire({ type: 'add', effect }));
    expect(lineage.openEffects('look')).toMatchObject([
      { effect_id: effect.effect_id, tool_call_id: null, join: null },
    ]);
    expect(target.reader.unclaimedEffects(null, 10).items.map((each) => effectSchema.parse(each).effect_id)).toEqual([
      effect.effect_id,
    ]);
    expect(target.reader.exchanges({ ...list, query: 'effect:unclaimed' }).items).toHaveLength(1);
    const { trace_id, joined } = asked(target);
    expect(lineage.toolCallsByKey('look')).toMatchObject([{ trace_id, tool_call_id: 't1', effect_id: null }]);
    target.writer.save({ ...plainExchange(), effects: [{ type: 'join', effect_id: effect.effect_id, ...joined }] });
    expect(lineage.openEffects('look')).toEqual([]);
    expect(lineage.toolCallsByKey('look')).toMatchObject([{ effect_id: effect.effect_id, duration_ms: 250 }]);
    expect(lineage.effectOf(trace_id, 't1')).toMatchObject({ effect_id: effect.effect_id, join: certain });
    expect(target.reader.unclaimedEffects(null, 10).items).toEqual([]);
    expect(target.reader.traceEffects(trace_id, null, 10).items).toMatchObject([
      { trace_id, tool_call_id: 't1', join: certain, duration_ms: 250, result_altered: null },
    ]);
    expect(target.reader.trace(trace_id)?.tool_calls[0]?.metadata).toMatchObject({
      duration: 'wire',
      effect_id: effect.effect_id,
      effect: { effect_id: effect.effect_id, server: 'mcp.test/mcp', duration_ms: 250, arguments_altered: false },
    });
    // The exchange belongs to the trace now.
    expect(target.reader.exchanges({ ...list, query: `trace:${trace_id} effect:joined` }).items).toHaveLength(1);
    target.writer.save({
      ...plainExchange(),
      effects: [{ type: 'delivered', effect_id: effect.effect_id, result_altered: true }],
    });
    for (const query of ['effect:altered', 'effect:joined']) {
      expect(target.reader.toolCalls({ ...list, query }).items, query).toHaveLength(1);
      expect(target.reader.traces({ ...list, query }).items, query).toHaveLength(1);
    }
    expect(target.reader.captureHealth().effects).toEqual({ joined: 1, unclaimed: 0, altered: 1, never_sent: 0 });
  });

  it('come in two halves, in either order; one that is only part of a tool does not time it', () => {
    const target = store();
    const { lineage } = target.writer;
    const { trace_id, joined } = asked(target);
    const open = { result: null, status: 'pending' as const, ended_at: null, half_key: 'h1' };
    const effect = newEffect({ ...open, joined });
    target.writer.save(wire({ type: 'add', effect }));
    const toolCall = () => target.reader.trace(trace_id)?.tool_calls[0];
    expect(toolCall()?.duration_ms).toBeNull();
    expect(lineage.effectByHalf('h1')?.effect_id).toBe(effect.effect_id);
    const { effect_id } = effect;
    const ended_at = origin + 700_000;
    target.writer.save(wire({ type: 'complete', effect_id, result: 'gulls', status: 'ok', ended_at }));
    expect(toolCall()?.duration_ms).toBe(700);
    expect(lineage.effectOf(trace_id, 't1')).toMatchObject({ result: 'gulls', ended_at });
    const part = newEffect({ joined: { ...joined, join: { ...certain, part: true } } });
    target.writer.save(wire({ type: 'add', effect: part }));
    expect(toolCall()?.duration_ms).toBe(700);
    const backwards = newEffect({ half_key: 'h2', arguments: {}, name: '' });
    target.writer.save(wire({ type: 'add', effect: backwards }));
    target.writer.save(wire({ type: 'replace', effect: { ...backwards, name: 'look', joined } }));
    expect(target.reader.traceEffects(trace_id, null, 10).items.map(({ name }) => name)).toEqual([
      'look',
      'look',
      'look',
    ]);
    expect(lineage.openEffects('look')).toEqual([]);
    expect(target.rows()['effect_keys']).toBe(0);
  });

  describe('that failed', () => {
    const refusal = { result: { content: 'berth taken' }, status: 'error' as const };
    const answer = (trace_id: string, status: 'ok' | 'error' = 'ok') =>
      record(trace_id, {
        tool_results: [
          { trace_id, tool_call_id: 't1', call_id: null, result: 'berth 4 is yours', status, duration_ms: 5 },
        ],
      });
    const expectFailed = (target: TestStore, trace_id: string) => {
      const trace = target.reader.trace(trace_id);
      expect(trace).toMatchObject({ error_count: 1, tool_calls: [{ status: 'error' }] });
      expect(trace?.tool_calls[0]).toMatchObject({
        result: 'berth 4 is yours',
        metadata: { claimed_status: 'ok', effect: { status: 'error' } },
      });
      for (const query of ['status:error', 'effect:altered']) {
        expect(target.reader.toolCalls({ ...list, query }).items, query).toHaveLength(1);
      }
      for (const query of ['has:error', 'effect:altered']) {
        expect(target.reader.traces({ ...list, query }).items, query).toHaveLength(1);
      }
      expect(target.reader.toolCalls({ ...list, query: 'status:ok' }).items).toEqual([]);
      expect(target.reader.captureHealth().effects.altered).toBe(1);
    };

    /** Each brings the same three things in another order. */
    const orders: [string, (target: TestStore) => string][] = [
      [
        'before the result',
        (target) => {
          const { trace_id, joined } = asked(target);
          target.writer.save(wire({ type: 'add', effect: newEffect({ ...refusal, joined }) }));
          expect(target.reader.trace(trace_id)?.tool_calls[0]?.status).toBe('pending');
          target.writer.save(answer(trace_id));
          return trace_id;
        },
      ],
      [
        'after the result',
        (target) => {
          const { trace_id, joined } = asked(target);
          target.writer.save(answer(trace_id));
          expect(target.reader.trace(trace_id)).toMatchObject({ error_count: 0, tool_calls: [{ status: 'ok' }] });
          target.writer.save(wire({ type: 'add', effect: newEffect({ ...refusal, joined }) }));
          return trace_id;
        },
      ],
      [
        'before anything asked for it',
        (target) => {
          const effect = newEffect(refusal);
          target.writer.save(wire({ type: 'add', effect }));
          const { trace_id, joined } = asked(target);
          target.writer.save(answer(trace_id));
          target.writer.save({
            ...plainExchange(),
            effects: [{ type: 'join', effect_id: effect.effect_id, ...joined }],
          });
          return trace_id;
        },
      ],
      [
        'with its answer last',
        (target) => {
          const { trace_id, joined } = asked(target);
          const effect = newEffect({ result: null, status: 'pending', ended_at: null, half_key: 'h', joined });
          target.writer.save(wire({ type: 'add', effect }));
          target.writer.save(answer(trace_id));
          expect(target.reader.trace(trace_id)?.error_count).toBe(0);
          const { effect_id } = effect;
          target.writer.save(wire({ type: 'complete', effect_id, ...refusal, ended_at: origin + 9000 }));
          return trace_id;
        },
      ],
    ];
    it.each(orders)('make their tool call one that failed, and keep what was claimed: %s', (_, play) => {
      const target = store();
      expectFailed(target, play(target));
      expect(target.integrity()).toBe('ok');
    });

    it('agree with a result that says so itself, and are not counted twice', () => {
      const target = store();
      const { trace_id, joined } = asked(target);
      target.writer.save(answer(trace_id, 'error'));
      target.writer.save(wire({ type: 'add', effect: newEffect({ ...refusal, joined }) }));
      const trace = target.reader.trace(trace_id);
      expect(trace).toMatchObject({ error_count: 1, tool_calls: [{ status: 'error' }] });
      expect(trace?.tool_calls[0]?.metadata).not.toHaveProperty('claimed_status');
      expect(target.reader.captureHealth().effects.altered).toBe(0);
    });

    it('say nothing where they are only part of a tool, or were tried again', () => {
      const target = store();
      const one = asked(target);
      target.writer.save(answer(one.trace_id));
      const part = { ...one.joined, join: { ...certain, part: true as const } };
      target.writer.save(wire({ type: 'add', effect: newEffect({ ...refusal, joined: part }) }));
      expect(target.reader.trace(one.trace_id)).toMatchObject({ error_count: 0, tool_calls: [{ status: 'ok' }] });

      const two = asked(target);
      target.writer.save(answer(two.trace_id));
      const effect = newEffect({ ...refusal, joined: two.joined });
      target.writer.save(wire({ type: 'add', effect }));
      expect(target.reader.trace(two.trace_id)?.error_count).toBe(1);
      const { effect_id } = effect;
      const ended_at = origin + 900_000;
      target.writer.save(wire({ type: 'complete', effect_id, result: 'berth 4 is yours', status: 'ok', ended_at }));
      const trace = target.reader.trace(two.trace_id);
      expect(trace).toMatchObject({ error_count: 0, tool_calls: [{ status: 'ok' }] });
      expect(trace?.tool_calls[0]?.metadata).not.toHaveProperty('claimed_status');
      expect(target.reader.traces({ ...list, query: 'has:error' }).items).toEqual([]);
    });
  });

  it('page in order', () => {
    const target = store();
    const { trace_id, joined } = asked(target);
    target.writer.transaction(() => {
      for (let n = 0; n < 7; n++) {
        target.writer.save(wire({ type: 'add', effect: newEffect({ started_at: origin + n, joined }) }));
        target.writer.save(wire({ type: 'add', effect: newEffect({ started_at: origin + n }) }));
      }
    });
    for (const page of [
      (cursor: string | null) => target.reader.traceEffects(trace_id, cursor, 3),
      (cursor: string | null) => target.reader.unclaimedEffects(cursor, 3),
    ]) {
      const ids: string[] = [];
      let cursor: string | null = null;
      do {
        const { items, next_cursor } = page(cursor);
        ids.push(...items.map(({ effect_id }) => effect_id));
        cursor = next_cursor;
      } while (cursor !== null);
      expect(new Set(ids).size).toBe(7);
      expect(ids).toHaveLength(7);
    }
  });

  it('are missed where a served tool was answered and nothing was sent, until one turns up', () => {
    const target = store();
    agentRun(target, { turns: 1 });
    expect(target.reader.toolCalls({ ...list, query: 'effect:never_sent' }).items).toEqual([]);
    target.writer.save(
      ((at) => {
        const offer = plainExchange({ at });
        return { ...offer, effects: [{ type: 'offer' as const, server: 'mcp.test', names: ['Read', 'search'] }] };
      })(1_790_000_000_000_000),
    );
    agentRun(target, { turns: 2, ask: 'Another errand', clock: { now: 1_790_000_060_000_000 } });
    const missed = target.reader.toolCalls({ ...list, query: 'effect:never_sent' }).items;
    expect(missed.map(({ name }) => name).sort()).toEqual(['read', 'search']);
    expect(missed[0]?.metadata['claimed_never_sent']).toBe(true);
    expect(target.reader.traces({ ...list, query: 'effect:never_sent' }).items).toHaveLength(1);
    for (const { trace_id, tool_call_id, call_id } of missed) {
      const joined = { trace_id, tool_call_id, call_id, join: certain, arguments_altered: false };
      target.writer.save(wire({ type: 'add', effect: newEffect({ joined }) }));
    }
    expect(target.reader.toolCalls({ ...list, query: 'effect:never_sent' }).items).toEqual([]);
    expect(target.reader.traces({ ...list, query: 'effect:never_sent' }).items).toEqual([]);
    expect(target.reader.captureHealth().effects).toEqual({ joined: 2, unclaimed: 0, altered: 0, never_sent: 0 });
  });

  it('go with their trace, with everything else that records brought', async () => {
    const target = store();
    const empty = target.rows();
    agentRun(target, { turns: 1 });
    const trace_id = target.reader.traces(list).items[0]?.trace_id ?? '';
    const [toolCall] = target.reader.trace(trace_id)?.tool_calls ?? [];
    const call_id = toolCall?.call_id ?? '';
    const tool_call_id = toolCall?.tool_call_id ?? '';
    const joined = { trace_id, tool_call_id, call_id, join: certain, arguments_altered: true };
    target.writer.save(wire({ type: 'add', effect: newEffect({ half_key: 'h', joined }) }));
    target.writer.save(witness({ trace_id, call_id, source: 'otlp', basis: 'content', disagreements: [] }));
    target.writer.save(
      record(trace_id, {
        steps: [command(origin - 5, 'cat palimpsest')],
        new_tool_calls: [looseToolCall('t1', origin, { effect_keys: ['a', 'b'] })],
        trace_key: 'k',
        event_ids: ['e'],
        notes: [{ key: 'n', value: 1 }],
        scores: [{ score_id: '01940000-0000-7000-8000-000000000001', kind: 'human', name: 'good', value: 1 }],
        trace_patch: { ended_at: origin, title: 'Palimpsest', metadata: { a: 1 } },
      }),
    );
    expect(target.reader.trace(trace_id)?.scores).toHaveLength(1);
    expect(await target.writer.writes.deleteTrace(trace_id)).toBe(true);
    // That the server serves the tool is known without the trace.
    expect({ ...target.rows(), state: 0, wire_tools: 0 }).toEqual({ ...empty, state: 0, wire_tools: 0 });
    expect(target.reader.traces({ ...list, query: 'palimpsest' }).items).toEqual([]);
    expect(target.integrity()).toBe('ok');
  });

  it('leave the exchange to another trace that it did something for', async () => {
    const target = store();
    const [one, two] = [asked(target), asked(target)];
    target.writer.save(
      wire(
        { type: 'add', effect: newEffect({ joined: one.joined }) },
        { type: 'add', effect: newEffect({ joined: two.joined }) },
      ),
    );
    await target.writer.writes.deleteTrace(one.trace_id);
    const [effect] = target.reader.traceEffects(two.trace_id, null, 10).items;
    expect(target.reader.exchange(effect?.exchange_id ?? '', 10)?.trace_id).toBe(two.trace_id);
    await target.writer.writes.deleteTrace(two.trace_id);
    expect(target.rows()).toMatchObject({ exchanges: 0, effects: 0, chunks: 0 });
  });
});

describe('capture health', () => {
  it('counts what was stored, by edge, format and state, and takes back what is deleted', async () => {
    const target = store();
    agentRun(target, { turns: 2 });
    const cut = plainExchange({
      request: { kind: 'sealed', bytes: new Uint8Array(3), media_type: 'x/y', reason: 'bomb' },
    });
    cut.decoded.exchange.request.truncated = true;
    cut.decoded.decode_error = { code: 'format_unreadable', message: 'no' };
    target.writer.save(cut);
    const health = target.reader.captureHealth();
    expect(health.exchanges.total).toBe(4);
    expect(health.exchanges.by_format).toContainEqual({ name: 'openai-chat', count: 3 });
    expect(health.truncated).toEqual({ request: 1, response: 0 });
    expect(health.sealed).toEqual([{ name: 'bomb', count: 1 }]);
    expect(health.undecoded).toEqual([{ name: 'format_unreadable', count: 1 }]);
    expect(health.edges.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    for (const { mean_confidence } of health.edges) expect(mean_confidence).toBeLessThanOrEqual(1);
    await target.writer.writes.deleteTrace(target.reader.traces(list).items[0]?.trace_id ?? '');
    expect(target.reader.captureHealth()).toMatchObject({ edges: [], exchanges: { total: 1 } });
  });
});
