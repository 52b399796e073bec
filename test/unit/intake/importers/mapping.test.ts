import { describe, expect, it } from 'vitest';
import { readExchange } from '../../../../src/main/decode/index.js';
import type { Importer } from '../../../../src/main/intake/importers/importer.js';
import { importerById } from '../../../../src/main/intake/importers/index.js';
import { callsOf, eventsOf, exchangesOf, fixture, read, recordsOf, skippedOf } from './support.js';

const items = (id: string, path: string) => read(importerById(id) as Importer, fixture(path));

describe('HAR', () => {
  it('gives exchanges with bodies, times, versions and failures', async () => {
    const exchanges = exchangesOf(await items('har', 'har/chrome.har'));
    expect(exchanges.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'http complete',
      'http complete',
      'websocket complete',
      'http failed',
    ]);
    const [first, second, socket, failed] = exchanges;
    expect(JSON.parse(new TextDecoder().decode(first?.request.body))).toMatchObject({ model: 'gpt-5.1' });
    expect(first?.request.headers).toEqual([
      ['content-type', 'application/json'],
      ['user-agent', 'OpenAI/Python 2.9.0'],
    ]);
    expect(first?.response).toMatchObject({ status: 200, http_version: '2' });
    // The body stands decoded, so nothing may say that it is encoded.
    expect(first?.response?.headers.map(([name]) => name)).toEqual(['content-type']);
    expect((first?.ended_at ?? 0) - (first?.started_at ?? 0)).toBe(812_500);
    expect((first?.headers_at ?? 0) - (first?.started_at ?? 0)).toBe(702_500);
    expect(readExchange(second as never).response?.body).toMatchObject({ kind: 'events', framing: 'sse' });
    expect(readExchange(socket as never).request.body).toMatchObject({
      kind: 'websocket',
      messages: [{ from: 'client', opcode: 'text', data: '{"type":"hello"}' }],
    });
    expect(readExchange(socket as never).response?.body).toMatchObject({ messages: [{ data: '{"type":"welcome"}' }] });
    expect(failed).toMatchObject({ error: { message: 'net::ERR_CONNECTION_REFUSED' } });
  });
});

describe('mitmproxy', () => {
  it('gives HTTP flows and WebSocket messages, and names what it does not take', async () => {
    const all = await items('mitmproxy', 'mitmproxy/session.flow');
    const exchanges = exchangesOf(all);
    expect(exchanges.map(({ method, url, kind }) => `${kind} ${method} ${url}`)).toEqual([
      'http POST https://api.openai.com/v1/chat/completions',
      'http POST https://api.openai.com/v1/chat/completions',
      'websocket GET http://example.com/ws',
      'http GET http://address:22/path',
    ]);
    expect(readExchange(exchanges[2] as never).request.body).toMatchObject({
      messages: [{ opcode: 'binary' }, { opcode: 'text', data: 'hello text' }],
    });
    expect(exchanges[3]).toMatchObject({ state: 'failed', error: { message: 'error' } });
    expect(skippedOf(all)).toEqual([{ where: expect.stringMatching(/^byte \d+$/), reason: 'a tcp flow' }]);
  });
});

