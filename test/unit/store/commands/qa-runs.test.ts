import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateTrace } from '../../../../src/main/validate/index.js';
import type { QaResults, QaRun, Trace, TraceSummary } from '../../../../src/shared/model/index.js';
import { qaRunSchema, traceSchema } from '../../../../src/shared/model/index.js';
import { capturedSession, timesOf } from '../../../support/half-told.js';
import { importedStore, jsonl } from '../../../support/imported.js';
import { qaRun, saveRun } from '../../../support/qa-runs.js';
import { command, newTrace, origin, record } from '../records.js';
import { agentRun, folder, store, type TestStore } from '../support.js';
import { GatedStore, lax, masking } from './rewrite-support.js';

const every = { trace_id: null, state: null, verdict: null, cursor: null, limit: 50 };

function traceIn(target: TestStore, ask = 'Mend the harbour light'): string {
  agentRun(target, { turns: 1, ask });
  return target.reader.traces({ query: `title:"${ask}"`, limit: 1, cursor: null }).items[0]?.trace_id ?? '';
}

function found(target: TestStore, query: string): string[] {
  return target.reader.traces({ query, limit: 50, cursor: null }).items.map(({ trace_id }: TraceSummary) => trace_id);
}

describe('a run of tests', () => {
  it('is told in its trace once it is done, each time the same', async () => {
    const target = store();
    const id = traceIn(target);
    const { writes } = target.writer;
    const before = target.reader.trace(id);
    expect(before).toMatchObject({ qa_status: 'none', qa_runs: [], qa_results: null });

    const run = qaRun({ trace_id: id, state: 'pending' });
    await saveRun(writes, run, { done: [] });
    expect(target.reader.qaRun(run.run_id)).toEqual(run);
    expect(target.reader.trace(id)).toMatchObject({
      qa_status: 'pending',
      qa_results: null,
      revision: before?.revision,
    });
    await saveRun(writes, { ...run, state: 'running' }, { done: [1] });
    await saveRun(writes, { ...run, state: 'running' });
    expect(target.reader.qaKept(run.run_id)).toEqual({ done: [1] });
    expect(target.reader.traceSummary(id)?.qa_status).toBe('running');

    const done = qaRun({ trace_id: id, run_id: run.run_id, created_at: run.created_at, state: 'done' });
    await saveRun(writes, done);
    const told = target.reader.trace(id);
    await saveRun(writes, done);
    expect(target.reader.trace(id)).toEqual(told);
    expect(target.reader.qaKept(run.run_id)).toBeNull();
    expect(target.reader.qaRun(run.run_id)).toEqual(qaRunSchema.parse(done));
    expect(told).toMatchObject({
      qa_status: 'done',
      qa_results: {
        tests_passed: true,
        test_exit_code: 0,
        test_output_snippet: '2 passed',
        verdict: 'passed',
        run_id: run.run_id,
        framework: 'pytest',
        tier: 'report',
        reason: done.reason,
        tests_edited: ['tests/test_light.py'],
        restored_verdict: 'passed',
      },
      step_count: (before?.step_count ?? 0) + 1,
      revision: (before?.revision ?? 0) + 1,
      ended_at: before?.ended_at,
    });
    expect(told?.qa_runs?.map(({ run_id }) => run_id)).toEqual([run.run_id]);
    const steps = told?.steps.filter(({ type }) => type === 'test_result');
    expect(steps).toEqual([
      expect.objectContaining({
        name: 'python -m pytest -q',
        status: 'passed',
        output: '2 passed',
        timestamp: done.ended_at,
        data: expect.objectContaining({ source: 'sluice', run_id: run.run_id, verdict: 'passed' }),
      }),
    ]);
    expect(told?.scores).toMatchObject([
      { kind: 'qa', name: 'tests', value: 1, rubric_id: 'sluice-qa', trace_revision: told?.revision },
    ]);
    expect(traceSchema.parse(told)).toEqual(told);
    if (told !== null) expect(validateTrace(told).errors).toEqual([]);
    const { qa_status: _status, qa_runs: _runs, ...old } = told as NonNullable<typeof told>;
    expect(traceSchema.safeParse(old).success).toBe(true);
    expect(found(target, '"harbour light" pytest')).toEqual([id]);
    expect(target.integrity()).toBe('ok');
  });

  it('leaves the word to the run that began last, and no score where that one says nothing', async () => {
    const target = store();
    const id = traceIn(target);
    const { writes } = target.writer;
    const runs = [1, 2, 3].map((number) => qaRun({ trace_id: id, state: 'running', reason: `run ${number}` }));
    const [first, later, last] = runs as [QaRun, QaRun, QaRun];
    for (const run of [first, later]) await saveRun(writes, run);
    await saveRun(writes, { ...later, state: 'done', verdict: 'failed', tests_passed: false });
    await saveRun(writes, { ...first, state: 'done' });
    expect(target.reader.trace(id)).toMatchObject({
      qa_status: 'done',
      qa_results: { tests_passed: false, run_id: later.run_id },
      scores: [{ value: 0 }],
    });
    expect([found(target, 'tests:failed'), found(target, 'tests:passed'), found(target, 'score.qa:0')]).toEqual([
      [id],
      [],
      [id],
    ]);
    expect(target.reader.trace(id)?.steps.filter(({ type }) => type === 'test_result')).toHaveLength(2);

    await saveRun(writes, { ...last, state: 'done', verdict: 'environment', tests_passed: null });
    const trace = target.reader.trace(id);
    expect(trace).toMatchObject({ qa_results: { tests_passed: null, verdict: 'environment' }, scores: [] });
    expect(trace?.steps.at(-1)).toMatchObject({ type: 'test_result', status: 'unknown' });
    expect(trace?.qa_runs?.map(({ reason }) => reason)).toEqual(['run 3', 'run 2', 'run 1']);
    expect([
      found(target, 'tests:none'),
      found(target, 'verdict:environment'),
      found(target, 'verdict:failed'),
    ]).toEqual([[id], [id], []]);
  });

  it('and a judge leave alone what the other said; what is sent later changes neither', async () => {
    const target = store();
    const trace = newTrace();
    const { writes } = target.writer;
    const sent = { tests_passed: false, reasoning_score: 1, coverage: 0.5 };
    const send = (qa_results: QaResults, new_trace: typeof trace | null = null) =>
      target.writer.save(
        record(trace.trace_id, { new_trace, trace_patch: { ended_at: origin, qa_results }, steps: [] }),
      );
    send(sent, trace);
    expect(found(target, 'tests:failed')).toEqual([trace.trace_id]);
    const results = () => target.reader.trace(trace.trace_id)?.qa_results;
    await saveRun(writes, qaRun({ trace_id: trace.trace_id, state: 'done' }));
    expect(results()).toMatchObject({ tests_passed: true, reasoning_score: 1, coverage: 0.5 });
    send({ ...sent, reasoning_score: 2 });
    expect(results()).toMatchObject({ tests_passed: true, verdict: 'passed', reasoning_score: 2 });
    await writes.saveJudgement(judgement(trace.trace_id), []);
    expect(results()).toMatchObject({ tests_passed: true, reasoning_score: 4, reasoning_feedback: 'Sound.' });
    send({ ...sent, coverage: 0.7 });
    expect(results()).toMatchObject({ tests_passed: true, reasoning_score: 4, coverage: 0.7 });
    expect([found(target, 'tests:passed'), found(target, 'tests:failed')]).toEqual([[trace.trace_id], []]);
  });

  it('is found by what it came to, page by page', async () => {
    const target = store();
    const [one, other, bare] = ['Mend the lamp', 'Mend the bell', 'Mend the horn'].map((ask) =>
      traceIn(target, ask),
    ) as [string, string, string];
    const { writes } = target.writer;
    await saveRun(writes, qaRun({ trace_id: one, state: 'done' }));
    await saveRun(writes, qaRun({ trace_id: other, state: 'done', verdict: 'timeout', tests_passed: false }));
    await saveRun(writes, qaRun({ trace_id: other, state: 'running', verdict: null }));
    await saveRun(writes, qaRun({ trace_id: null, state: 'done' }));
    expect(found(target, 'qa:done')).toEqual([one]);
    expect(found(target, 'qa:running')).toEqual([other]);
    expect(found(target, 'qa:none')).toEqual([bare]);
    expect(found(target, 'verdict:passed tests:passed')).toEqual([one]);
    // Its newest run has not come to anything.
    expect(new Set(found(target, 'verdict:none'))).toEqual(new Set([other, bare]));
    expect(found(target, '-qa:none -qa:done')).toEqual([other]);
    const calls = target.reader.toolCalls({ query: 'qa:done', limit: 50, cursor: null }).items;
    expect(calls.map(({ trace_id }) => trace_id)).toEqual([one]);
    expect(target.reader.toolCalls({ query: 'qa:none', limit: 50, cursor: null }).items[0]?.trace_id).toBe(bare);

    const { qaRuns } = target.reader;
    expect(qaRuns(every).items).toHaveLength(4);
    expect(qaRuns({ ...every, verdict: 'passed' }).items.map(({ trace_id }) => trace_id)).toEqual([null, one]);
    expect(qaRuns({ ...every, trace_id: other, state: 'running' }).items).toHaveLength(1);
    expect(qaRuns({ ...every, trace_id: 'nope' }).items).toEqual([]);
    const page = qaRuns({ ...every, limit: 3 });
    expect(page.items).toHaveLength(3);
    expect(qaRuns({ ...every, limit: 3, cursor: page.next_cursor })).toMatchObject({
      items: [{ trace_id: one }],
      next_cursor: null,
    });
    expect(() => qaRuns({ ...every, cursor: 'far' })).toThrow(expect.objectContaining({ code: 'cursor_invalid' }));
  });

  it('shows at most twenty of a trace', async () => {
    const target = store();
    const id = traceIn(target);
    for (let number = 0; number < 23; number += 1)
      await saveRun(target.writer.writes, qaRun({ trace_id: id, state: 'failed', reason: `run ${number}` }));
    const { qa_runs = [] } = target.reader.trace(id) ?? {};
    expect([qa_runs.length, qa_runs[0]?.reason, qa_runs[19]?.reason]).toEqual([20, 'run 22', 'run 3']);
  });

  it('has failed where the engine ended under it', async () => {
    const target = store();
    const id = traceIn(target);
    const { writes } = target.writer;
    const job = '019b0000-0000-7000-8000-0000000000aB';
    const live = qaRun({ trace_id: null, job_id: job, state: 'running' });
    const lost = qaRun({ trace_id: id, state: 'running', ended_at: null });
    for (const run of [live, lost]) await saveRun(writes, run, { done: [] });
    const over = qaRun({ trace_id: null, state: 'done' });
    await saveRun(writes, over);
    expect(await writes.endLostQaRuns([job])).toBe(1);
    expect(target.reader.qaRun(live.run_id)?.state).toBe('running');
    expect(target.reader.qaRun(over.run_id)).toEqual(over);
    expect(target.reader.qaRun(lost.run_id)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/engine ended/),
    });
    expect(target.reader.qaRun(lost.run_id)?.ended_at).not.toBeNull();
    expect([target.reader.qaKept(lost.run_id), target.reader.qaKept(live.run_id)]).toEqual([null, { done: [] }]);
    expect(target.reader.traceSummary(id)?.qa_status).toBe('failed');
    expect(found(target, 'qa:failed')).toEqual([id]);
    expect(await writes.endLostQaRuns([])).toBe(1);
  });

  it('goes with its trace, and with old jobs where it has none', async () => {
    const target = store();
    const id = traceIn(target);
    const { writes } = target.writer;
    const run = qaRun({ trace_id: id, state: 'done' });
    await saveRun(writes, run);
    const loose = qaRun({ trace_id: null, state: 'done' });
    await saveRun(writes, loose);
    expect(await writes.deleteTrace(id)).toBe(true);
    expect([target.reader.qaRun(run.run_id), found(target, 'qa:done'), found(target, 'tests:passed')]).toEqual([
      null,
      [],
      [],
    ]);
    await expect(saveRun(writes, run)).rejects.toMatchObject({ code: 'not_found' });
    // Its lines in the log of its job are to go too; those of a run without a trace go with the job.
    expect(target.reader.goneQaRuns()).toEqual([{ run_id: run.run_id, job_id: run.job_id }]);
    await writes.forgetGoneQaRuns([run.run_id]);
    expect(target.reader.goneQaRuns()).toEqual([]);
    await writes.deleteOldJobs(Date.parse(loose.created_at) * 1000);
    expect(target.reader.qaRun(loose.run_id)).not.toBeNull();
    await writes.deleteOldJobs(Date.parse(loose.created_at) * 1000 + 1);
    expect(target.reader.qaRun(loose.run_id)).toBeNull();
    expect(target.rows().qa_runs).toBe(0);
    expect(target.integrity()).toBe('ok');
  });

  it('that goes on says nothing of a trace that was deleted under it, also where that came in again', async () => {
    using store = importedStore();
    capturedSession(store);
    const [whole] = store.traces() as [Trace];
    const run = qaRun({ trace_id: whole.trace_id, state: 'running', verdict: null });
    await saveRun(store.writes, run);
    await store.writes.deleteTrace(whole.trace_id);
    await store.take(jsonl([whole]), 'traces');
    const gone = { code: 'not_found' };
    await expect(store.writes.keepQaRun(run.run_id, { done: [1] })).rejects.toMatchObject(gone);
    await expect(store.writes.saveQaRun({ ...run, state: 'done', verdict: 'passed' })).rejects.toMatchObject(gone);
    await expect(store.writes.failQaRun(run.run_id, 'no')).rejects.toMatchObject(gone);
    expect(store.traces()).toMatchObject([
      { trace_id: whole.trace_id, qa_status: 'none', qa_origin: null, qa_runs: [] },
    ]);
  });

  it('that fails stays as it stands but for that', async () => {
    const target = new GatedStore(join(folder(), 'sluice.db'), lax);
    const run = qaRun({
      trace_id: null,
      state: 'running',
      verdict: null,
      ended_at: null,
      tests_edited: ['ada@a.example'],
    });
    await saveRun(target.writer.writes, run, { done: [1] });
    target.policy = masking;
    target.rescan();
    await target.writer.writes.failQaRun(run.run_id, 'It was cancelled.');
    const { ended_at, ...failed } = target.reader.qaRun(run.run_id) as QaRun;
    expect(failed).toMatchObject({ state: 'failed', reason: 'It was cancelled.', tests_edited: ['<EMAIL_MASKED>'] });
    expect(ended_at).not.toBeNull();
    expect(target.reader.qaKept(run.run_id)).toBeNull();
    target.close();
  });

  it('goes before what was sent of the tests, by which a trace is found until then', async () => {
    const target = store();
    const [told, silent] = [newTrace(), newTrace()];
    const sent = (trace_id: string, qa_results: QaResults) =>
      target.writer.save(record(trace_id, { trace_patch: { ended_at: origin, qa_results } }));
    for (const trace of [told, silent])
      target.writer.save(record(trace.trace_id, { new_trace: trace, steps: [command(origin, 'palimpsest')] }));
    sent(told.trace_id, { tests_passed: false });
    sent(silent.trace_id, { reasoning_score: 4 });
    const status = (id: string) => {
      const { qa_status, qa_origin } = target.reader.traceSummary(id) as TraceSummary;
      return [
        qa_status,
        qa_origin,
        ...['none', 'pending', 'done'].filter((word) => found(target, `qa:${word}`).includes(id)),
      ];
    };
    expect(status(told.trace_id)).toEqual(['done', 'sent', 'done']);
    expect(status(silent.trace_id)).toEqual(['none', null, 'none']);
    expect(found(target, 'qa:done verdict:none')).toEqual([told.trace_id]);
    // Sent again without it, it is said no more.
    sent(told.trace_id, { reasoning_score: 1 });
    expect(status(told.trace_id)).toEqual(['none', null, 'none']);
    sent(told.trace_id, { tests_passed: true });
    const run = qaRun({ trace_id: told.trace_id, state: 'pending' });
    await target.writer.writes.beginQaRun(run);
    expect(status(told.trace_id)).toEqual(['pending', 'run', 'pending']);
    sent(told.trace_id, { tests_passed: true });
    expect(status(told.trace_id)).toEqual(['pending', 'run', 'pending']);
    await saveRun(target.writer.writes, { ...run, state: 'done', verdict: 'passed' });
    expect(status(told.trace_id)).toEqual(['done', 'run', 'done']);
    expect(await target.writer.writes.deleteTrace(told.trace_id)).toBe(true);
    expect(found(target, 'qa:done')).toEqual([]);
    expect(target.integrity()).toBe('ok');
  });

  it('comes back from an export as what it came to, and as no run of this store', async () => {
    using store = importedStore();
    capturedSession(store);
    const [{ trace_id }] = store.traces() as [Trace];
    const run = qaRun({ trace_id, state: 'done' });
    await saveRun(store.writes, run);
    const [whole] = store.traces() as [Trace];
    using other = importedStore();
    expect((await other.take(jsonl([whole]), 'traces')).skipped).toEqual([]);
    const [restored] = other.traces() as [Trace];
    expect(restored).toMatchObject({ trace_id, qa_runs: [], qa_results: whole.qa_results });
    expect([whole.qa_status, whole.qa_origin]).toEqual(['done', 'run']);
    expect([restored.qa_status, restored.qa_origin]).toEqual(['done', 'sent']);
    expect(timesOf(restored)).toEqual(timesOf(whole));
    expect(restored.steps.at(-1)).toEqual(whole.steps.at(-1));
    expect(restored.scores).toMatchObject([{ kind: 'qa', name: 'tests', value: 1, rubric_id: 'sluice-qa' }]);
    // A run of the new store has the word there.
    await saveRun(other.writes, qaRun({ trace_id, state: 'done', verdict: 'failed', tests_passed: false }));
    expect(other.traces()[0]).toMatchObject({ qa_results: { tests_passed: false }, scores: [{ value: 0 }] });
  });

  it('is rewritten and searched like everything that was captured', async () => {
    const target = new GatedStore(join(folder(), 'sluice.db'), lax);
    const trace = newTrace();
    target.writer.save(record(trace.trace_id, { new_trace: trace, steps: [command(origin, 'palimpsest')] }));
    const address = 'ada.keeper@harbour.example';
    const run = qaRun({
      trace_id: trace.trace_id,
      state: 'done',
      reason: `test_mail[${address}] failed`,
      output_snippet: `sent to ${address}`,
      tests: [{ id: `test_mail[${address}]`, base: ['passed'], fixed: ['failed'], class: 'stable_fail' }],
    });
    await saveRun(target.writer.writes, run, { outcomes: [`test_mail[${address}]`] });
    const loose = qaRun({ trace_id: null, state: 'done', reason: address });
    await saveRun(target.writer.writes, loose);
    expect(target.look([address]).filter(({ table }) => table === 'qa_runs')).toEqual([
      { table: 'qa_runs', exchange_id: null, trace_ids: [] },
      { table: 'qa_runs', exchange_id: null, trace_ids: [trace.trace_id] },
    ]);
    const { tally } = target.erase([address]);
    expect(tally.failed).toBe(0);
    const stored = () =>
      JSON.stringify([
        target.reader.trace(trace.trace_id),
        target.reader.qaRun(run.run_id),
        target.reader.qaRun(loose.run_id),
        target.reader.qaKept(run.run_id),
      ]);
    expect(stored()).not.toContain('ada.keeper');
    // Names of commits and images are random, and no secrets.
    expect(target.reader.qaRun(run.run_id)).toMatchObject({ repository: run.repository, settings: run.settings });
    target.close();
  });

  it('is masked by a stricter policy', async () => {
    const target = new GatedStore(join(folder(), 'sluice.db'), lax);
    const run = qaRun({ trace_id: null, state: 'done', reason: 'ada.keeper@harbour.example got nothing' });
    await saveRun(target.writer.writes, run);
    target.policy = masking;
    target.rescan();
    expect(target.reader.qaRun(run.run_id)).toEqual({ ...run, reason: '<EMAIL_MASKED> got nothing' });
    target.close();
  });
});

