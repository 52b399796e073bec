import { describe, expect, it } from 'vitest';
import { readsOf } from '../../../../src/main/engine/reading/reads.js';
import { Conversation } from '../../../support/conversation.js';
import { agentRun, store } from '../support.js';

const list = { query: '', limit: 50, cursor: null };
const system = 'You are careful.';

describe('what can be compared', () => {
  it('with a trace are those that began with the same words, page by page; others only quote them', async () => {
    const target = store();
    for (let run = 0; run < 4; run++) {
      const clock = { now: 1_790_000_000_000_000 + run * 3_600_000_000 };
      const ask = run === 3 ? 'Another errand' : 'Find the lighthouse';
      agentRun(target, { ask, turns: 1, clock, system: run === 2 ? 'You are bold.' : system });
    }
    const [, third, second, first] = target.reader.traces(list).items.map(({ trace_id }) => trace_id) as string[];
    const of = (cursor: string | null) => target.reader.siblings(first as string, null, cursor, 1);
    const page = of(null);
    expect(page?.items).toMatchObject([
      { trace: { trace_id: third }, relation: 'same_task', same_system: false, compared: false },
    ]);
    await target.writer.writes.compare(
      { trace_id: second as string, call_id: null },
      { trace_id: first as string, call_id: null },
      'a',
      '',
      'ann',
    );
    const rest = of(page?.next_cursor ?? null);
    expect(rest).toMatchObject({
      items: [{ trace: { trace_id: second }, same_system: true, compared: true }],
      next_cursor: null,
    });
    expect(target.reader.siblings('nope', null, null, 1)).toBeNull();
  });

  it('with a call are those of the same parent', () => {
    const target = store();
    const talk = new Conversation({ format: 'openai-chat', system }).user('Where is the lighthouse?');
    const [first] = [target.take(talk.call({ text: 'On the rock.' }))];
    talk.user('And how tall is it?');
    const retried = talk.call({ text: 'Forty metres.' });
    target.take(retried);
    const trace = first?.call?.trace_id as string;
    const calls = target.reader.trace(trace)?.calls ?? [];
    expect(calls).toHaveLength(2);
    expect(target.reader.siblings(trace, calls[1]?.call_id as string, null, 10)?.items).toEqual([]);
    expect(target.reader.siblings(trace, trace, null, 10)).toBeNull();
  });

  it('is aligned by what the steps say', async () => {
    const target = store();
    for (let run = 0; run < 2; run++) {
      const clock = { now: 1_790_000_000_000_000 + run * 3_600_000_000 };
      agentRun(target, { ask: 'Find the lighthouse', turns: 2 + run, clock });
    }
    const [longer, shorter] = target.reader.traces(list).items.map(({ trace_id }) => trace_id) as string[];
    const reads = readsOf(target.reader);
    const side = (id: string | undefined) => ({ trace_id: id as string, call_id: null, step_id: null });
    const same = await reads.aligned(side(shorter), side(shorter));
    expect(same).toMatchObject({ first_difference: null, cut: false });
    const aligned = (await reads.aligned(side(shorter), side(longer))) as Exclude<typeof same, Uint8Array | null>;
    expect(aligned.rows[0]).toEqual({ kind: 'same', a: 0, b: 0 });
    expect(aligned.first_difference).toBeGreaterThan(0);
    expect(aligned.b.length).toBeGreaterThan(aligned.a.length);
    expect(await reads.aligned(side('01940000-0000-7000-8000-000000000001'), side(longer))).toBeNull();
    // One step of each stands beside the other, of whatever kind they are, and of one trace too.
    const step = (at: number) => ({ ...side(longer), step_id: aligned.b[at]?.step_id as string });
    expect(await reads.aligned(step(0), step(2))).toMatchObject({
      a: [{ step_id: aligned.b[0]?.step_id }],
      b: [{ step_id: aligned.b[2]?.step_id }],
      rows: [{ kind: 'changed', a: 0, b: 0 }],
    });
    expect(await reads.aligned(step(1), step(1))).toMatchObject({ rows: [{ kind: 'same', a: 0, b: 0 }] });
    expect(await reads.aligned(step(1), { ...side(longer), step_id: longer as string })).toBeNull();
  });
});