describe('Claude Code', () => {
  const session = 'session:5e9a3f0c-1d2b-4c3a-9f8e-0a1b2c3d4e5f';

  it('makes one call of the lines of a message, chained by message id', async () => {
    const calls = callsOf(await items('claude-code', 'claude-code/session.jsonl'));
    expect(
      calls.map(({ call, trace }) => [
        call?.response?.response_id,
        call?.request.previous_response_id ?? null,
        trace.key,
      ]),
    ).toEqual([
      ['msg_01', null, session],
      ['msg_s1', null, `${session}/agent:a7f3`],
      ['msg_s2', 'msg_s1', `${session}/agent:a7f3`],
      ['msg_02', 'msg_01', session],
      ['msg_03', null, session],
    ]);
    const [first, , , second] = calls;
    expect(first?.call?.response?.messages).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Two things to look up.', signature: 'c2ln' },
          {
            type: 'tool_call',
            kind: 'function',
            id: 'toolu_1',
            name: 'Read',
            arguments: { file_path: '/home/dev/tide/tide.txt' },
          },
          expect.objectContaining({ type: 'tool_call', id: 'toolu_2', name: 'Task' }),
        ],
      },
    ]);
    // Cached tokens are outside Anthropic's input_tokens; the last line has the whole usage.
    expect(first?.call?.response?.usage).toMatchObject({
      input_tokens: 160,
      output_tokens: 60,
      cached_input_tokens: 100,
      cache_write_tokens: 50,
    });
    expect(first?.call?.response?.stop_reason).toBe('tool_use');
    expect(first?.client).toBe('claude-cli/2.1.3');
    // Both results are given to the next call, although only one of them is on its way to the root.
    const results = second?.call?.request.messages.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'tool_result' ? [part.tool_call_id] : [])),
    );
    expect(results).toEqual(['toolu_1', 'toolu_2']);
    expect(second?.call?.request.history_complete).toBe(false);
  });

  it('names the tool call that ran an agent, and tells of compactions and failures', async () => {
    const all = await items('claude-code', 'claude-code/session.jsonl');
    expect(recordsOf(all).flatMap(({ trace }) => trace.spawns ?? [])).toEqual([
      { key: `${session}/agent:a7f3`, tool_call_id: 'toolu_2' },
    ]);
    expect(eventsOf(all)).toMatchObject([
      { type: 'error', code: 'api_error', message: 'Overloaded' },
      { type: 'state_change', description: 'compacted' },
    ]);
    expect(skippedOf(all)).toEqual([]);
  });

  it('gives the rest of an answer as events where its writer paused inside it', async () => {
    const { claudeCode } = await import('../../../../src/main/intake/importers/claude-code.js');
    const { pause } = await import('../../../../src/main/intake/importers/importer.js');
    const { context } = await import('./support.js');
    const lines = fixture('claude-code/session.jsonl').toString().split('\n');
    async function* paused() {
      yield Buffer.from(`${lines.slice(0, 4).join('\n')}\n`);
      yield pause;
      yield pause;
      yield Buffer.from(lines.slice(4).join('\n'));
    }
    const all = [];
    for await (const item of claudeCode.read(paused(), context)) all.push(item);
    expect(callsOf(all)).toHaveLength(5);
    expect(eventsOf(all)).toContainEqual(
      expect.objectContaining({ type: 'tool_call', tool_call_id: 'toolu_2', name: 'Task' }),
    );
  });
});

describe('Codex', () => {
  it('makes a call of what the model wrote between two inputs, with the usage that follows', async () => {
    const calls = callsOf(await items('codex', 'codex/rollout.jsonl'));
    expect(calls.map(({ call }) => [call?.response?.response_id, call?.request.previous_response_id ?? null])).toEqual([
      ['resp_0', null],
      ['resp_1', 'resp_0'],
    ]);
    expect(calls[0]?.trace.key).toBe('session:01a1fcf6-ff64-7d52-9de4-5ef5a04efcf8');
    expect(calls[0]?.client).toBe('codex_exec/0.169.0');
    expect(calls[0]?.call?.request.messages.map(({ role }) => role)).toEqual(['system', 'developer', 'user', 'user']);
    expect(calls[0]?.call?.response).toMatchObject({
      usage: { input_tokens: 10, output_tokens: 5 },
      messages: [
        {
          role: 'assistant',
          parts: [
            { type: 'text', text: 'Let me look.' },
            { type: 'tool_call', id: 'call_note', name: 'exec_command', arguments: { cmd: 'cat note.txt' } },
          ],
        },
      ],
    });
    expect(calls[1]?.call?.request.messages).toMatchObject([{ role: 'tool', parts: [{ tool_call_id: 'call_note' }] }]);
  });

  it('reads older files, whose usage comes without the id of the response', async () => {
    const all = await items('codex', 'codex/rollout-token-count.jsonl');
    expect(callsOf(all).map(({ call }) => call?.response?.usage)).toEqual([
      { input_tokens: 300, output_tokens: 20, cached_input_tokens: 100, reasoning_tokens: 8 },
      { input_tokens: 360, output_tokens: 6, cached_input_tokens: 200, reasoning_tokens: 0 },
    ]);
    expect(callsOf(all)[0]?.call?.request).toMatchObject({ model: 'gpt-5.1-codex', params: { effort: 'high' } });
    expect(eventsOf(all)).toMatchObject([
      { type: 'state_change', description: 'interrupted' },
      { type: 'message', role: 'user', content: 'Wait, stop.' },
    ]);
  });
});

