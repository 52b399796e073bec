import { describe, expect, it } from 'vitest';
import { checkIntegrity } from '../../../src/main/validate/integrity.js';
import type { Trace } from '../../../src/shared/model/index.js';
import { importedStore, jsonl } from '../../support/imported.js';
import { fixture } from './importers/support.js';

/** Rows of a file and files of a folder come in any order, and the same traces are stored. */

/** Traces with their ids numbered in the order of their content, and without what counts how often they were saved. */
function told(traces: Trace[]): unknown {
  const label = ({ title, started_at, ended_at, steps }: Trace) =>
    JSON.stringify([title, started_at, ended_at, steps.map(({ type }) => type)]);
  const sorted = [...traces].sort((a, b) => (label(a) < label(b) ? -1 : 1));
  const names = new Map<string, string>();
  const numbered = JSON.stringify(
    sorted.map(({ revision: _revision, step_order: _order, ...trace }) => ({
      ...trace,
      tool_names: [...trace.tool_names].sort(),
    })),
  ).replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
    if (!names.has(id)) names.set(id, `id-${names.size}`);
    return names.get(id) as string;
  });
  return JSON.parse(numbered);
}

const withoutTimes = (traces: Trace[]) =>
  JSON.parse(JSON.stringify(traces).replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '""')) as Trace[];

/** The items backwards and shuffled, the same each time. */
function orders<T>(items: readonly T[]): T[][] {
  const shuffled = [3, 17, 101].map((seed) => {
    const rest = [...items];
    const out: T[] = [];
    for (let step = seed; rest.length > 0; step = (step * 7919 + seed) % 104_729)
      out.push(...rest.splice(step % rest.length, 1));
    return out;
  });
  return [[...items].reverse(), ...shuffled];
}

async function ofFiles(files: readonly { name: string; bytes: string }[]): Promise<Trace[]> {
  using store = importedStore();
  for (const { name, bytes } of files) await store.take(bytes, name);
  return store.traces();
}

const linesOf = (path: string): { [field: string]: unknown }[] =>
  fixture(path)
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const at = (seconds: number) => new Date(Date.UTC(2026, 4, 6, 8, 0, seconds)).toISOString();

describe('rows of one file', () => {
  it.each([
    'langfuse/observations.jsonl',
    'langsmith/runs.jsonl',
    'openai-chat/fine-tuning.jsonl',
    'execution-trace/traces.jsonl',
  ])('of %s', async (path) => {
    const rows = linesOf(path);
    // Rows without a time of their own stand in the order of the file.
    const times = path.startsWith('openai-chat/') ? withoutTimes : (traces: Trace[]) => traces;
    const expected = told(times(await ofFiles([{ name: 'rows', bytes: jsonl(rows) }])));
    for (const order of orders(rows))
      expect(told(times(await ofFiles([{ name: 'rows', bytes: jsonl(order) }])))).toEqual(expected);
  });

  it('of an export of whole traces, children first as it writes them', async () => {
    using source = importedStore();
    for (const path of ['claude-code/session.jsonl', 'atif/trajectory.json']) await source.take(fixture(path), path);
    const { rows } = source.rows('traces');
    const named = source.traces().map(({ trace_id, title }) => [trace_id, title]);
    const titleOf = new Map(named as [string, string][]);
    const family = (traces: Trace[]) => {
      const own = new Map(traces.map(({ trace_id, title }) => [trace_id, title]));
      return traces.map(({ title, parent_trace_id }) => [title, parent_trace_id && own.get(parent_trace_id)]).sort();
    };
    expect(titleOf.size).toBe(4);
    const first = await ofFiles([{ name: 'rows', bytes: jsonl(rows) }]);
    expect(family(first)).toEqual(family(source.traces()));
    expect(family(first).filter(([, parent]) => parent !== null)).toHaveLength(2);
    for (const order of orders(rows))
      expect(told(await ofFiles([{ name: 'rows', bytes: jsonl(order) }]))).toEqual(told(first));
  });

  it('of tool calls and of executions whose parent comes last', async () => {
    const execution = (trace_id: string, parent: string | null, second: number) => ({
      trace_id,
      scenario: `Scenario ${trace_id}`,
      execution_mode: 'captured',
      start_time: at(second),
      end_time: at(second + 5),
      completion_status: 'completed',
      ...(parent === null ? {} : { parent_trace_id: parent }),
      steps: [
        {
          step_id: `${trace_id}-1`,
          timestamp: at(second + 1),
          agent: 'worker',
          actions: [{ action_type: 'tool_call', tool: 'measure', parameters: { at: trace_id }, result: 'deep' }],
        },
      ],
    });
    const rows = [execution('root', null, 0), execution('inner', 'root', 10), execution('innermost', 'inner', 20)];
    const expected = await ofFiles([{ name: 'rows', bytes: jsonl(rows) }]);
    expect(expected.filter(({ parent_trace_id }) => parent_trace_id !== null)).toHaveLength(2);
    for (const order of orders(rows))
      expect(told(await ofFiles([{ name: 'rows', bytes: jsonl(order) }]))).toEqual(told(expected));
  });
});

