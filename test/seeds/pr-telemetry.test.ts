import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';

/** The trace as the document draws it: a name of its own, results of its tests, no events yet. */
const drawn = {
  schema_version: '1.0',
  trace_id: 'abcd-1234-efgh-5678',
  developer_id: 'anon-dev-42',
  bug_id: 'BUG-123',
  repo: {
    name: 'example-project',
    url: 'https://github.com/org/example-project',
    branch: 'bugfix/login-error',
    commit_before: 'a1b2c3d',
    commit_after: 'd4e5f6a',
    test_command: 'pytest',
  },
  start_time: '2025-11-27T15:00:00Z',
  end_time: '2025-11-27T15:30:00Z',
  events: [],
  qa_results: {},
};
const qaResults = {
  tests_passed: true,
  test_exit_code: 0,
  test_output_snippet: 'All tests passed.',
  reasoning_score: 4.5,
  reasoning_feedback: 'Clear and methodical reasoning...',
};
/** The body of POST /traces: neither version nor ids. */
const begun = {
  developer_id: 'dev-001',
  repo: {
    name: 'my-app',
    url: 'https://github.com/user/repo',
    branch: 'main',
    commit_before: 'abc123',
    commit_after: 'def456',
    test_command: 'pytest',
  },
  start_time: '2025-11-27T10:00:00Z',
  events: [],
};
const step = (timestamp: string, content: string) => ({ event_type: 'reasoning_step', timestamp, data: { content } });
const events = [step('2025-11-27T10:01:00Z', 'I think the bug is in login.py')];
/** The session of the end-to-end listing. */
const session = {
  developer_id: 'test-dev',
  repo: {
    name: 'sample-repo',
    url: 'https://github.com/test/repo',
    branch: 'main',
    commit_before: 'abc',
    commit_after: 'def',
    test_command: 'pytest',
  },
  start_time: '2025-11-28T10:00:00Z',
  events: [
    step('2025-11-28T10:01:00Z', 'I suspect the bug is in the login validation'),
    step('2025-11-28T10:02:00Z', 'Added null check for user.profile before accessing email'),
    step('2025-11-28T10:03:00Z', 'Ran tests and confirmed the fix works'),
  ],
};
/** One event of each type that the document names, in its words. */
const at = (minute: number) => `2025-11-27T11:0${minute}:00Z`;
const everyType = [
  { event_type: 'file_open', timestamp: at(0), data: { path: 'src/login.py' } },
  { event_type: 'file_open', timestamp: at(1), data: { file_path: 'src/user.py' } },
  {
    event_type: 'code_edit',
    timestamp: at(2),
    data: { file_path: 'src/login.py', diff: '--- a/src/login.py\n+++ b/src/login.py\n@@ -1 +1 @@\n-a\n+b\n' },
  },
  {
    event_type: 'terminal_command',
    timestamp: at(3),
    data: { command: 'pytest -q', exit_code: 1, output: '1 failed', duration: 2.5 },
  },
  { event_type: 'test_result', timestamp: at(4), data: { passed: 11, failed: 1, summary: '11 passed, 1 failed' } },
  { event_type: 'reasoning_step', timestamp: at(5), data: { content: 'The profile may be null.' } },
  { event_type: 'file_close', timestamp: at(6), data: { path: 'src/login.py' } },
];