describe('files for training and evaluation', () => {
  it('OpenAI: a call for each answer, completions, preference pairs', async () => {
    const all = await items('openai-chat', 'openai-chat/fine-tuning.jsonl');
    const calls = callsOf(all);
    expect(calls).toHaveLength(6);
    expect(calls[0]?.call?.request).toMatchObject({
      params: { parallel_tool_calls: false },
      tools: [{ name: 'read_file' }],
      history_complete: true,
    });
    expect(calls[1]?.call?.request).toMatchObject({ history_complete: false, messages: [{ role: 'tool' }] });
    expect(calls[1]?.trace.key).toBe(calls[0]?.trace.key);
    expect(eventsOf(all)).toMatchObject([
      { type: 'score', name: 'preference', value: 1 },
      { type: 'score', name: 'preference', value: 0 },
    ]);
    expect(skippedOf(all)).toEqual([{ where: 'line 5', reason: 'a conversation without an answer' }]);
    expect(all.every((item) => !('record' in item) || item.undated)).toBe(true);
  });

  it('SWE-agent: history as calls, actions as commands where no tool was called', async () => {
    const called = await items('swe-agent', 'swe-agent/tool-calls.traj');
    expect(callsOf(called)).toHaveLength(2);
    expect(callsOf(called)[1]?.call?.request.messages).toMatchObject([
      { role: 'tool', parts: [{ tool_call_id: 'call_1' }] },
    ]);
    expect(recordsOf(called)[0]?.trace).toMatchObject({ completion_status: 'completed', title: 'Fix the tide table.' });
    expect(eventsOf(called)).toEqual([]);
    const thought = await items('swe-agent', 'swe-agent/thought-action.traj');
    expect(recordsOf(thought)[0]?.trace).toMatchObject({
      completion_status: 'failed',
      metadata: { demonstrations: 1 },
    });
    expect(eventsOf(thought)).toMatchObject([
      { type: 'terminal_command', command: 'ls', output: 'tide.txt\n' },
      { type: 'message', role: 'user' },
    ]);
  });

  it('ATIF: agent steps as calls, observations to the next, subagents as children', async () => {
    const all = await items('atif', 'atif/trajectory.json');
    const calls = callsOf(all);
    expect(calls.map(({ trace }) => trace.key)).toEqual(['atif:traj-1', 'atif:traj-1', 'atif:traj-sub']);
    expect(calls[0]?.call).toMatchObject({
      cost_usd: 0.0021,
      request: { messages: [{ role: 'system' }, { role: 'user' }], tools: [{ name: 'read_file' }] },
      response: {
        usage: { input_tokens: 40 },
        messages: [
          {
            parts: [
              { type: 'reasoning' },
              { type: 'text' },
              { type: 'tool_call', id: 'call_tide' },
              { id: 'call_sub' },
            ],
          },
        ],
      },
    });
    expect(calls[1]?.call?.request.messages).toMatchObject([{ role: 'tool' }, { role: 'tool' }]);
    expect(calls[2]?.trace).toMatchObject({ parent_key: 'atif:traj-1', parent_tool_call_id: 'call_sub' });
  });
});

