import { readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversation } from '../../../support/conversation.js';
import { agentRun, plainExchange, store } from '../support.js';

const list = { query: '', limit: 50, cursor: null };

describe('deleting a trace', () => {
  it('leaves nothing of it in any table, index or page of the file', async () => {
    const target = store();
    const empty = target.rows();
    agentRun(target, { ask: 'Where is the zanzibarium kept?', turns: 4, headers: [['x-session-id', 'quagmire']] });
    const [trace] = target.reader.traces(list).items;
    const id = trace?.trace_id ?? '';
    await target.writer.writes.setReview(id, { label: 'accepted', tags: ['keep'], note: 'fine' }, 'owner');
    await target.writer.writes.addScore(id, {
      score_id: '01940000-0000-7000-8000-000000000001',
      kind: 'judge',
      name: 'style',
      value: 4,
      created_at: '2026-11-21T00:00:00Z',
    });
    expect(await target.writer.writes.deleteTrace(id)).toBe(true);
    expect(target.reader.trace(id)).toBeNull();
    // What counts up for good may stay.
    expect({ ...target.rows(), state: 0 }).toEqual({ ...empty, state: 0 });
    expect(target.integrity()).toBe('ok');
    expect(target.reader.traces({ ...list, query: 'zanzibarium' }).items).toEqual([]);
    // The log is emptied at once: it held what was deleted.
    expect(statSync(`${target.path}-wal`).size).toBe(0);
    target.reader.close();
    target.writer.close();
    const file = readFileSync(target.path).toString('latin1');
    for (const word of ['zanzibarium', 'quagmire', 'beacon0']) expect(file.includes(word), word).toBe(false);
    expect(await target.writer.writes.deleteTrace(id).catch(() => 'closed')).toBe('closed');
  });

  it('keeps what other traces share with it', async () => {
    const target = store();
    const shared = { system: 'You are a careful agent. '.repeat(400), turns: 2 };
    agentRun(target, { ...shared, ask: 'First errand: the harbour' });
    agentRun(target, { ...shared, ask: 'Second errand: the market', clock: { now: 1_790_000_900_000_000 } });
    target.writer.save(plainExchange());
    const [second, first] = target.reader.traces(list).items;
    const before = target.reader.trace(second?.trace_id ?? '');
    const bodies = bodiesOf(target);
    expect(await target.writer.writes.deleteTrace(first?.trace_id ?? '')).toBe(true);
    expect(await target.writer.writes.deleteTrace(first?.trace_id ?? '')).toBe(false);
    expect(target.reader.trace(second?.trace_id ?? '')).toEqual(before);
    for (const [id, body] of bodiesOf(target)) expect(body).toEqual(bodies.get(id));
    for (const call of before?.calls ?? []) {
      expect(target.reader.callMessages(call.call_id)?.request[0]?.role).toBe('system');
    }
    expect(target.integrity()).toBe('ok');
    expect(target.reader.toolCalls({ ...list, query: 'harbour' }).items).toEqual([]);
    expect(await target.writer.writes.deleteTrace(second?.trace_id ?? '')).toBe(true);
    // Only the plain exchange is left, and what it needs.
    expect(target.rows()).toMatchObject({ exchanges: 1, chunks: 2, chunk_refs: 2, documents: 0, lineage: 0, steps: 0 });
  });

  it('lets go of subagents and of traces that went on from it', async () => {
    const target = store();
    agentRun(target, { turns: 1 });
    const parent = target.reader.traces(list).items[0]?.trace_id ?? '';
    const step = target.reader.traceSteps(parent, -1, 1)[0]?.step_id ?? '';
    const other = store();
    const kept: ReturnType<typeof target.take>[] = [];
    agentRun({ ...other, take: (exchange) => kept[kept.push(other.take(exchange)) - 1] as never }, { turns: 0 });
    const opened = kept[0]?.call;
    if (!opened?.new_trace) throw new Error('no trace was opened');
    Object.assign(opened.new_trace, { parent_trace_id: parent, parent_step_id: step, predecessor_trace_id: parent });
    target.writer.save(kept[0] as (typeof kept)[number]);
    const child = opened.trace_id;
    expect(target.reader.traceChildren(parent).map(({ trace_id }) => trace_id)).toEqual([child]);
    expect(target.reader.traces({ ...list, query: `is:subagent parent:${parent}` }).items).toHaveLength(1);
    await target.writer.writes.deleteTrace(parent);
    expect(target.reader.traceSummary(child)).toMatchObject({
      parent_trace_id: null,
      parent_step_id: null,
      predecessor_trace_id: null,
    });
    expect(target.reader.traces({ ...list, query: 'is:subagent' }).items).toEqual([]);
    expect(target.integrity()).toBe('ok');
  });

  it('takes nothing from the others, in whatever order interleaved sessions are deleted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 6, maxLength: 16 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
        async (turns, order) => {
          const target = store();
          const empty = target.rows();
          const talks = [0, 1, 2, 3, 4].map((index) =>
            new Conversation({
              format: index % 2 === 0 ? 'openai-chat' : 'anthropic-messages',
              system: 'You are one of several agents with the same long instructions. '.repeat(60),
              tools: ['search'],
              headers: [['x-session-id', `talk-${index}`]],
            }).user(`Errand ${index}`),
          );
          target.writer.transaction(() => {
            for (const index of turns) {
              const talk = talks[index] as Conversation;
              const assembled = target.take(
                talk.call({ text: 'Same words', toolCalls: [{ name: 'search', arguments: { term: 'same' } }] }),
              );
              talk.results({ id: assembled.call?.new_tool_calls[0]?.tool_call_id ?? null, content: 'Same result' });
            }
          });
          const ids = target.reader.traces(list).items.map(({ trace_id }) => trace_id);
          const doomed = order.flatMap((index) => ids[index] ?? []);
          for (const [position, id] of doomed.entries()) {
            const rest = doomed.slice(position + 1);
            const before = rest.map((each) => wholeOf(target, each));
            expect(await target.writer.writes.deleteTrace(id)).toBe(true);
            expect(rest.map((each) => wholeOf(target, each))).toEqual(before);
          }
          expect({ ...target.rows(), state: 0 }).toEqual({ ...empty, state: 0 });
          expect(target.integrity()).toBe('ok');
          target.reader.close();
          target.writer.close();
        },
      ),
      { numRuns: 8 },
    );
  });

  it('can take part in a batch that is still open', async () => {
    const target = store();
    agentRun(target, { turns: 1 });
    const id = target.reader.traces(list).items[0]?.trace_id ?? '';
    const deleted = target.writer.transaction(() => {
      target.writer.save(plainExchange());
      return target.writer.writes.deleteTrace(id);
    });
    expect(await deleted).toBe(true);
    expect(target.rows()).toMatchObject({ exchanges: 1, chunks: 2, chunk_refs: 2, traces: 0 });
    expect(target.integrity()).toBe('ok');
  });
});

/** All that can be read of a trace. */
function wholeOf(target: ReturnType<typeof store>, id: string): unknown {
  const trace = target.reader.trace(id);
  return {
    trace,
    messages: trace?.calls.map(({ call_id }) => target.reader.callMessages(call_id)),
    exchanges: trace?.calls.map(({ exchange_id }) => target.reader.exchange(exchange_id ?? '', 1e9)),
  };
}

function bodiesOf(target: ReturnType<typeof store>): Map<string, unknown> {
  const ids = target.reader.exchanges(list).items.map(({ exchange_id }) => exchange_id);
  return new Map(ids.map((id) => [id, target.reader.exchange(id, 1e9)]));
}
