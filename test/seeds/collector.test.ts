import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';

/** The execution trace of the document. */
const execution = {
  trace_id: 'trace_2024_001_a7b3c',
  scenario: 'MarketResearchAnalysis',
  execution_mode: 'EXECUTION',
  start_time: '2024-01-15T10:00:00Z',
  end_time: '2024-01-15T12:30:00Z',
  total_duration: '02:30:00',
  completion_status: 'successful',
  steps: [
    {
      step_id: 'step_001',
      step_name: 'initialize_research',
      agent: 'SystemAgent',
      start_time: '2024-01-15T10:00:00Z',
      duration: '00:00:30',
      inputs: {
        goal: 'Analyze AI tools market competition',
        scope: 'comprehensive',
        timeframe: 'current_quarter',
      },
      reasoning:
        'Need to establish research parameters and identify key competitors before proceeding with data collection',
      actions: [
        {
          action_type: 'tool_call',
          tool: 'FileWriterTool',
          parameters: { file_path: 'workspace/research_plan.md', content: '# Market Research Plan\n...' },
          result: { success: true, file_created: 'workspace/research_plan.md' },
          claude_code_mapping: {
            tool: 'Write',
            file_path: '/full/path/workspace/research_plan.md',
            execution_time: '1.2s',
          },
        },
      ],
      outputs: {
        research_plan_created: true,
        competitors_identified: ['OpenAI', 'Anthropic', 'Google'],
        next_step: 'competitor_analysis',
      },
      state_changes: {
        current_step: 'competitor_analysis',
        progress_percentage: 10,
        variables: { research_scope: 'comprehensive', competitor_list: ['OpenAI', 'Anthropic', 'Google'] },
      },
    },
  ],
};
const decision = {
  decision_id: 'dec_001',
  context: 'Need to gather competitor pricing information',
  available_options: [
    {
      option: 'web_scraping',
      pros: ['comprehensive', 'up_to_date'],
      cons: ['may be blocked', 'time_consuming'],
      estimated_cost: '$0.15',
      estimated_time: '45s',
    },
    {
      option: 'cached_reports',
      pros: ['fast', 'reliable'],
      cons: ['may be outdated', 'limited scope'],
      estimated_cost: '$0.05',
      estimated_time: '5s',
    },
  ],
  decision: 'web_scraping',
  reasoning: 'Current pricing critical for accurate analysis, worth the extra cost and time',
  confidence: 0.85,
  outcome: { actual_cost: '$0.18', actual_time: '52s', success: true, quality: 0.92 },
};
/** The numbers of the decision with their text. */
const readDecision = {
  ...decision,
  decision_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  as_sent: { decision_id: 'dec_001' },
  available_options: [
    {
      ...decision.available_options[0],
      estimated_cost: 0.15,
      estimated_time: 45,
      as_sent: { estimated_cost: '$0.15', estimated_time: '45s' },
    },
    {
      ...decision.available_options[1],
      estimated_cost: 0.05,
      estimated_time: 5,
      as_sent: { estimated_cost: '$0.05', estimated_time: '5s' },
    },
  ],
  outcome: {
    actual_cost: 0.18,
    actual_time: 52,
    success: true,
    quality: 0.92,
    as_sent: { actual_cost: '$0.18', actual_time: '52s' },
  },
  origin: 'explicit',
};
const [toolCall] = execution.steps[0]?.actions ?? [];