describe('observability exports', () => {
  it.each(['langfuse/trace.json', 'langfuse/observations.jsonl', 'langfuse/observations.csv'])(
    'Langfuse: %s',
    async (path) => {
      const all = await items('langfuse', path);
      expect(skippedOf(all)).toEqual([]);
      const calls = callsOf(all);
      expect(calls.map(({ trace }) => trace.key)).toEqual(['langfuse:lf-trace-1', 'langfuse:lf-trace-1']);
      expect(calls[0]?.started_at).toBe(Date.parse('2026-11-20T10:00:00Z') * 1000);
      expect(calls[0]?.call).toMatchObject({
        request: { model: 'gpt-5.1', messages: [{ role: 'user' }] },
        response: {
          usage: { input_tokens: 40, output_tokens: 12 },
          messages: [{ role: 'assistant', parts: [{ type: 'tool_call', id: 'call_tide', name: 'read_file' }] }],
        },
      });
      expect(calls[1]?.call?.request.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
      expect(eventsOf(all)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            type: 'tool_execution',
            name: 'read_file',
            arguments: { path: 'tide.txt' },
            result: 'high at 06:12',
            duration_ms: 200,
          }),
          expect.objectContaining({ type: 'error', message: 'printer is out of paper' }),
        ]),
      );
    },
  );

  it('Langfuse: the trace and its scores', async () => {
    const all = await items('langfuse', 'langfuse/trace.json');
    expect(recordsOf(all)[0]?.trace).toMatchObject({
      title: 'tide question',
      metadata: { session_id: 'sess-9', tags: ['tide'] },
    });
    expect(eventsOf(all)).toContainEqual(
      expect.objectContaining({ type: 'score', kind: 'judge', name: 'helpful', value: 0.8 }),
    );
  });

  it("LangSmith: LangChain's messages and OpenAI's, tools, failures", async () => {
    const all = await items('langsmith', 'langsmith/runs.jsonl');
    const calls = callsOf(all);
    expect(calls.map(({ call }) => call?.response?.messages)).toMatchObject([
      [
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'call_tide', name: 'read_file', arguments: { path: 'tide.txt' } }],
        },
      ],
      [{ role: 'assistant', parts: [{ type: 'text', text: 'High tide is at 06:12.' }] }],
    ]);
    expect(calls[0]?.call).toMatchObject({
      cost_usd: 0.0021,
      request: { model: 'gpt-5.1', params: { temperature: 0 }, tools: [{ name: 'read_file' }] },
      response: { usage: { input_tokens: 40, output_tokens: 12 } },
    });
    expect(calls[1]?.call?.response).toMatchObject({
      response_id: 'chatcmpl-tide2',
      usage: { input_tokens: 60, output_tokens: 9 },
    });
    expect(eventsOf(all)).toMatchObject([
      {
        type: 'tool_execution',
        name: 'read_file',
        tool_call_id: 'call_tide',
        arguments: { path: 'tide.txt' },
        result: 'high at 06:12',
      },
      { type: 'tool_execution', name: 'print', is_error: true, result: 'printer is out of paper' },
    ]);
    expect(recordsOf(all)[0]?.trace).toMatchObject({ completion_status: 'completed', metadata: { thread_id: 'th-1' } });
  });
});

