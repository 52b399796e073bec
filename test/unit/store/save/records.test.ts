import { describe, expect, it } from 'vitest';
import { traceSchema, witnessSchema } from '../../../../src/shared/model/index.js';
import { command, looseToolCall, newTrace, origin, record, second, witness } from '../records.js';
import { agentRun, store } from '../support.js';

const list = { query: '', limit: 50, cursor: null };

describe('records of others', () => {
  it('what still runs when its run has ended was interrupted; a later call runs on', async () => {
    const target = store();
    const [running, over] = [newTrace(), newTrace()];
    target.writer.save(record(running.trace_id, { new_trace: running }));
    target.writer.save(
      record(over.trace_id, { new_trace: over, trace_patch: { ended_at: 1, completion_status: 'completed' } }),
    );
    const status = (id: string) => target.reader.traceSummary(id)?.completion_status;
    const found = (query: string) =>
      target.reader.traces({ query, limit: 10, cursor: null }).items.map((each) => each.trace_id);
    expect([status(running.trace_id), status(over.trace_id)]).toEqual(['running', 'completed']);
    expect(await target.writer.writes.endRunning([running.trace_id, over.trace_id, newTrace().trace_id])).toBe(1);
    expect([status(running.trace_id), status(over.trace_id)]).toEqual(['interrupted', 'completed']);
    expect(found('status:interrupted')).toEqual([running.trace_id]);
    expect(found('status:running')).toEqual([]);
    target.writer.save(record(running.trace_id, { trace_patch: { ended_at: 2, completion_status: 'completed' } }));
    expect(status(running.trace_id)).toBe('completed');
  });

  it('open a trace, fill it and are read by time, whole and page by page', () => {
    const target = store();
    const opened = newTrace({ key: 'rest:one' });
    const id = opened.trace_id;
    const late = command(origin + 3 * second, 'third');
    target.writer.save(record(id, { new_trace: opened, steps: [late] }));
    const before = target.reader.traceSummary(id)?.step_order ?? 0;
    const early = [command(origin + second, 'first'), command(origin + 2 * second, 'second')];
    target.writer.save(record(id, { steps: early }));
    const trace = traceSchema.parse(target.reader.trace(id));
    const said = trace.steps.map((step) => step.type === 'terminal_command' && step.command);
    expect(said).toEqual(['first', 'second', 'third']);
    expect(trace.steps.map(({ seq }) => seq)).toEqual([0, 1, 2]);
    expect(trace.step_order).toBeGreaterThan(before);
    const pages = [-1, 0, 1].flatMap((after) => target.reader.traceSteps(id, after, 1));
    expect(pages).toEqual(trace.steps);
    expect(target.reader.traceSteps(id, 2, 10)).toEqual([]);
    expect(target.reader.traces({ ...list, query: 'kind:pr_telemetry source:rest "second"' }).items).toHaveLength(1);
    expect(target.integrity()).toBe('ok');
  });

  it('never leave a step out of a page when one comes late between two pages', () => {
    const target = store();
    const opened = newTrace();
    const id = opened.trace_id;
    const steps = [1, 3, 5, 7].map((at) => command(origin + at * second, `at ${at}`));
    target.writer.save(record(id, { new_trace: opened, steps }));
    const first = target.reader.traceSteps(id, -1, 2);
    target.writer.save(record(id, { steps: [command(origin, 'at 0')] }));
    const rest = target.reader.traceSteps(id, first.at(-1)?.seq ?? -1, 10);
    const seen = new Set([...first, ...rest].map(({ step_id }) => step_id));
    for (const { step_id } of steps) expect(seen.has(step_id)).toBe(true);
  });

  it('put a captured trace in order of time only when something of it comes late', () => {
    const target = store();
    agentRun(target, { turns: 1 });
    const id = target.reader.traces(list).items[0]?.trace_id ?? '';
    const captured = target.reader.trace(id);
    expect(captured?.step_order).toBe(0);
    const started = Date.parse(captured?.started_at ?? '') * 1000;
    target.writer.save(record(id, { steps: [command(started - second, 'before all')] }));
    const steps = target.reader.trace(id)?.steps ?? [];
    expect(steps[0]).toMatchObject({ type: 'terminal_command', seq: 0, call_id: null });
    expect(steps.slice(1).map(({ step_id }) => step_id)).toEqual(captured?.steps.map(({ step_id }) => step_id));
    // A captured call that follows stands at its own time, too.
    agentRun(target, { turns: 1 });
    expect(steps.map(({ seq }) => seq)).toEqual(steps.map((_, index) => index));
  });

  it('are found again by their keys, events and notes', () => {
    const target = store();
    const opened = newTrace({ key: 'rest:one' });
    const id = opened.trace_id;
    const { lineage } = target.writer;
    expect(lineage.byTraceKey('rest:one')).toBeNull();
    target.writer.save(
      record(id, {
        new_trace: opened,
        trace_key: 'session:two',
        event_ids: ['e1'],
        notes: [{ key: 'left', value: { a: 1 } }],
        trace_patch: { ended_at: origin + 5 },
      }),
    );
    for (const key of ['rest:one', 'session:two']) {
      expect(lineage.byTraceKey(key)).toEqual({ trace_id: id, ended_at: origin + 5 });
    }
    expect(lineage.traceById(id)).toEqual({ trace_id: id, kind: 'pr_telemetry', ended_at: origin + 5 });
    expect([lineage.hasEvent(id, 'e1'), lineage.hasEvent(id, 'e2')]).toEqual([true, false]);
    expect(target.reader.knownEvents(id, ['e2', 'e1'])).toEqual(['e1']);
    expect(target.reader.traceIdByKey('session:two')).toBe(id);
    expect(lineage.note('left')).toEqual({ a: 1 });
    target.writer.save(record(id, { notes: [{ key: 'left', value: null }] }));
    expect(lineage.note('left')).toBeNull();
  });

  it('fill what a trace lacks: title, metadata, status, parents', () => {
    const target = store();
    const parent = newTrace({ title: 'Parent' });
    const child = newTrace({ title: 'Sandbank' });
    target.writer.save(record(child.trace_id, { new_trace: child }));
    target.writer.transaction(() => {
      target.writer.save(record(parent.trace_id, { new_trace: parent }));
      const patch = { ended_at: origin + 9, title: 'Lighthouse', metadata: { repo: 'x', bug_id: 7 } };
      target.writer.save(record(child.trace_id, { trace_patch: { ...patch, parent_trace_id: parent.trace_id } }));
      target.writer.save(
        record(child.trace_id, {
          trace_patch: { ended_at: 1, title: 'Quayside', completion_status: 'failed', metadata: { repo: 'y' } },
        }),
      );
    });
    expect(target.reader.traceSummary(child.trace_id)).toMatchObject({
      title: 'Quayside',
      metadata: { repo: 'y', bug_id: 7 },
      completion_status: 'failed',
      parent_trace_id: parent.trace_id,
    });
    const found = (query: string) => target.reader.traces({ ...list, query }).items.length;
    expect([found('Sandbank'), found('Lighthouse'), found('Quayside')]).toEqual([0, 0, 1]);
    expect([found('parent:none'), found(`parent:${parent.trace_id}`), found('is:subagent')]).toEqual([1, 1, 1]);
    expect(target.integrity()).toBe('ok');
  });

  it('complete tool calls that no model call asked for', () => {
    const target = store();
    const opened = newTrace();
    const id = opened.trace_id;
    const asked = looseToolCall('t1', origin);
    const step = { step_id: asked.step_id, type: 'tool_call' as const, at: origin, tool_call_id: 't1', name: 'look' };
    target.writer.save(
      record(id, {
        new_trace: opened,
        steps: [{ ...step, arguments: asked.arguments, status: 'pending' }],
        new_tool_calls: [asked],
      }),
    );
    const result = { trace_id: id, tool_call_id: 't1', call_id: null, result: 'gulls', status: 'ok' as const };
    target.writer.save(record(id, { tool_results: [{ ...result, duration_ms: 5 }] }));
    expect(target.reader.trace(id)?.tool_calls).toMatchObject([
      { tool_call_id: 't1', call_id: null, result: 'gulls', status: 'ok', duration_ms: 5 },
    ]);
    expect(target.reader.toolCalls({ ...list, query: 'id:t1 gulls' }).items).toHaveLength(1);
    expect(target.writer.lineage.byToolCallId('t1')).toEqual([]);
  });

  it('stand beside a captured call as a second report', () => {
    const target = store();
    agentRun(target, { turns: 0 });
    const [trace] = target.reader.traces(list).items;
    const trace_id = trace?.trace_id ?? '';
    const call = target.reader.trace(trace_id)?.calls[0];
    const content = target.writer.lineage.callContent(call?.call_id ?? '');
    expect(content).toMatchObject({ model: call?.model, stop_reason: call?.stop_reason });
    expect(content?.request_messages.map(({ role }) => role)).toEqual(['system', 'user']);
    const disagreements = [{ field: 'usage.input_tokens', stored: 10, reported: 12 }];
    target.writer.save(
      witness({ trace_id, call_id: call?.call_id ?? '', source: 'otlp', basis: 'response_id', disagreements }),
    );
    const page = target.reader.traceWitnesses(trace_id, null, 10);
    expect(page.items.map((each) => witnessSchema.parse(each))).toMatchObject([
      { call_id: call?.call_id, source: 'otlp', disagreements },
    ]);
    const [report] = target.reader.exchanges({ ...list, query: 'via:intake' }).items;
    expect(report).toMatchObject({ trace_id, call_id: null, exchange_id: page.items[0]?.exchange_id });
    expect(target.reader.traces({ ...list, query: 'disagreement:yes' }).items).toHaveLength(1);
    expect(target.reader.traceSummary(trace_id)?.call_count).toBe(1);
  });
});

