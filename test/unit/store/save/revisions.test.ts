import { describe, expect, it } from 'vitest';
import { type Score, scoreSchema } from '../../../../src/shared/model/index.js';
import { GatedStore, lax, strict } from '../commands/rewrite-support.js';
import {
  certain,
  command,
  looseToolCall,
  newEffect,
  newTrace,
  origin,
  record,
  second,
  wire,
  witness,
} from '../records.js';
import { agentRun, folder, plainExchange, store } from '../support.js';

const list = { query: '', limit: 50, cursor: null };

const verdict: Score = {
  score_id: '01940000-0000-7000-8000-000000000001',
  kind: 'judge',
  name: 'helpful',
  value: 3.5,
  explanation: 'It says where the light is.',
  created_at: '2026-11-21T00:00:00.000Z',
  rubric_id: 'helpfulness',
  rubric_version: '2',
  judge_model: 'gpt-5',
  prompt_hash: 'ab'.repeat(32),
  cost_usd: 0.002,
  trace_revision: 1,
  confidence: 0.8,
};

describe("a trace's revision", () => {
  it('grows with everything that changes what it holds', async () => {
    const { writer, reader } = store();
    const opened = newTrace();
    const id = opened.trace_id;
    const revision = () => reader.trace(id)?.revision ?? 0;
    writer.save(record(id, { new_trace: opened, new_tool_calls: [looseToolCall('look', origin)] }));
    expect(revision()).toBe(1);
    const seen = [revision()];
    const change = { status: 'ok', call_id: null, duration_ms: 5, tool_call_id: 'look', result: 'lit' } as const;
    for (const more of [
      { steps: [command(origin + second, 'lamp')] },
      { tool_results: [{ trace_id: id, ...change }] },
      { trace_patch: { ended_at: origin + second, metadata: { repo: 'lamp' } } },
    ]) {
      writer.save(record(id, more));
      seen.push(revision());
    }
    await writer.writes.endRunning([id]);
    seen.push(revision());
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(reader.traceSummary(id)?.revision).toBe(seen.at(-1));
  });

  it('is that of the export which a trace comes from, and never goes back to it', () => {
    const { writer, reader } = store();
    const opened = newTrace();
    const id = opened.trace_id;
    const told = { ended_at: origin, revision: 5 };
    writer.save(record(id, { new_trace: opened, steps: [command(origin, 'lamp')], trace_patch: told }));
    writer.save(record(id, { steps: [command(origin, 'wick')], trace_patch: told }));
    expect(reader.trace(id)?.revision).toBe(5);
    for (const text of ['oil', 'flame']) writer.save(record(id, { steps: [command(origin, text)] }));
    expect(reader.trace(id)?.revision).toBe(7);
    writer.save(record(id, { trace_patch: told }));
    expect(reader.trace(id)?.revision).toBe(7);
    writer.save(record(id, { steps: [command(origin, 'glass')], trace_patch: told }));
    expect(reader.trace(id)?.revision).toBe(8);
  });

  it('stays where a review, a score or a consent is given, which name it', async () => {
    const target = store();
    const { writer, reader } = target;
    agentRun(target, { turns: 1 });
    const id = reader.traces(list).items[0]?.trace_id ?? '';
    const revision = reader.trace(id)?.revision;
    expect((await writer.writes.setReview(id, { label: 'accepted' }, 'owner')).current.trace_revision).toBe(revision);
    const { trace_revision: _, ...unsaid } = verdict;
    await writer.writes.addScore(id, { ...unsaid, score_id: '01940000-0000-7000-8000-000000000002' });
    await writer.writes.addScore(id, verdict);
    const whole = reader.trace(id);
    expect(whole?.revision).toBe(revision);
    expect(whole?.review?.trace_revision).toBe(revision);
    expect(whole?.scores[0]).toEqual(scoreSchema.parse(verdict));
    expect(whole?.scores[1]?.trace_revision).toBe(revision);
    writer.save(record(id, { steps: [command(origin, 'later')] }));
    expect(reader.trace(id)?.revision).toBeGreaterThan(revision ?? 0);
    expect(reader.trace(id)?.review?.trace_revision).toBe(revision);
  });

  it('stays where a call is only reported a second time, and where a record adds nothing to what stands', () => {
    const target = store();
    const { writer, reader } = target;
    agentRun(target, { turns: 1 });
    const trace = reader.trace(reader.traces(list).items[0]?.trace_id ?? '');
    const trace_id = trace?.trace_id ?? '';
    const call_id = trace?.calls[0]?.call_id ?? '';
    const trace_patch = { ended_at: origin, title: trace?.title ?? '' };
    for (const again of [
      witness({ trace_id, call_id, source: 'otlp', basis: 'content', disagreements: [] }),
      { ...witness({ trace_id, call_id, source: 'rest', basis: 'usage', disagreements: [] }), ...record(trace_id) },
      record(trace_id, { trace_patch, event_ids: ['seen'], notes: [{ key: 'n', value: 1 }] }),
    ]) {
      const { exchange } = again.decoded;
      writer.save({ ...again, decoded: { ...again.decoded, exchange: { ...exchange, started_at: origin } } });
    }
    expect(reader.traceWitnesses(trace_id, null, 10).items).toHaveLength(2);
    expect(reader.trace(trace_id)).toEqual(trace);
    const { created_at: _at, trace_revision: _revision, ...score } = verdict;
    writer.save(record(trace_id, { scores: [score] }));
    expect(reader.trace(trace_id)?.revision).toBe(trace?.revision);
    expect(reader.trace(trace_id)?.scores[0]?.trace_revision).toBe(trace?.revision);
    const steps = [command(origin + second, 'told besides')];
    const telling = witness({ trace_id, call_id, source: 'file', basis: 'content', disagreements: [] });
    writer.save({ ...telling, record: record(trace_id, { steps }).record });
    expect(reader.trace(trace_id)?.revision).toBeGreaterThan(trace?.revision ?? 0);
  });

  it('grows with what becomes known of the effect of a tool call', () => {
    const { writer, reader } = store();
    const opened = newTrace();
    const id = opened.trace_id;
    writer.save(record(id, { new_trace: opened, new_tool_calls: [looseToolCall('look', origin)] }));
    const join = { ...certain, part: true } as const;
    const joined = { trace_id: id, tool_call_id: 'look', call_id: null, arguments_altered: false, join };
    const { effect_id, ...effect } = newEffect({ result: null, status: 'pending', ended_at: null, joined });
    let before = reader.trace(id);
    for (const change of [
      { type: 'add', effect: { effect_id, ...effect } },
      { type: 'complete', effect_id, result: 'gulls', status: 'ok', ended_at: origin + second },
      { type: 'delivered', effect_id, result_altered: false },
    ] as const) {
      writer.save(wire(change));
      const after = reader.trace(id);
      expect(after?.tool_calls, change.type).not.toEqual(before?.tool_calls);
      expect(after?.revision, change.type).toBeGreaterThan(before?.revision ?? 0);
      before = after;
    }
  });

  it('is that of the state that a score came with', () => {
    const { writer, reader } = store();
    const opened = newTrace();
    const { created_at: _at, trace_revision: _revision, ...score } = verdict;
    writer.save(record(opened.trace_id, { new_trace: opened, scores: [score] }));
    const trace = reader.trace(opened.trace_id);
    expect(trace?.scores).toMatchObject([{ ...score, trace_revision: trace?.revision }]);
  });

  it('grows where a stricter policy rewrites it, and nowhere else', () => {
    const gated = new GatedStore(`${folder()}/gated.db`, lax);
    const [lit, other] = ['mail keeper.anna@lighthouse.example', 'nothing to hide'].map((text) => {
      const opened = newTrace();
      gated.writer.save(record(opened.trace_id, { new_trace: opened, steps: [command(origin, text)] }));
      return opened.trace_id;
    });
    gated.policy = strict;
    expect(gated.rescan().tally.failed).toBe(0);
    expect(gated.reader.trace(lit ?? '')?.revision).toBeGreaterThan(1);
    expect(gated.reader.trace(other ?? '')?.revision).toBe(1);
    gated.reader.close();
    gated.writer.close();
  });
});

describe('what tests came to', () => {
  it('is null until a source says it, then one object', () => {
    const { writer, reader } = store();
    const opened = newTrace();
    const id = opened.trace_id;
    writer.save(record(id, { new_trace: opened }));
    writer.save(plainExchange());
    expect(reader.trace(id)?.qa_results).toBeNull();
    const qa_results = { tests_passed: true, test_exit_code: 0, test_output_snippet: '3 passed' };
    writer.save(record(id, { trace_patch: { ended_at: origin, qa_results } }));
    expect(reader.trace(id)?.qa_results).toEqual(qa_results);
  });
});
