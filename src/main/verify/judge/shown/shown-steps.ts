import { type Decision, isOwnTest, type Rubric, type Step, type Trace } from '../../../../shared/model/index.js';
import type { Reduced } from '../../../ground/reduce.js';

/** A step as a judge is shown it. */
export interface ShownStep {
  /** From 1, over all steps that the rubric sees; what is left out keeps its number. */
  number: number;
  step_id: string;
  /** Whose step it is: steps of the agent alone can be right or wrong. */
  by: 'agent' | 'person' | 'tool';
  label: string;
  text: string;
}

/** A trace as a judge is shown it. */
export type ShownTrace = Reduced<ShownStep>;

type Part = Rubric['sees'][number];
type Shown = Omit<ShownStep, 'number' | 'step_id'>;
export type JudgedTrace = Pick<Trace, 'steps' | 'decisions'>;

/** The steps of a trace that a rubric sees, in their order. System prompts are never among them. */
export function shownSteps({ steps, decisions }: JudgedTrace, sees: readonly Part[]): ShownStep[] {
  const wanted = new Set(sees);
  const beforeCalls = callsWithTools(steps);
  const explicit = new Map(
    decisions.filter(({ origin }) => origin === 'explicit').map((each) => [each.decision_id, each]),
  );
  const task = steps.find((step) => step.type === 'message' && step.role === 'user')?.step_id;
  const shown: ShownStep[] = [];
  for (const step of steps) {
    const as = shownAs(step, wanted, { task, beforeCalls, explicit });
    if (as !== null && as.text.trim() !== '') shown.push({ number: shown.length + 1, step_id: step.step_id, ...as });
  }
  return shown;
}

interface Known {
  task: string | undefined;
  beforeCalls: ReadonlySet<string>;
  explicit: ReadonlyMap<string, Decision>;
}

function shownAs(step: Step, wanted: ReadonlySet<Part>, known: Known): Shown | null {
  const when = (part: Part, by: Shown['by'], label: string, text: string): Shown | null =>
    wanted.has(part) ? { by, label, text } : null;
  switch (step.type) {
    case 'message':
      return messageAs(step, wanted, known);
    case 'reasoning':
      return step.encrypted ? null : when('reasoning', 'agent', 'thinks', step.content);
    case 'reasoning_step':
      return when('reasoning', 'agent', 'reasons', step.content);
    case 'tool_call':
      return when('tool_calls', 'agent', `calls ${step.name}`, asText(step.arguments));
    case 'tool_result':
      return when('tool_results', 'tool', step.is_error ? 'tool failed' : 'tool answers', asText(step.result));
    case 'terminal_command':
      return when(
        'tool_calls',
        'agent',
        'runs a command',
        `$ ${step.command}${wanted.has('tool_results') ? `\n${step.output}` : ''}\nexit code ${step.exit_code ?? 'unknown'}`,
      );
    case 'file_open':
      return when('tool_calls', 'agent', 'opens a file', step.file);
    case 'file_close':
      return null;
    case 'code_edit':
      return when('edits', 'agent', `edits ${step.file}`, step.diff);
    case 'test_result':
      // A judge says what it thinks by itself.
      if (isOwnTest(step)) return null;
      return when('tests', 'tool', `test ${step.status}`, [step.name, step.output].filter(Boolean).join('\n'));
    case 'error':
      return when('errors', 'tool', `error ${step.code}`, step.message);
    case 'user_feedback':
      return when('messages', 'person', 'person says', step.content);
    case 'decision':
      return decisionAs(known.explicit.get(step.decision_id), wanted);
    case 'state_change':
      return null;
  }
}

function messageAs(step: Extract<Step, { type: 'message' }>, wanted: ReadonlySet<Part>, known: Known): Shown | null {
  const { role, content } = step;
  if (role === 'user') {
    const isTask = step.step_id === known.task;
    if (!(wanted.has('messages') || (isTask && wanted.has('task')))) return null;
    return { by: 'person', label: isTask ? 'task' : 'person says', text: content };
  }
  if (role !== 'assistant') return null;
  const reasons = wanted.has('reasoning') && step.call_id != null && known.beforeCalls.has(step.call_id);
  return wanted.has('messages') || reasons ? { by: 'agent', label: 'says', text: content } : null;
}

function decisionAs(decision: Decision | undefined, wanted: ReadonlySet<Part>): Shown | null {
  if (decision === undefined || !wanted.has('decisions')) return null;
  const options = decision.available_options.map(({ option }) => `- ${option}`);
  const text = [decision.context, ...options, `takes: ${decision.decision}`, decision.reasoning].filter(Boolean);
  return { by: 'agent', label: 'decides', text: text.join('\n') };
}

/** Calls in which the model asked for a tool: what it says in them stands before that. */
function callsWithTools(steps: readonly Step[]): Set<string> {
  return new Set(steps.flatMap((step) => (step.type === 'tool_call' && step.call_id != null ? [step.call_id] : [])));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