describe('a family of traces', () => {
  it('is found whole from each of its members, and cut where it is too large', () => {
    const target = store();
    const root = newTrace();
    target.writer.save(record(root.trace_id, { new_trace: root }));
    const add = (change: Parameters<typeof newTrace>[0]) => {
      const opened = newTrace({ started_at: origin + target.rows()['traces']! * second, ...change });
      target.writer.save(record(opened.trace_id, { new_trace: opened }));
      return opened.trace_id;
    };
    const segment = add({ predecessor_trace_id: root.trace_id });
    const child = add({ parent_trace_id: root.trace_id });
    const grandchild = add({ parent_trace_id: child });
    add({});
    const family = [root.trace_id, segment, child, grandchild];
    for (const member of family) {
      const tree = target.reader.traceTree(member);
      expect(tree?.nodes.map(({ trace_id }) => trace_id)).toEqual(family);
      expect(tree).toMatchObject({ root: root.trace_id, truncated: false });
    }
    target.writer.transaction(() => {
      for (let n = 0; n < 1100; n++) {
        const opened = newTrace({ parent_trace_id: root.trace_id });
        target.writer.save(record(opened.trace_id, { new_trace: opened }));
      }
    });
    const cut = target.reader.traceTree(grandchild);
    expect(cut).toMatchObject({ truncated: true, root: root.trace_id });
    expect(cut?.nodes).toHaveLength(1000);
    expect(target.reader.traceTree('nothing')).toBeNull();
  });
});