describe('the collector, as its document has it', () => {
  let engine: Engine;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-seeds-'));
  let files = 0;

  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function imported(value: unknown, dataDir = engine.ready.data_dir, text = JSON.stringify(value, null, 2)) {
    files += 1;
    const file = join(folder, `${files}.json`);
    writeFileSync(file, text);
    const done = await sluice(['import', file, '--data-dir', dataDir, '--json']);
    expect(done.code, done.stderr).toBe(0);
    const { report } = JSON.parse(done.stdout);
    const { importer, trace_ids, skipped_count } = report;
    expect(skipped_count).toBe(0);
    return { file, importer, traceId: trace_ids[0] as string };
  }
  async function exported(layout: string, dataDir = engine.ready.data_dir, query = '') {
    files += 1;
    const out = join(folder, `out-${files}`);
    const flags = ['--layout', layout, '--format', 'jsonl', '--query', query];
    const done = await sluice(['export', ...flags, '--out', out, '--data-dir', dataDir]);
    expect(done.code, done.stderr).toBe(0);
    return join(out, 'data.jsonl');
  }
  const rowsOf = (file: string) =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('takes an execution trace, with and without its name around it, and gives it back field by field', async () => {
    const { traceId, importer } = await imported({ execution_trace: execution });
    expect(importer).toBe('execution-trace');
    const trace = await engine.api(`/traces/${execution.trace_id}`);
    expect(trace).toMatchObject({
      trace_id: traceId,
      kind: 'execution',
      title: 'MarketResearchAnalysis',
      completion_status: 'completed',
      started_at: '2024-01-15T10:00:00.000Z',
      ended_at: '2024-01-15T12:30:00.000Z',
      metadata: {
        trace_id: execution.trace_id,
        scenario: 'MarketResearchAnalysis',
        execution_mode: 'EXECUTION',
        execution: { total_duration: '02:30:00', completion_status: 'successful' },
      },
    });
    expect(trace.steps).toMatchObject([
      {
        type: 'state_change',
        description: 'initialize_research',
        agent: 'SystemAgent',
        timestamp: '2024-01-15T10:00:00.000Z',
        duration_ms: 30_000,
        data: { execution_step: execution.steps[0] },
      },
      { type: 'reasoning_step', content: execution.steps[0]?.reasoning },
      { type: 'tool_call', name: 'FileWriterTool', arguments: toolCall?.parameters },
      { type: 'tool_result', result: toolCall?.result },
    ]);
    expect(trace.tool_calls).toMatchObject([
      {
        name: 'FileWriterTool',
        arguments: toolCall?.parameters,
        result: toolCall?.result,
        status: 'ok',
        duration_ms: 1200,
        metadata: { action_type: 'tool_call', claude_code_mapping: toolCall?.claude_code_mapping },
      },
    ]);
    expect(await engine.api(`/traces/${execution.trace_id}/validation`)).toMatchObject({ valid: true, errors: [] });
    const told = await engine.api(`/traces/${execution.trace_id}?shape=execution-trace`);
    expect(told).toMatchObject(execution);
    expect(told.steps).toEqual(execution.steps);

    const bare = await imported({ ...execution, trace_id: 'bare-1' });
    expect(bare.importer).toBe('execution-trace');
    expect((await engine.api('/traces/bare-1?shape=execution-trace')).steps).toEqual(execution.steps);
  });

  it('validates and exports it, and gives the same bytes from an import of the export', async () => {
    const own = join(folder, 'own');
    const { file } = await imported({ execution_trace: execution }, own);
    expect((await sluice(['validate', file])).code).toBe(0);
    const first = await exported('execution-trace', own);
    const [row] = rowsOf(first);
    expect(row).toEqual({
      ...execution,
      schema_version: '2',
      trace_revision: expect.any(Number),
      kind: 'execution',
      parent_trace_id: null,
    });
    const checked = await sluice(['validate', first, '--json']);
    expect([checked.code, JSON.parse(checked.stdout)]).toMatchObject([0, { summary: { invalid: 0 } }]);
    const again = join(folder, 'again');
    await imported(null, again, readFileSync(first, 'utf8'));
    expect(readFileSync(await exported('execution-trace', again), 'utf8')).toBe(readFileSync(first, 'utf8'));
  });

  it('reads how an execution ended in whatever words', async () => {
    const words: [string, string][] = [
      ['successful', 'completed'],
      ['SUCCESS', 'completed'],
      ['in progress', 'running'],
      ['timed-out', 'interrupted'],
      ['unsuccessful', 'failed'],
    ];
    const lines = words.map(([completion_status], index) =>
      JSON.stringify({ ...execution, trace_id: `word-${index}`, completion_status }),
    );
    await imported(null, undefined, lines.join('\n'));
    for (const [index, [told, read]] of words.entries()) {
      expect((await engine.api(`/traces/word-${index}`)).completion_status, told).toBe(read);
      expect((await engine.api(`/traces/word-${index}?shape=execution-trace`)).completion_status).toBe(told);
    }
  });

  it('takes a decision, in a file with and without its name around it, and as an event', async () => {
    for (const value of [{ decision_trace: decision }, decision]) {
      const { traceId, importer } = await imported(value);
      expect(importer).toBe('decision-trace');
      expect((await engine.api(`/traces/${traceId}`)).decisions).toMatchObject([readDecision]);
    }
    const event = { event_type: 'decision', trace_id: 'deciding', payload: decision };
    await engine.api('/ingest', { body: event });
    await engine.settled();
    const { decisions } = await engine.api('/traces/deciding');
    expect(decisions).toMatchObject([readDecision]);
    expect((await sluice(['validate', await exported('decisions')])).code).toBe(0);
  });

  it('takes a tool call alone', async () => {
    const alone = {
      name: 'FileWriterTool',
      arguments: toolCall?.parameters,
      result: toolCall?.result,
      timestamp: '2024-01-15T10:00:00Z',
      duration_ms: 1200,
      metadata: { action_type: 'tool_call', claude_code_mapping: toolCall?.claude_code_mapping },
    };
    for (const value of [{ tool_call: alone }, { ...alone, name: 'FileWriterTool2' }]) {
      const { traceId, importer } = await imported(value);
      expect(importer).toBe('tool-calls');
      const { tool_calls } = await engine.api(`/traces/${traceId}`);
      const told = 'tool_call' in value ? value.tool_call : value;
      expect(tool_calls).toMatchObject([{ ...told, timestamp: '2024-01-15T10:00:00.000Z', status: 'ok' }]);
    }
  });

  it('takes by POST /traces what it takes out of a file, with the name around it and without', async () => {
    const posted = async (body: unknown) => {
      const answer = await engine.fetch('/traces', { body });
      const told = (await answer.json()) as { trace_id: string };
      expect([answer.status, told], JSON.stringify(told)).toMatchObject([201, { status: 'stored' }]);
      return told.trace_id;
    };
    for (const [name, wrapped] of [
      ['sent-1', true],
      ['sent-2', false],
    ] as const) {
      const told = { ...execution, trace_id: name };
      expect(await posted(wrapped ? { execution_trace: told } : told)).toBe(name);
      expect(await engine.api(`/traces/${name}`)).toMatchObject({
        kind: 'execution',
        title: 'MarketResearchAnalysis',
        completion_status: 'completed',
        source: { kind: 'rest' },
        started_at: '2024-01-15T10:00:00.000Z',
        ended_at: '2024-01-15T12:30:00.000Z',
        metadata: { trace_id: name, scenario: execution.scenario, execution_mode: 'EXECUTION' },
        tool_calls: [
          {
            name: 'FileWriterTool',
            arguments: toolCall?.parameters,
            result: toolCall?.result,
            duration_ms: 1200,
            metadata: { claude_code_mapping: toolCall?.claude_code_mapping },
          },
        ],
      });
      expect(await engine.api(`/traces/${name}?shape=execution-trace`)).toMatchObject(told);
      expect(await engine.api(`/traces/${name}/validation`)).toMatchObject({ valid: true, errors: [] });
      const more = { event_type: 'reasoning_step', timestamp: '2024-01-15T11:00:00Z', data: { content: 'Next.' } };
      expect((await engine.fetch(`/traces/${name}/events`, { body: { events: [more] } })).status).toBe(200);
    }
    for (const body of [{ decision_trace: decision }, decision]) {
      const traceId = await posted(body);
      expect(await engine.api(`/traces/${traceId}`)).toMatchObject({ kind: 'execution', decisions: [readDecision] });
      expect(await engine.api(`/traces/${traceId}/validation`)).toMatchObject({ valid: true, errors: [] });
    }
    const alone = {
      name: 'FileWriterTool',
      arguments: toolCall?.parameters,
      result: toolCall?.result,
      timestamp: '2024-01-15T10:00:00Z',
      duration_ms: 150,
    };
    for (const body of [{ tool_call: alone }, alone]) {
      expect((await engine.api(`/traces/${await posted(body)}`)).tool_calls).toMatchObject([
        { ...alone, timestamp: '2024-01-15T10:00:00.000Z' },
      ]);
    }
    const rows = rowsOf(await exported('execution-trace', undefined, 'source:rest'));
    expect(rows).toEqual(
      expect.arrayContaining([expect.objectContaining({ trace_id: 'sent-1', scenario: execution.scenario })]),
    );
  });

  it('takes an execution again as it has grown, and each step once', async () => {
    const [first] = execution.steps;
    const later = { ...first, step_id: 'step_002', step_name: 'fetch_pages', start_time: '2024-01-15T10:05:00Z' };
    const send = (steps: unknown[], completion_status: string) =>
      engine.api('/traces', {
        body: { execution_trace: { ...execution, trace_id: 'grown-x', steps, completion_status } },
      });
    await send([first], 'in progress');
    expect(await engine.api('/traces/grown-x')).toMatchObject({ completion_status: 'running' });
    await send([first, later], 'successful');
    await send([first, later], 'successful');
    expect(await engine.api('/traces/grown-x')).toMatchObject({ completion_status: 'completed' });
    expect((await engine.api('/traces/grown-x?shape=execution-trace')).steps).toEqual([first, later]);
  });

  it('lets a token that may only send begin and go on with an execution, and not with one of a file', async () => {
    const { token } = await engine.api('/tokens', { body: { name: 'collector', scopes: ['ingest'] } });
    const send = (body: unknown) => engine.fetch('/traces', { body, headers: { authorization: `Bearer ${token}` } });
    const [first] = execution.steps;
    const told = { ...execution, trace_id: 'by-token' };
    expect((await send(told)).status).toBe(201);
    const later = { ...first, step_id: 'step_002', start_time: '2024-01-15T10:05:00Z' };
    expect((await send({ ...told, steps: [first, later] })).status).toBe(201);
    expect((await engine.api('/traces/by-token?shape=execution-trace')).steps).toHaveLength(2);
    await imported({ ...execution, trace_id: 'of-a-file' });
    expect((await send({ ...told, trace_id: 'of-a-file' })).status).toBe(403);
  });

  it('takes an execution that does not say when it began', async () => {
    const { start_time: _, ...told } = execution;
    const steps = told.steps.map(({ start_time: _time, ...step }) => step);
    await engine.api('/traces', { body: { execution_trace: { ...told, steps, trace_id: 'untold' } } });
    expect(await engine.api('/traces/untold')).toMatchObject({ started_at: null, completion_status: 'completed' });
  });

  it('says what does not fit', async () => {
    for (const [body, path] of [
      [{ ...execution, start_time: 'this morning' }, 'start_time'],
      [{ execution_trace: { ...execution, steps: 'many' } }, 'steps'],
      [{ decision_trace: { ...decision, decision: 7 } }, 'decision'],
    ] as const) {
      const answer = await engine.fetch('/traces', { body });
      expect([answer.status, await answer.json()]).toMatchObject([
        422,
        { error: { code: 'validation_failed', details: [{ path }] } },
      ]);
    }
  });
});