describe('the repository of a trace', () => {
  it('that a person named stays, whatever programs say later', async () => {
    const target = store();
    const trace = newTrace();
    const { writes } = target.writer;
    const say = (repo: string, new_trace: typeof trace | null = null) =>
      target.writer.save(
        record(trace.trace_id, {
          new_trace,
          trace_patch: { ended_at: origin, metadata: { repo, branch: repo } },
          steps: [],
        }),
      );
    say('https://git.example/a', trace);
    const metadata = () => target.reader.traceSummary(trace.trace_id)?.metadata;
    await writes.setRepository(trace.trace_id, { url: 'https://git.example/b' });
    say('https://git.example/c');
    expect(metadata()).toMatchObject({ repo: { url: 'https://git.example/b' }, branch: 'https://git.example/c' });
    await writes.setPurpose(trace.trace_id, { scenario: 'tides' });
    await writes.setRepository(trace.trace_id, null);
    say('https://git.example/d');
    expect(metadata()).not.toHaveProperty('repo');
    expect(metadata()).toMatchObject({ scenario: 'tides', set_by_hand: ['repo', 'scenario'] });
    await expect(writes.setRepository('nope', { name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

function judgement(trace_id: string): Parameters<TestStore['writer']['writes']['saveJudgement']>[0] {
  return {
    trace_id,
    rubric: 'reasoning',
    version: '1',
    profile: 'local',
    model: 'm',
    scale: { min: 0, max: 5 },
    score: 4,
    feedback: 'Sound.',
    verdict: null,
    votes: [],
    cached: false,
    cost_usd: null,
    trace_revision: null,
    confidence: null,
  } as unknown as Parameters<TestStore['writer']['writes']['saveJudgement']>[0];
}
