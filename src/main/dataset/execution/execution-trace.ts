import {
  clockOf,
  type ExecutionTrace,
  fromIso,
  type Json,
  type Step,
  type ToolCall,
  type Trace,
  type TraceKind,
  traceKinds,
} from '../../../shared/model/index.js';
import { plainTime } from '../plain-time.js';
import { type Move, movesOf, startOf } from './moves.js';
import { type RecordedExecution, recordedExecution, recordedTime } from './recorded.js';
import { failureOf, strategyOf } from './recovery.js';
import type { ExecutionStep, ToolOutput } from './step.js';

/** Events that are done to the world, with what they were given and what came of it. */
type Deed = Extract<Step, { type: 'file_open' | 'file_close' | 'code_edit' | 'terminal_command' | 'test_result' }>;

/** Version of the row shape: 2 has the field names of who records executions, and keeps what they told. */
const version = '2';

/**
 * The execution-trace shape of a trace. Pure: everything in it stands in the trace. What was recorded as an execution is
 * told as it was; else steps are made of what was captured.
 */
export function executionTrace(trace: Trace): ExecutionTrace {
  const recorded = recordedExecution(trace);
  const { head } = recorded ?? {};
  const named = (name: string) => {
    const value = trace.metadata?.[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const headText = (name: string) => (typeof head?.[name] === 'string' ? (head[name] as string) : undefined);
  const revision = typeof head?.trace_revision === 'number' ? head.trace_revision : trace.revision;
  const span =
    trace.ended_at === null || trace.started_at === null
      ? null
      : (fromIso(trace.ended_at) - fromIso(trace.started_at)) / 1000;
  const ended = trace.ended_at === null ? null : plainTime(trace.ended_at);
  const extra = Object.entries(head ?? {}).filter(([name]) => !rowFields.has(name));
  return {
    schema_version: version,
    trace_id: named('trace_id') ?? trace.trace_id,
    ...(revision === undefined ? {} : { trace_revision: revision }),
    scenario: named('scenario') ?? trace.title,
    execution_mode: named('execution_mode') ?? (trace.calls.length > 0 && isCaptured(trace) ? 'captured' : 'imported'),
    kind: kindOf(headText('kind')) ?? trace.kind,
    start_time: recordedTime(head?.start_time) ?? plainTime(trace.started_at),
    end_time: recordedTime(head?.end_time) ?? (head?.end_time === null ? null : ended),
    total_duration:
      headText('total_duration') ?? (head?.total_duration === null || span === null ? null : clockOf(span)),
    completion_status: headText('completion_status') ?? trace.completion_status,
    parent_trace_id: headText('parent_trace_id') ?? trace.parent_trace_id,
    steps: (recorded?.steps ?? madeSteps(trace)) as RecordedExecution['steps'] as ExecutionTrace['steps'],
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}

/** Fields of a recorded execution that have a place of their own in the row. */
const rowFields: ReadonlySet<string> = new Set([
  'schema_version',
  'trace_revision',
  'kind',
  'start_time',
  'end_time',
  'total_duration',
  'completion_status',
  'parent_trace_id',
]);

function kindOf(text: string | undefined): TraceKind | undefined {
  return traceKinds.find((kind) => kind === text);
}

/** A move that failed is followed by a step of type `error`; the next move of the agent is then a `recovery` and says which way it took. */
function madeSteps(trace: Trace): ExecutionStep[] {
  const tools = new Map(trace.tool_calls.map((tool) => [tool.step_id ?? tool.tool_call_id, tool]));
  const byId = new Map(trace.tool_calls.map((tool) => [`${tool.call_id} ${tool.tool_call_id}`, tool]));
  const toolOf = (step: Extract<Step, { type: 'tool_call' }>) =>
    tools.get(step.step_id) ?? byId.get(`${step.call_id ?? null} ${step.tool_call_id}`);

  const steps: ExecutionStep[] = [];
  let failed: { step: ExecutionStep; error: ExecutionStep } | null = null;
  for (const move of movesOf(trace)) {
    const interaction = interactionOf(move);
    if (interaction !== null) steps.push(interaction);
    const step = stepOf(move, trace, toolOf);
    if (step === null) continue;
    if (failed !== null) {
      step.step_type = 'recovery';
      step.recovery = { of_step_id: failed.error.step_id, strategy: strategyOf(failed.step, step) };
    }
    steps.push(step);
    failed = null;
    if (failureOf(step) !== null) {
      const error = errorOf(step);
      steps.push(error);
      failed = { step, error };
    }
  }
  return steps;
}

const isCaptured = (trace: Trace) => ['proxy', 'gateway', 'demo'].includes(trace.source.kind);

/** What a person said before the move, as a step of its own. */
function interactionOf(move: Move): ExecutionStep | null {
  const words = move.inputs.filter((step) => step.type === 'message' && step.role === 'user');
  const feedback = move.acts.filter((step) => step.type === 'user_feedback');
  const first = words[0] ?? feedback[0];
  if (first === undefined) return null;
  return {
    ...blank(`${first.step_id}:interaction`, first.timestamp),
    step_type: 'interaction',
    step_name: 'user',
    agent: 'user',
    outputs: {
      messages: [...words, ...feedback].map((step) => ({
        type: 'text',
        content: 'content' in step ? step.content : '',
      })),
    },
    call_id: move.call?.call_id ?? null,
  };
}

function stepOf(
  move: Move,
  trace: Trace,
  toolOf: (step: Extract<Step, { type: 'tool_call' }>) => ToolCall | undefined,
): ExecutionStep | null {
  const { call, acts } = move;
  const own = acts.filter((step) => step.type !== 'user_feedback');
  if (own.length === 0 && call === null) return null;
  const actions: ExecutionStep['actions'] = [];
  const reasoning: string[] = [];
  const messages: NonNullable<ExecutionStep['outputs']['messages']> = [];
  const changes: NonNullable<ExecutionStep['state_changes']['changes']> = [];
  let error = call?.error ?? null;
  for (const step of own) {
    switch (step.type) {
      case 'reasoning':
      case 'reasoning_step':
        if (step.content !== '') reasoning.push(step.content);
        break;
      case 'message':
        if (step.content !== '') messages.push({ type: step.refusal ? 'refusal' : 'text', content: step.content });
        break;
      case 'tool_call': {
        const tool = toolOf(step);
        actions.push({
          action_type: 'tool_call',
          tool: step.name,
          parameters: step.arguments,
          result: tool?.result ?? null,
          status: tool?.status ?? step.status,
          ...(tool?.suspicion == null ? {} : { suspicion: tool.suspicion }),
          duration_ms: tool?.duration_ms ?? null,
        });
        break;
      }
      case 'state_change':
        changes.push({ description: step.description, ...(step.data === undefined ? {} : { data: step.data }) });
        break;
      case 'error':
        error ??= {
          code: step.code,
          message: step.message,
          ...(step.details === undefined ? {} : { details: step.details }),
        };
        break;
      case 'file_open':
      case 'file_close':
      case 'code_edit':
      case 'terminal_command':
      case 'test_result':
        actions.push(deed(step, trace.completion_status === 'running'));
        if (step.type === 'code_edit') changes.push({ description: `edited ${step.file}`, data: { diff: step.diff } });
        break;
      case 'tool_result':
      case 'decision':
        break;
    }
  }
  const first = own[0];
  const pending = actions.some((action) => action.status === 'pending');
  const broken = error !== null || actions.some((action) => action.status === 'error');
  return {
    ...blank(call?.call_id ?? (first as Step).step_id, startOf(move)),
    step_name: nameOf(actions, error, own),
    agent: own.find((step) => step.agent !== undefined)?.agent ?? trace.source.client ?? trace.source.kind,
    ...spanOf(call?.duration_ms ?? first?.duration_ms ?? null),
    inputs: inputsOf(move.inputs),
    reasoning: reasoning.length === 0 ? null : reasoning.join('\n\n'),
    actions,
    outputs: listed('messages', messages),
    state_changes: listed('changes', changes),
    outcome: {
      status: broken ? 'error' : pending ? 'pending' : 'ok',
      stop_reason: call?.stop_reason ?? null,
      error,
      usage: call?.usage ?? null,
      cost_usd: call?.cost_usd ?? null,
    },
    call_id: call?.call_id ?? null,
  };
}

function nameOf(actions: ExecutionStep['actions'], error: ExecutionStep['outcome']['error'], steps: Step[]): string {
  const names = [...new Set(actions.map((action) => action.tool ?? action.action_type))];
  if (names.length > 0) return names.join(', ');
  if (error !== null) return error.code;
  return steps.some((step) => step.type === 'message') ? 'respond' : (steps[0]?.type ?? 'respond');
}

function inputsOf(steps: readonly Step[]): ExecutionStep['inputs'] {
  const messages = steps.flatMap((step) =>
    step.type === 'message' && step.content !== '' ? [{ role: step.role, content: step.content }] : [],
  );
  const results = steps.flatMap((step): ToolOutput[] =>
    step.type === 'tool_result'
      ? [{ ...(step.name === undefined ? {} : { name: step.name }), content: step.result }]
      : [],
  );
  return { ...listed('messages', messages), ...listed('tool_results', results) };
}

/** A list under its name; nothing where it is empty. */
function listed<N extends string, T>(name: N, items: T[]): { [K in N]?: T[] } {
  return items.length === 0 ? {} : ({ [name]: items } as { [K in N]: T[] });
}

/** @param running it may still be under way */
function deed(step: Deed, running: boolean): ExecutionStep['actions'][number] {
  const base = { action_type: step.type, tool: null, duration_ms: step.duration_ms ?? null };
  switch (step.type) {
    case 'terminal_command': {
      const result: Json = { exit_code: step.exit_code, output: step.output };
      // Not every recorder tells the code; what has put something out has come to its end.
      const open = step.exit_code === null && step.output === '' && running;
      const status = open ? 'pending' : (step.exit_code ?? 0) === 0 ? 'ok' : 'error';
      return { ...base, parameters: { command: step.command }, result, status };
    }
    case 'test_result': {
      const result: Json = { status: step.status, output: step.output ?? null };
      return {
        ...base,
        parameters: { name: step.name },
        result,
        status: /^(fail|error)/i.test(step.status) ? 'error' : 'ok',
      };
    }
    case 'code_edit':
      return { ...base, parameters: { file: step.file, diff: step.diff }, result: null, status: 'ok' };
    default:
      return { ...base, parameters: { file: step.file }, result: null, status: 'ok' };
  }
}

function errorOf(step: ExecutionStep): ExecutionStep {
  const failed = step.actions.filter((action) => action.status === 'error');
  const error = step.outcome.error ?? {
    code: 'tool_failed',
    message: `${failed.map((action) => action.tool ?? action.action_type).join(', ')} failed`,
  };
  return {
    ...blank(`${step.step_id}:error`, step.start_time),
    step_type: 'error',
    step_name: error.code,
    agent: step.agent,
    inputs: listed(
      'tool_results',
      failed.map((action) => ({ name: action.tool ?? action.action_type, content: action.result })),
    ),
    outcome: { status: 'error', stop_reason: null, error, usage: null, cost_usd: null },
    call_id: step.call_id,
  };
}

function spanOf(duration_ms: number | null): Pick<ExecutionStep, 'duration' | 'duration_ms'> {
  return { duration: duration_ms === null ? null : clockOf(duration_ms), duration_ms };
}

function blank(step_id: string, at: string | null): ExecutionStep {
  return {
    step_id,
    step_type: 'step',
    step_name: '',
    agent: '',
    start_time: plainTime(at),
    ...spanOf(null),
    inputs: {},
    reasoning: null,
    actions: [],
    outputs: {},
    state_changes: {},
    outcome: { status: 'ok', stop_reason: null, error: null, usage: null, cost_usd: null },
    recovery: null,
    call_id: null,
  };
}