describe('files of one folder', () => {
  it('of Claude Code: a session and its agents', async () => {
    const lines = linesOf('claude-code/session.jsonl');
    const files = [
      { name: '/logs/session.jsonl', bytes: jsonl(lines.filter((line) => line['agentId'] === undefined)) },
      { name: '/logs/agent.jsonl', bytes: jsonl(lines.filter((line) => line['agentId'] !== undefined)) },
    ];
    const expected = await ofFiles(files);
    expect(expected.map(({ parent_step_id }) => parent_step_id !== null)).toEqual([false, true]);
    for (const order of orders(files)) expect(told(await ofFiles(order))).toEqual(told(expected));
  });

  it('of Codex: a fork and a subagent that begin with what another thread said', async () => {
    const thread = (number: number) => `0196a000-0000-7000-8000-00000000000${number}`;
    const line = (type: string, payload: unknown, second: number) => ({ timestamp: at(second), type, payload });
    const said = (role: string, text: string) => ({
      type: 'message',
      role,
      content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }],
    });
    const counted = (input: number) => ({
      type: 'token_count',
      info: { last_token_usage: { input_tokens: input, output_tokens: 5, total_tokens: input + 5 } },
    });
    const shared = (second: number) => [
      line('response_item', said('user', 'How deep is the bay?'), second),
      line(
        'response_item',
        { type: 'function_call', call_id: 'call_sound', name: 'sound', arguments: '{"at":"bay"}' },
        second + 1,
      ),
      line('response_item', { type: 'function_call_output', call_id: 'call_sound', output: '9 m' }, second + 2),
      line('response_item', said('assistant', 'Nine metres.'), second + 3),
    ];
    const meta = (number: number, second: number, more: object) =>
      line(
        'session_meta',
        { id: thread(number), timestamp: at(second), cwd: '/srv', originator: 'cli', ...more },
        second,
      );
    const turn = (ask: string, answer: string, second: number) => [
      line('response_item', said('user', ask), second),
      line('response_item', said('assistant', answer), second + 4),
      line('event_msg', counted(300), second + 5),
    ];
    const [first, ...others] = shared(1);
    const root = [meta(1, 0, {}), first, others[0], line('event_msg', counted(100), 2), ...others.slice(1)];
    const files = [
      { name: '/s/a.jsonl', bytes: jsonl([...root, line('event_msg', counted(200), 5)]) },
      {
        name: '/s/b.jsonl',
        bytes: jsonl([meta(2, 60, { forked_from_id: thread(1) }), ...shared(1), ...turn('And the pier?', 'Four.', 70)]),
      },
      {
        name: '/s/c.jsonl',
        bytes: jsonl([
          meta(3, 120, { source: { subagent: { thread_spawn: { parent_thread_id: thread(1), depth: 1 } } } }),
          ...shared(1),
          ...turn('Draw the bay.', 'Drawn.', 130),
        ]),
      },
    ];
    const expected = await ofFiles(files);
    const count = (of: (trace: Trace) => unknown[]) => expected.flatMap(of).length;
    expect([count(({ calls }) => calls), count(({ tool_calls }) => tool_calls)]).toEqual([4, 1]);
    expect(
      expected.map((trace) => [trace.parent_trace_id, trace.predecessor_trace_id].map((id) => id !== null)),
    ).toEqual([
      [false, false],
      [false, true],
      [true, false],
    ]);
    for (const order of orders(files)) expect(told(await ofFiles(order))).toEqual(told(expected));
  });

  it.each(['ATIF-v1.5', 'ATIF-v1.7'])('of %s: agents and continuations', async (schema_version) => {
    const since17 = schema_version === 'ATIF-v1.7';
    const document = (session: string, steps: object[], more: object = {}) =>
      JSON.stringify({ schema_version, session_id: session, agent: { name: 'diver', version: '2' }, steps, ...more });
    const step = (step_id: number, source: string, message: string, more: object = {}) => ({
      step_id,
      timestamp: at(step_id),
      source,
      message,
      ...more,
    });
    const metrics = { prompt_tokens: 20, completion_tokens: 4 };
    const ref = since17
      ? { trajectory_path: 'agents/survey.json' }
      : { session_id: 'run-7-survey', trajectory_path: 's3://bucket/survey.json' };
    const files = [
      {
        name: '/trial/run.json',
        bytes: document(
          'run-7',
          [
            step(1, 'user', 'Survey the bay.'),
            step(2, 'agent', 'I send a diver.', {
              metrics,
              tool_calls: [{ tool_call_id: 'call_dive', function_name: 'delegate', arguments: { to: 'diver' } }],
              observation: {
                results: [{ source_call_id: 'call_dive', content: 'Sand.', subagent_trajectory_ref: [ref] }],
              },
            }),
            step(3, 'agent', 'It is sand.', { metrics }),
          ],
          { continued_trajectory_ref: 'run.cont-1.json' },
        ),
      },
      {
        name: '/trial/run.cont-1.json',
        bytes: document(since17 ? 'run-7' : 'run-7-cont-1', [
          step(4, 'user', 'Survey the bay, continued: it is sand.', { is_copied_context: true }),
          step(5, 'user', 'And the pier?'),
          step(6, 'agent', 'Rock.', { metrics }),
        ]),
      },
      {
        name: '/trial/agents/survey.json',
        bytes: document(since17 ? 'run-7' : 'run-7-survey', [
          step(2, 'user', 'Look at the ground.'),
          step(3, 'agent', 'Sand.', { metrics }),
        ]),
      },
    ];
    const expected = await ofFiles(files);
    const [root, agent, continued] = expected as [Trace, Trace, Trace];
    const delegated = root.steps.find(({ type }) => type === 'tool_call');
    expect([agent.parent_trace_id, agent.parent_step_id]).toEqual([root.trace_id, delegated?.step_id]);
    expect([continued.parent_trace_id, continued.predecessor_trace_id]).toEqual([null, root.trace_id]);
    expect(expected.map(({ calls }) => calls.length)).toEqual([2, 1, 1]);
    for (const order of orders(files)) expect(told(await ofFiles(order))).toEqual(told(expected));
  });
});

it('a trace that repeats the history of one that is not there is valid', async () => {
  const step = (step_id: number, source: string, message: string, more: object = {}) => ({
    step_id,
    source,
    message,
    ...more,
  });
  const document = {
    schema_version: 'ATIF-v1.6',
    session_id: 'loft-2',
    agent: { name: 'pigeon', version: '3', model_name: 'wing-1' },
    steps: [
      step(1, 'user', 'Count the nests.', { is_copied_context: true }),
      step(2, 'agent', 'I count.', {
        is_copied_context: true,
        tool_calls: [{ tool_call_id: 'n1', function_name: 'count', arguments: {} }],
        observation: { results: [{ source_call_id: 'n1', content: '14' }] },
      }),
      step(3, 'user', 'Sum up.'),
      step(4, 'agent', 'Fourteen.', { metrics: { prompt_tokens: 9, completion_tokens: 1 } }),
    ],
  };
  const [trace] = await ofFiles([{ name: '/loft.json', bytes: JSON.stringify(document) }]);
  expect(trace?.tool_calls).toEqual([]);
  const problems: string[] = [];
  checkIntegrity(trace as Trace, (code, path) => problems.push(`${code} ${path}`));
  expect(problems).toEqual([]);
});