describe('our own shapes', () => {
  it('a whole trace: calls with what was new in them, the rest as events', async () => {
    const all = await items('sluice-trace', 'sluice-trace/trace.json');
    const calls = callsOf(all);
    expect(calls[1]?.call).toMatchObject({
      cost_usd: 0.002,
      request: {
        previous_response_id: 'chatcmpl-a',
        history_complete: false,
        messages: [{ role: 'tool', parts: [{ tool_call_id: 'call_tide' }] }],
      },
      response: {
        response_id: 'chatcmpl-b',
        messages: [{ parts: [{ type: 'text', text: 'High tide is at 06:12.' }] }],
      },
    });
    expect(eventsOf(all)).toMatchObject([
      { type: 'user_feedback', content: 'thanks' },
      { type: 'score', name: 'quality', value: 4 },
    ]);
  });

  it('a trace whose tool calls stand as the file says, whatever their results look like', async () => {
    const trace = JSON.parse(fixture('sluice-trace/trace.json').toString());
    const importer = importerById('sluice-trace') as Importer;
    const marks = async (status: string, result: unknown) => {
      const steps = trace.steps.map((step: { type: string }) =>
        step.type === 'tool_result' ? { ...step, result } : step,
      );
      const tool_calls = [{ tool_call_id: 'call_tide', status }];
      const all = await read(importer, Buffer.from(JSON.stringify({ ...trace, steps, tool_calls })));
      const parts = callsOf(all).flatMap(
        ({ call }) => call?.request.messages.flatMap((message) => message.parts) ?? [],
      );
      return parts.flatMap((part) => (part.type === 'tool_result' ? [part.is_error] : []));
    };
    expect(await marks('ok', { exit_code: 3 })).toEqual([false]);
    expect(await marks('error', 'calm sea')).toEqual([true]);
    expect(await marks('ok', 'calm sea')).toEqual([undefined]);
  });

  it('a trace with what its tests came to, as a list of the first version or as one object', async () => {
    const trace = JSON.parse(fixture('sluice-trace/trace.json').toString());
    const run = { tests_passed: true, test_exit_code: 0 };
    const importer = importerById('sluice-trace') as Importer;
    const resultsOf = async (qa_results: unknown) => {
      const all = await read(importer, Buffer.from(JSON.stringify({ ...trace, qa_results })));
      return recordsOf(all)[0]?.trace.qa_results;
    };
    expect(await resultsOf([])).toBeUndefined();
    expect(await resultsOf(null)).toBeUndefined();
    expect(await resultsOf([{ tests_passed: false }, run])).toEqual(run);
    expect(await resultsOf(run)).toEqual(run);
  });

  it('a score with its rubric and judge, but for what does not hold', async () => {
    const trace = JSON.parse(fixture('sluice-trace/trace.json').toString());
    const importer = importerById('sluice-trace') as Importer;
    const by = { rubric_id: 'helpfulness', rubric_version: '2', judge_model: 'gpt-5', confidence: 0.5 };
    const scores = [{ ...trace.scores[0], ...by, cost_usd: 'free', trace_revision: 7 }];
    const all = await read(importer, Buffer.from(JSON.stringify({ ...trace, scores })));
    const score = eventsOf(all).find(({ type }) => type === 'score');
    expect(score).toMatchObject(by);
    expect(Object.keys(score ?? {})).not.toContain('cost_usd');
    expect(Object.keys(score ?? {})).not.toContain('trace_revision');
  });

  it('tool calls, execution traces, fixtures of a broker', async () => {
    expect(eventsOf(await items('tool-calls', 'tool-calls/rows.jsonl'))).toMatchObject([
      { type: 'tool_call', tool_call_id: 'call_tide', name: 'read_file' },
      { type: 'tool_result', result: 'high at 06:12' },
      { type: 'tool_call', name: 'print' },
      { type: 'tool_result', is_error: true },
    ]);
    const told = eventsOf(await items('execution-trace', 'execution-trace/traces.jsonl'));
    expect(told.map(({ type }) => type)).toEqual([
      'state_change',
      'reasoning_step',
      'tool_call',
      'tool_result',
      'state_change',
      'tool_call',
      'tool_result',
    ]);
    expect(told[0]).toMatchObject({
      description: 'look up',
      data: { place: 0, execution_step: { inputs: { question: 'tide?' }, outputs: { answer: '06:12' } } },
    });
    expect(told.at(-1)).toMatchObject({ type: 'tool_result', is_error: true });
    expect(eventsOf(await items('tool-broker', 'tool-broker/fixtures.json'))[3]).toMatchObject({
      type: 'tool_result',
      is_error: true,
    });
  });

  it('actions of an execution trace get the results that name them, not those that stand beside them', async () => {
    const action = (tool_call_id: string, depth: number) => ({
      action_type: 'tool_call',
      tool: 'sound',
      parameters: { depth },
      tool_call_id,
    });
    const bytes = Buffer.from(
      JSON.stringify({
        trace_id: 'soundings',
        scenario: 'sound the harbour',
        start_time: '2026-11-20T10:00:00Z',
        steps: [
          { step_id: 's1', step_name: 'ask', actions: [action('call_b', 2), action('call_a', 1)] },
          {
            step_id: 's2',
            step_name: 'hear',
            inputs: {
              tool_results: [
                { tool_call_id: 'call_a', content: 'one fathom' },
                { tool_call_id: 'call_b', content: { error: 'line broke' } },
                { tool_call_id: 'call_c', content: 'nobody asked' },
              ],
            },
            actions: [action('call_a', 3)],
            outputs: { tool_results: [{ tool_call_id: 'call_a', result: 'three fathoms' }] },
          },
        ],
      }),
    );
    const events = eventsOf(await read(importerById('execution-trace') as Importer, bytes));
    expect(events.flatMap((event) => (event.type === 'tool_call' ? [event.tool_call_id] : []))).toEqual([
      'call_b',
      'call_a',
      's2:action:0',
    ]);
    expect(
      events.flatMap((event) =>
        event.type === 'tool_result' ? [[event.tool_call_id, event.result, event.is_error]] : [],
      ),
    ).toEqual([
      ['call_a', 'one fathom', undefined],
      ['call_b', { error: 'line broke' }, true],
      ['s2:action:0', 'three fathoms', undefined],
    ]);
  });

  it('an execution trace of the first version: each message once, by who said it', async () => {
    const step = (fields: object) => ({ actions: [], inputs: [], outputs: [], state_changes: [], ...fields });
    const row = {
      schema_version: '1',
      trace_id: '01a2250e-f583-79b5-ae2e-237dd8c98121',
      scenario: 'Name a fish.',
      execution_mode: 'captured',
      start_time: '2026-11-20T10:00:00Z',
      completion_status: 'completed',
      steps: [
        step({
          step_id: 'a',
          step_type: 'interaction',
          timestamp: '2026-11-20T10:00:00Z',
          duration_ms: null,
          outputs: [{ type: 'text', content: 'Name a fish.' }],
        }),
        step({
          step_id: 'b',
          step_type: 'step',
          timestamp: '2026-11-20T10:00:01Z',
          duration_ms: 1500,
          inputs: [
            { type: 'message', role: 'system', content: 'Be brief.' },
            { type: 'message', role: 'user', content: 'Name a fish.' },
          ],
          outputs: [{ type: 'text', content: 'Cod.' }],
        }),
        step({
          step_id: 'c',
          step_type: 'interaction',
          timestamp: '2026-11-20T10:00:03Z',
          duration_ms: null,
          outputs: [{ type: 'text', content: 'Thanks.' }],
        }),
      ],
    };
    const bytes = Buffer.from(JSON.stringify(row));
    const events = eventsOf(await read(importerById('execution-trace') as Importer, bytes));
    expect(events.flatMap((event) => (event.type === 'message' ? [[event.role, event.content]] : []))).toEqual([
      ['system', 'Be brief.'],
      ['user', 'Name a fish.'],
      ['assistant', 'Cod.'],
      ['user', 'Thanks.'],
    ]);
    expect(events[1]).toMatchObject({
      duration_ms: 1500,
      data: { execution_step: { start_time: '2026-11-20T10:00:01Z', duration: '00:00:01.500', duration_ms: 1500 } },
    });
  });

  it('decisions: costs and times as numbers, with their text', async () => {
    const [first, second] = recordsOf(await items('decision-trace', 'decision-trace/decisions.jsonl'));
    expect(first?.events?.[0]).toMatchObject({
      type: 'decision',
      decision: 'the printed table',
      as_sent: { decision_id: 'tide-1' },
      available_options: [
        { option: 'ask the harbour', estimated_cost: 0.02, estimated_time: 120, as_sent: { estimated_time: '2m' } },
        { option: 'the printed table' },
      ],
      outcome: { actual_cost: 0, actual_time: 1.5, as_sent: { actual_cost: '$0', actual_time: '1.5s' } },
    });
    expect(second).toMatchObject({ started_at: Date.parse('2026-11-20T10:00:00Z') * 1000 });
    expect(second?.events?.[0]).toMatchObject({ as_sent: { decision_id: 'tide-2', risk: 'low' } });
    expect(second?.trace.key).toBe(first?.trace.key);
  });

  it('PR telemetry, and which field was wrong', async () => {
    const [record] = recordsOf(await items('pr-telemetry', 'pr-telemetry/trace.json'));
    expect(record).toMatchObject({
      source: 'import:pr-telemetry',
      trace: { kind: 'pr_telemetry', metadata: { bug_id: 'TIDE-12' } },
    });
    const broken = JSON.parse(fixture('pr-telemetry/trace.json').toString());
    broken.repo.test_command = 'pytest; rm -rf /';
    const skipped = skippedOf(
      await read(importerById('pr-telemetry') as Importer, Buffer.from(JSON.stringify(broken))),
    );
    expect(skipped[0]?.reason).toMatch(/^repo\.test_command: /);
  });
});