describe('PR telemetry, as its document has it', () => {
  let engine: Engine;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-seeds-'));
  const row = (traceId: string) => engine.api(`/traces/${encodeURIComponent(traceId)}?shape=pr-telemetry`);

  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers whether it is healthy, without a token', async () => {
    const answer = await engine.fetch('/health', { anonymous: true });
    expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'healthy' }]);
    expect((await engine.fetch('/traces', { body: begun, anonymous: true })).status).toBe(401);
  });

  it('stores a trace that has neither version nor ids, and gives it a name', async () => {
    const answer = await engine.fetch('/traces', { body: begun });
    expect(answer.status).toBe(201);
    const stored = (await answer.json()) as { trace_id: string };
    expect(stored).toEqual({ trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/), status: 'stored' });
    expect(await row(stored.trace_id)).toEqual({
      schema_version: '1.0',
      trace_id: stored.trace_id,
      ...begun,
      qa_results: {},
    });
    expect(await engine.api(`/traces/${stored.trace_id}`)).toMatchObject({
      trace_id: stored.trace_id,
      kind: 'pr_telemetry',
      completion_status: 'running',
      qa_results: null,
      metadata: { developer_id: 'dev-001', repo: begun.repo },
    });

    const added = await engine.fetch(`/traces/${stored.trace_id}/events`, { body: { events } });
    expect([added.status, await added.json()]).toEqual([200, { accepted: 1, duplicates: 0 }]);
    expect((await row(stored.trace_id)).events).toEqual(events);
    expect((await engine.api(`/traces/${stored.trace_id}`)).steps).toMatchObject([
      { type: 'reasoning_step', content: 'I think the bug is in login.py', timestamp: '2025-11-27T10:01:00.000Z' },
    ]);
  });

  it('knows a trace by the name that it was sent under, in every route', async () => {
    const answer = await engine.fetch('/traces', { body: { ...drawn, qa_results: qaResults } });
    expect([answer.status, await answer.json()]).toEqual([201, { trace_id: drawn.trace_id, status: 'stored' }]);
    expect(answer.headers.get('location')).toBe('/traces/abcd-1234-efgh-5678');
    expect(await row(drawn.trace_id)).toEqual({ ...drawn, qa_results: qaResults });
    const trace = await engine.api(`/traces/${drawn.trace_id}`);
    expect(trace).toMatchObject({
      title: 'BUG-123 in example-project',
      completion_status: 'completed',
      started_at: '2025-11-27T15:00:00.000Z',
      ended_at: '2025-11-27T15:30:00.000Z',
      metadata: { trace_id: drawn.trace_id, schema_version: '1.0', bug_id: 'BUG-123', repo: drawn.repo },
    });
    expect(trace.qa_results).toEqual(qaResults);

    const name = `/traces/${drawn.trace_id}`;
    expect((await engine.fetch(`${name}/events`, { body: { events } })).status).toBe(200);
    expect((await engine.api(`${name}/tree`)).nodes).toHaveLength(1);
    expect(await engine.api(`${name}/effects`)).toMatchObject({ items: [] });
    expect(await engine.api(`${name}/witnesses`)).toMatchObject({ items: [] });
    expect(await engine.api(`${name}/validation`)).toMatchObject({ valid: true, errors: [] });
    expect(await engine.api(`${name}/review`, { method: 'PUT', body: { label: 'accepted' } })).toMatchObject({
      label: 'accepted',
    });
    expect(await engine.api(`${name}/review`)).toMatchObject({ trace_id: trace.trace_id, label: 'accepted' });
    expect(await engine.api(`${name}/consent`)).toBeDefined();
    const end = await engine.api(`${name}/finalize`, { method: 'POST' });
    await engine.until(`/jobs/${end.job_id}`, (job) => job.state === 'done');
    expect((await row(drawn.trace_id)).events).toEqual(events);
    expect((await engine.fetch(name, { method: 'DELETE' })).status).toBe(204);
    expect((await engine.fetch(name)).status).toBe(404);
  });

  it('keeps empty results of tests as they were sent', async () => {
    await engine.api('/traces', { body: { ...drawn, trace_id: 'drawn/2' } });
    expect((await engine.api('/traces/drawn%2F2')).qa_results).toEqual({});
    expect(await row('drawn/2')).toEqual({ ...drawn, trace_id: 'drawn/2' });
  });

  it('takes a named trace again as it has grown, and each event once', async () => {
    const named = { ...session, trace_id: 'grown-1' };
    const send = (count: number) =>
      engine.api('/traces', { body: { ...named, events: session.events.slice(0, count) } });
    for (const count of [1, 3, 3]) expect(await send(count)).toEqual({ trace_id: 'grown-1', status: 'stored' });
    expect((await row('grown-1')).events).toEqual(session.events);
    // By single events it is the same trace.
    const event = { trace_id: 'grown-1', event_type: 'reasoning_step', timestamp: '2025-11-28T10:04:00Z' };
    await engine.api('/ingest', { body: { ...event, payload: { content: 'Done.' } } });
    await engine.settled();
    expect((await row('grown-1')).events.at(-1)).toEqual(step('2025-11-28T10:04:00Z', 'Done.'));
  });

  it('reads and tells every type of event, in both forms', async () => {
    await engine.api('/traces', { body: { ...session, trace_id: 'types-1', events: everyType } });
    expect((await row('types-1')).events).toEqual(everyType);
    const { steps } = await engine.api('/traces/types-1');
    expect(steps).toMatchObject([
      { type: 'file_open', file: 'src/login.py' },
      { type: 'file_open', file: 'src/user.py' },
      { type: 'code_edit', file: 'src/login.py', diff: everyType[2]?.data.diff },
      { type: 'terminal_command', command: 'pytest -q', exit_code: 1, output: '1 failed', duration_ms: 2500 },
      { type: 'test_result', status: 'failed', data: { passed: 11, failed: 1, summary: '11 passed, 1 failed' } },
      { type: 'reasoning_step', content: 'The profile may be null.' },
      { type: 'file_close', file: 'src/login.py' },
    ]);

    const flat = everyType.map(({ event_type, timestamp, data }) => ({ type: event_type, timestamp, ...data }));
    await engine.api('/traces', { body: { ...session, trace_id: 'types-2', events: flat } });
    const told = (await row('types-2')).events as { event_type: string; timestamp: string }[];
    expect(told.map(({ event_type, timestamp }) => [event_type, timestamp])).toEqual(
      everyType.map(({ event_type, timestamp }) => [event_type, timestamp]),
    );
    expect((await engine.api('/traces/types-2')).steps[0]).toMatchObject({ type: 'file_open', file: 'src/login.py' });
  });

  it('refuses paths that leave the repository and commands that are several', async () => {
    const refused = async (body: object) => (await engine.fetch('/traces', { body })).status;
    for (const path of ['../etc/passwd', '/etc/passwd', 'C:\\windows']) {
      const open = { event_type: 'file_open', timestamp: at(0), data: { path } };
      expect(await refused({ ...session, events: [open] }), path).toBe(422);
    }
    for (const test_command of ['pytest; rm -rf x', 'a | b', 'a && b', 'echo $(id)', 'echo `id`']) {
      expect(await refused({ ...session, repo: { ...session.repo, test_command } }), test_command).toBe(422);
    }
  });

  it('exports what was sent, validates it, and gives the same from an import of it', async () => {
    await engine.api('/traces', {
      body: { ...session, trace_id: 'whole-1', events: everyType, qa_results: qaResults },
    });
    const flags = ['--layout', 'pr-telemetry', '--format', 'jsonl', '--query', 'kind:pr_telemetry'];
    const exported = async (dataDir: string, name: string) => {
      const out = join(folder, name);
      const done = await sluice(['export', ...flags, '--out', out, '--data-dir', dataDir]);
      expect(done.code, done.stderr).toBe(0);
      return join(out, 'data.jsonl');
    };
    const file = await exported(engine.ready.data_dir, 'first');
    const rows = readFileSync(file, 'utf8').trim().split('\n');
    const own = rows.map((line) => JSON.parse(line)).find(({ trace_id }) => trace_id === 'whole-1');
    expect(own).toEqual({
      schema_version: '1.0',
      trace_id: 'whole-1',
      ...session,
      events: everyType,
      qa_results: qaResults,
    });
    const checked = await sluice(['validate', file, '--json']);
    expect([checked.code, JSON.parse(checked.stdout)]).toMatchObject([0, { summary: { invalid: 0 } }]);

    const again = join(folder, 'again');
    const imported = await sluice(['import', file, '--data-dir', again, '--json']);
    expect(imported.code, imported.stderr).toBe(0);
    expect(
      readFileSync(await exported(again, 'second'), 'utf8')
        .trim()
        .split('\n')
        .sort(),
    ).toEqual(rows.sort());
  });

  it('imports the trace of the document as a file', async () => {
    const file = join(folder, 'trace.json');
    writeFileSync(file, JSON.stringify({ ...drawn, events: everyType, qa_results: qaResults }, null, 2));
    const done = await sluice(['import', file, '--data-dir', engine.ready.data_dir, '--json']);
    expect(done.code, done.stderr).toBe(0);
    expect(await row(drawn.trace_id)).toEqual({ ...drawn, events: everyType, qa_results: qaResults });
  });
});
