import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pendingLimit } from '../../../src/main/intake/queue.js';
import type { CapturedExchange, IntakeRecord } from '../../../src/shared/model/index.js';
import { testId } from '../../support/traces.js';
import { runningApi } from './support.js';

const event = (fields: object = {}) => ({
  type: 'file_open',
  timestamp: '2026-11-21T09:30:01Z',
  file: 'src/a.py',
  ...fields,
});
const trace = (fields: object = {}) => ({
  schema_version: '1.0',
  developer_id: 'dev-1',
  bug_id: 'BUG-7',
  repo: {
    name: 'shop',
    url: 'https://git.example/shop.git',
    branch: 'main',
    commit_before: 'abc123',
    commit_after: 'def456',
    test_command: 'pytest -q tests/test_cart.py',
  },
  start_time: '2026-11-21T09:30:00Z',
  end_time: '2026-11-21T10:00:00+00:00',
  events: [event()],
  ...fields,
});

async function api() {
  const running = await runningApi();
  const post = (path: string, body: unknown, headers: { [name: string]: string } = {}) =>
    running.ask(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const records = () =>
    running.journal.exchanges.map(
      (exchange: CapturedExchange) => JSON.parse(Buffer.from(exchange.request.body).toString()) as IntakeRecord,
    );
  return { ...running, post, records };
}

/** What a refusal says. */
async function refusal(answer: Response) {
  const { error } = (await answer.json()) as {
    error: { code: string; message: string; details: { path: string; message: string }[] };
  };
  return { status: answer.status, code: error.code, paths: error.details?.map?.((detail) => detail.path) };
}

describe('POST /traces', () => {
  it('puts the trace into the journal and answers its id', async () => {
    const { post, records } = await api();
    const answer = await post('/traces', trace({ pr_number: 12, title: 'Cart total' }));
    expect(answer.status).toBe(201);
    const { trace_id, status } = (await answer.json()) as { trace_id: string; status: string };
    expect(status).toBe('stored');
    expect(answer.headers.get('location')).toBe(`/traces/${trace_id}`);
    expect(records()).toHaveLength(1);
    expect(records()[0]).toMatchObject({
      source: 'rest',
      trace: {
        trace_id,
        kind: 'pr_telemetry',
        title: 'Cart total',
        completion_status: 'completed',
        metadata: {
          developer_id: 'dev-1',
          bug_id: 'BUG-7',
          pr_number: 12,
          test_command: 'pytest -q tests/test_cart.py',
        },
      },
      events: [{ type: 'file_open', file: 'src/a.py', at: 1_795_253_401_000_000 }],
      started_at: 1_795_253_400_000_000,
      ended_at: 1_795_255_200_000_000,
    });
  });

  it('gives the same trace for the same Idempotency-Key, and another without', async () => {
    const { post } = await api();
    const send = async (headers: { [name: string]: string }) =>
      ((await (await post('/traces', trace(), headers)).json()) as { trace_id: string }).trace_id;
    const first = await send({ 'idempotency-key': 'k-1' });
    expect(await send({ 'idempotency-key': 'k-1' })).toBe(first);
    expect(await send({ 'idempotency-key': 'k-2' })).not.toBe(first);
    expect(await send({})).not.toBe(await send({}));
  });

  const repo = trace().repo;
  const bad: [name: string, body: unknown, path: string][] = [
    ['no developer', trace({ developer_id: undefined }), 'developer_id'],
    ['a number as bug', trace({ bug_id: 7 }), 'bug_id'],
    ['no repo', trace({ repo: undefined }), 'repo'],
    ['no branch', trace({ repo: { ...repo, branch: undefined } }), 'repo.branch'],
    ['a time without zone', trace({ start_time: '2026-11-21T09:30:00' }), 'start_time'],
    ['seconds instead of milliseconds', trace({ start_time: 1_763_716_200 }), 'start_time'],
    ['an end before the start', trace({ end_time: '2026-11-20T09:30:00Z' }), 'end_time'],
    ['an unknown event', trace({ events: [event(), event({ type: 'coffee' })] }), 'events.1.type'],
    ['an event without time', trace({ events: [event({ timestamp: undefined })] }), 'events.0.timestamp'],
    ['an edit without diff', trace({ events: [event({ type: 'code_edit' })] }), 'events.0.diff'],
    ['too many events', trace({ events: Array.from({ length: 10_001 }, () => event()) }), 'events'],
    ...['; rm -rf x', '| sh', '& x', '&& x', '> out', '< in', '`id`', '$(id)', '\nid', '\rid'].map(
      (tail): [string, unknown, string] => [
        `a test command with ${JSON.stringify(tail)}`,
        trace({ repo: { ...repo, test_command: `pytest ${tail}` } }),
        'repo.test_command',
      ],
    ),
    ...[
      '../etc/passwd',
      'src/../../x',
      'src\\..\\x',
      '..',
      '/etc/passwd',
      'C:\\Windows',
      'c:x',
      '\\\\server\\share',
      '//server/share',
      'file:///etc/passwd',
      'file:etc',
      'https://x/y',
      '~/x',
      '%2e%2e/x',
      'a/%2E%2e%2fx',
      '%2fetc/passwd',
      'a\u0000b',
      '',
    ].map((file): [string, unknown, string] => [
      `the path ${JSON.stringify(file)}`,
      trace({ events: [event({ file })] }),
      'events.0.file',
    ]),
    [
      'a diff of a file outside',
      trace({ events: [event({ type: 'code_edit', diff: '--- a/x\n+++ b/../../x\n@@ -1 +1 @@\n-a\n+b\n' })] }),
      'events.0.diff',
    ],
  ];
  it.each(bad)('names the field of %s', async (_name, body, path) => {
    const { post, records } = await api();
    const told = await refusal(await post('/traces', body));
    expect(told).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(told.paths).toContain(path);
    expect(records()).toEqual([]);
  });

  it('takes ordinary paths, commands and new files', async () => {
    const { post } = await api();
    for (const file of ['a', 'src/a.py', 'src\\a.py', '..a/b..', '.github/x.yml', 'a b/ü.txt', 'x%20y', '~a']) {
      expect([file, (await post('/traces', trace({ events: [event({ file })] }))).status]).toEqual([file, 201]);
    }
    const diff = '--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x = "../../y"\n';
    expect((await post('/traces', trace({ events: [event({ type: 'code_edit', diff })] }))).status).toBe(201);
    const test_command = 'npm test -- --grep "adds $PRICE" -k \'a or b\'';
    expect((await post('/traces', trace({ repo: { ...repo, test_command } }))).status).toBe(201);
  });

  it('refuses what is no JSON, too deep or too large', async () => {
    const { post } = await api();
    expect((await refusal(await post('/traces', '{"a":'))).status).toBe(400);
    expect(
      (await refusal(await post('/traces', trace({ x: JSON.parse('['.repeat(300) + ']'.repeat(300)) })))).status,
    ).toBe(400);
    const large = await post('/traces', trace({ note: 'x'.repeat(10_000_001) }));
    expect((await refusal(large)).code).toBe('body_too_large');
    expect((await post('/traces', 'a=b', { 'content-type': 'text/plain' })).status).toBe(415);
  });
});

describe('POST /traces/:id/events', () => {
  it('adds to a trace, and drops what it has or what stands there twice', async () => {
    const { post, records } = await api();
    const answer = await post(`/traces/${testId(1, 0)}/events`, {
      events: [
        event({ event_id: 'known-1' }),
        event({ event_id: 'a', timestamp: 1_763_716_203_000 }),
        event({ event_id: 'a' }),
        event(),
      ],
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ accepted: 2, duplicates: 2 });
    expect(records()[0]?.trace).toMatchObject({ trace_id: testId(1, 0) });
    expect(records()[0]?.events).toHaveLength(2);
    const again = await post(`/traces/${testId(1, 0)}/events`, { events: [event({ event_id: 'known-1' })] });
    expect(await again.json()).toEqual({ accepted: 0, duplicates: 1 });
    expect(records()).toHaveLength(1);
  });

  it('refuses an unknown trace, no events and bad ones', async () => {
    const { post } = await api();
    expect((await refusal(await post(`/traces/${testId(9, 9)}/events`, { events: [event()] }))).code).toBe('not_found');
    expect((await refusal(await post('/traces/x/events', { events: [event()] }))).code).toBe('not_found');
    const path = `/traces/${testId(1, 0)}/events`;
    expect((await refusal(await post(path, { events: [] }))).paths).toEqual(['events']);
    expect((await refusal(await post(path, { events: [event({ file: '/x' })] }))).paths).toEqual(['events.0.file']);
  });
});

describe('POST /traces/:id/finalize', () => {
  it('answers a job that says what it found', async () => {
    const { post, records, ask, settled } = await api();
    const path = `/traces/${testId(1, 0)}/finalize`;
    const answer = await post(path, { completion_status: 'failed', wait: false });
    expect(answer.status).toBe(202);
    const { job_id, ...rest } = (await answer.json()) as { job_id: string };
    expect(rest).toEqual({ trace_id: testId(1, 0), qa_status: 'pending' });
    expect(answer.headers.get('location')).toBe(`/jobs/${job_id}`);
    await settled(job_id);
    expect(await (await ask(`/jobs/${job_id}`)).json()).toMatchObject({
      state: 'done',
      result: { trace_id: testId(1, 0) },
    });
    expect(records()[0]?.trace).toMatchObject({
      completion_status: 'failed',
      metadata: { finalized_at: expect.stringMatching(/Z$/) },
    });
    expect((await post(`/traces/${testId(9, 9)}/finalize`, {})).status).toBe(404);
    expect((await refusal(await post(path, { completion_status: 'running' }))).paths).toEqual(['completion_status']);
    for (const [prefer, status] of [
      ['respond-async', 202],
      ['return=minimal, Respond-Async; wait=5', 202],
      ['return=respond-async', 200],
    ] as const) {
      const bare = await ask(`/traces/${testId(1, 1)}/finalize`, { method: 'POST', headers: { prefer } });
      expect([prefer, bare.status, bare.headers.get('preference-applied')]).toEqual([
        prefer,
        status,
        status === 202 ? 'respond-async' : null,
      ]);
    }
    for (const [body, paths] of [
      [{ qa: { image: 'debian' } }, ['qa']],
      [{ judge: { model: 'x' } }, ['judge']],
      [{ wait: 'no' }, ['wait']],
    ] as const) {
      expect((await refusal(await post(path, body))).paths).toEqual(paths);
    }
    expect((await refusal(await post(path, { judge: { profile: 'absent' } }))).code).toBe('model_profile_missing');
  });

  it('waits by default and answers the whole trace; who may not read hears what it came to alone', async () => {
    const { ask, tokens, services } = await api();
    const { intake } = services;
    const path = `/traces/${testId(1, 0)}/finalize`;
    const whole = (await (await ask(path, { method: 'POST' })).json()) as { [field: string]: unknown };
    expect(whole).toMatchObject({ job_id: expect.any(String), trace_id: testId(1, 0) });
    expect(whole['steps']).toEqual(expect.any(Array));
    const { token } = tokens.create({ name: 'sender', scopes: ['ingest'] });
    const headers = { authorization: `Bearer ${token}` };
    // What was captured is no sender's to end.
    expect((await ask(path, { method: 'POST', headers })).status).toBe(403);
    const head = await intake.trace(testId(1, 0));
    intake.trace = async () => head && { ...head, kind: 'pr_telemetry' };
    const answer = await ask(path, { method: 'POST', headers });
    expect(await answer.json()).toEqual({
      job_id: expect.any(String),
      trace_id: testId(1, 0),
      qa_status: 'none',
      completion_status: expect.any(String),
      qa_results: { tests_passed: null, verdict: null, reasoning_score: null },
    });
  });

  it('goes on when its client leaves, and answers that it goes on when the API ends', async () => {
    const { ask, services, api: running, settled } = await api();
    const { finals } = services;
    const open = Promise.withResolvers<never>();
    const waited: string[] = [];
    const settledBefore = finals.settled;
    finals.settled = (jobId) => {
      waited.push(jobId);
      return open.promise;
    };
    const path = `/traces/${testId(1, 0)}/finalize`;
    const leaving = new AbortController();
    const left = ask(path, { method: 'POST', signal: leaving.signal }).catch((error: Error) => error.name);
    await expect.poll(() => waited.length).toBe(1);
    leaving.abort();
    expect(await left).toBe('AbortError');
    expect(await settled(waited[0] as string)).toMatchObject({ state: 'done' });
    const staying = ask(path, { method: 'POST' });
    await expect.poll(() => waited.length).toBe(2);
    await running.close(2000);
    const answer = await staying;
    expect([answer.status, await answer.json()]).toEqual([
      202,
      { job_id: waited[1], trace_id: testId(1, 0), qa_status: 'pending' },
    ]);
    finals.settled = settledBefore;
  });

  it('holds for events that looked at the trace before its end was stored and come after', async () => {
    const { post, services } = await api();
    const { intake } = services;
    const path = `/traces/${testId(1, 0)}`;
    const head = await intake.trace(testId(1, 0));
    const [ended, looking, looked] = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    intake.stored = () => ended?.promise ?? Promise.resolve();
    let looks = 0;
    intake.trace = async () => {
      looks += 1;
      // The end of the trace, then the events, then once more.
      if (looks > 2) return head && { ...head, finalized: true };
      if (looks === 2) {
        looking?.resolve();
        await looked?.promise;
      }
      return head;
    };
    expect((await post(`${path}/finalize`, { wait: false })).status).toBe(202);
    const late = post(`${path}/events`, { events: [event()] });
    await looking?.promise;
    ended?.resolve();
    await ended?.promise;
    looked?.resolve();
    expect(await refusal(await late)).toMatchObject({ status: 409, code: 'trace_finalized' });
  });

  it('holds at every way in while the end is on its way to the store, also under a name', async () => {
    const { post, records, services } = await api();
    const { intake } = services;
    const ended = Promise.withResolvers<void>();
    intake.stored = () => ended.promise;
    const id = testId(1, 0);
    intake.traceIdOf = async (name) => (name === 'night run' ? id : null);
    expect((await post('/traces/night%20run/finalize', { wait: false })).status).toBe(202);
    const message = { event_type: 'message', payload: { role: 'user', content: 'one more' } };
    const late = [
      await post(`/traces/${id}/events`, { events: [event()] }),
      await post('/traces', trace({ trace_id: 'night run' })),
      await post('/ingest', { trace_id: id, ...message }),
      await post('/ingest', { trace_id: id.toUpperCase(), ...message }),
      await post('/ingest', { trace_id: 'night run', ...message }),
    ];
    const said = new Set<string>();
    for (const answer of late) {
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      expect([answer.url, answer.status, error.code]).toEqual([answer.url, 409, 'trace_finalized']);
      said.add(error.message);
    }
    expect(said.size).toBe(1);
    expect(records()).toHaveLength(1);
    expect((await post('/ingest', { trace_id: 'day run', ...message })).status).toBe(202);
    ended.resolve();
  });

  it('holds for events that were being read when it came', async () => {
    const { post, records, services } = await api();
    const { intake } = services;
    const [asking, asked, ended] = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    intake.stored = () => ended?.promise ?? Promise.resolve();
    intake.knownEvents = async () => {
      asking?.resolve();
      await asked?.promise;
      return [];
    };
    const path = `/traces/${testId(1, 0)}`;
    const late = post(`${path}/events`, { events: [event({ event_id: 'e1' })] });
    await asking?.promise;
    expect((await post(`${path}/finalize`, { wait: false })).status).toBe(202);
    asked?.resolve();
    expect(await refusal(await late)).toMatchObject({ status: 409, code: 'trace_finalized' });
    expect(records()).toHaveLength(1);
    ended?.resolve();
  });
});

describe('POST /ingest', () => {
  const message = (fields: object = {}) => ({
    trace_id: 'run 7',
    event_type: 'message',
    payload: { role: 'user', content: 'hello' },
    ...fields,
  });

  it('makes of what it knows a step, and keeps the rest as it is', async () => {
    const { post, records } = await api();
    const sent: [body: object, event: object][] = [
      [message(), { type: 'message', role: 'user', content: 'hello' }],
      [
        message({ event_type: 'tool_call', payload: { tool: 'search', args: { q: 1 }, id: 'c1' } }),
        { type: 'tool_call', name: 'search', arguments: { q: 1 }, tool_call_id: 'c1' },
      ],
      [
        message({ event_type: 'tool_result', payload: { tool_call_id: 'c1', output: [1] } }),
        { type: 'tool_result', tool_call_id: 'c1', result: [1] },
      ],
      [message({ event_type: 'thought', payload: { text: 'hm' } }), { type: 'reasoning', content: 'hm' }],
      [message({ event_type: 'error', payload: { message: 'no' } }), { type: 'error', code: 'error', message: 'no' }],
      [
        message({ event_type: 'decision', payload: { decision: 'a', options: ['a', 'b'] } }),
        { type: 'decision', decision: 'a', available_options: [{ option: 'a' }, { option: 'b' }] },
      ],
      [
        message({ event_type: 'lights', payload: { on: true } }),
        { type: 'state_change', description: 'lights', data: { on: true } },
      ],
      [
        message({ event_type: 'tool_call', payload: { odd: 1 } }),
        { type: 'state_change', description: 'tool_call', data: { odd: 1 } },
      ],
    ];
    for (const [body] of sent) expect((await post('/ingest', body)).status).toBe(202);
    expect(records().map((record) => record.events?.[0])).toMatchObject(sent.map(([, step]) => step));
    for (const record of records()) expect(record.trace.key).toBe('ingest:run 7');
  });

  it('reads a model call', async () => {
    const { post, records } = await api();
    const request = { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'hi' }], temperature: 0 };
    const response = {
      id: 'r1',
      model: 'gpt-5-mini-2026',
      choices: [{ message: { role: 'assistant', content: 'ho' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 1 },
    };
    await post('/ingest', message({ event_type: 'llm_call', payload: { request, response, duration_ms: 250 } }));
    expect(records()[0]).toMatchObject({
      call: {
        format: 'openai-chat',
        request: { model: 'gpt-5-mini', params: { temperature: 0 }, messages: [{ role: 'user' }] },
        response: { response_id: 'r1', stop_reason: 'stop', usage: { input_tokens: 3, output_tokens: 1 } },
      },
    });
    const [record] = records();
    expect((record?.ended_at ?? 0) - (record?.started_at ?? 0)).toBe(250_000);
  });

  it('adds to a stored trace by its id', async () => {
    const { post, records } = await api();
    await post('/ingest', message({ trace_id: testId(1, 0) }));
    await post('/ingest', message({ trace_id: testId(8, 8) }));
    expect(records()[0]?.trace).toMatchObject({ trace_id: testId(1, 0), kind: 'agent' });
    expect(records()[1]?.trace).toMatchObject({
      trace_id: testId(8, 8),
      key: `ingest:${testId(8, 8)}`,
      kind: 'ingest',
    });
  });

  it.each([
    ['no trace', message({ trace_id: undefined }), 'trace_id'],
    ['a long trace id', message({ trace_id: 'x'.repeat(257) }), 'trace_id'],
    ['no type', message({ event_type: '' }), 'event_type'],
    ['no payload', message({ payload: undefined }), 'payload'],
    ['a text as payload', message({ payload: 'x' }), 'payload'],
    ['a list', [], ''],
  ])('answers 400 to %s', async (_name, body, path) => {
    const { post, records } = await api();
    const told = await refusal(await post('/ingest', body));
    expect(told).toMatchObject({ status: 400, code: 'request_invalid' });
    expect(told.paths).toContain(path);
    expect((await refusal(await post('/ingest', '{'))).status).toBe(400);
    expect((await post('/ingest', '')).status).toBe(400);
    expect(records()).toEqual([]);
  });
});

describe('backpressure', () => {
  it('is 503 with Retry-After at every way in, and takes nothing', async () => {
    const { post, records, journal, ask } = await api();
    journal.pending = pendingLimit;
    const answers = [
      await post('/traces', trace()),
      await post(`/traces/${testId(1, 0)}/events`, { events: [event()] }),
      await post(`/traces/${testId(1, 0)}/finalize`, {}),
      await post('/ingest', { trace_id: 't', event_type: 'x', payload: {} }),
    ];
    for (const answer of answers) {
      expect([answer.url, answer.status]).toEqual([answer.url, 503]);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await answer.json()).toMatchObject({ error: { code: 'engine_busy' } });
    }
    expect(records()).toEqual([]);
    journal.pending = 0;
    expect((await post(`/traces/${testId(1, 0)}/events`, { events: [event()] })).status).toBe(200);
    expect((await ask('/status')).status).toBe(200);
  });
});

describe('POST /v1/traces', () => {
  it('hands on the body as it was, inflated', async () => {
    const { ask } = await api();
    const send = (body: Uint8Array, headers: { [name: string]: string }) =>
      ask('/v1/traces', { method: 'POST', body: body as never, headers });
    const plain = await send(Buffer.from('{}'), { 'content-type': 'application/json' });
    expect([plain.status, plain.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
    ]);
    expect(await plain.json()).toEqual({ read: 2 });
    const packed = await send(gzipSync(Buffer.alloc(5000)), {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
    });
    expect(packed.headers.get('content-type')).toBe('application/x-protobuf');
    expect(await packed.json()).toEqual({ read: 5000 });
  });

  it('refuses a bomb, broken gzip, other encodings and other types', async () => {
    const { ask } = await api();
    const status = async (body: Uint8Array, headers: { [name: string]: string }) =>
      (await ask('/v1/traces', { method: 'POST', body: body as never, headers })).status;
    const json = { 'content-type': 'application/json' };
    expect(await status(gzipSync(Buffer.alloc(10_000_001)), { ...json, 'content-encoding': 'gzip' })).toBe(413);
    expect(await status(Buffer.alloc(10_000_001), json)).toBe(413);
    expect(await status(Buffer.from('no'), { ...json, 'content-encoding': 'gzip' })).toBe(400);
    expect(await status(Buffer.from('no'), { ...json, 'content-encoding': 'br' })).toBe(415);
    expect(await status(Buffer.from('no'), { 'content-type': 'text/plain' })).toBe(415);
  });
});
