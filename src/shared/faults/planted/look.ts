import { isOwnTest, type Json, type Step } from '../../model/index.js';

export type CallStep = Extract<Step, { type: 'tool_call' }>;
export type ResultStep = Extract<Step, { type: 'tool_result' }>;
type Said = Extract<Step, { type: 'message' | 'reasoning' | 'reasoning_step' }>;

export interface Called {
  call: CallStep;
  result: ResultStep;
  /** Places of the two. */
  at: number;
  resultAt: number;
}

/** Tool calls that were answered without an error, with their answers. */
export function answeredCalls(steps: readonly Step[]): Called[] {
  const results = new Map<string, number>();
  for (const [at, step] of steps.entries()) {
    if (step.type === 'tool_result' && step.tool_call_id !== null && !results.has(step.tool_call_id))
      results.set(step.tool_call_id, at);
  }
  return steps.flatMap((call, at) => {
    if (call.type !== 'tool_call' || call.status === 'error') return [];
    const resultAt = results.get(call.tool_call_id);
    const result = resultAt === undefined ? undefined : steps[resultAt];
    if (resultAt === undefined || resultAt < at || result?.type !== 'tool_result' || result.is_error) return [];
    return [{ call, result, at, resultAt }];
  });
}

/** The last thing that the agent said, and where. */
export function lastSaid(steps: readonly Step[]): { step: Said; at: number } | null {
  const at = steps.findLastIndex(
    (step) =>
      ((step.type === 'message' && step.role === 'assistant') ||
        (step.type === 'reasoning' && step.encrypted !== true) ||
        step.type === 'reasoning_step') &&
      step.content.trim() !== '',
  );
  return at === -1 ? null : { step: steps[at] as Said, at };
}

/** Whether the agent said or did it. */
export function isOfAgent(step: Step): boolean {
  switch (step.type) {
    case 'message':
      return step.role === 'assistant';
    case 'reasoning':
    case 'reasoning_step':
    case 'tool_call':
    case 'terminal_command':
    case 'code_edit':
    case 'file_open':
    case 'decision':
      return true;
    default:
      return false;
  }
}

/** With another step in the place of one. */
export function replaced(steps: readonly Step[], at: number, step: Step): Step[] {
  return steps.map((each, index) => (index === at ? step : each));
}

export function inserted(steps: readonly Step[], at: number, added: readonly Step[]): Step[] {
  return [...steps.slice(0, at), ...added, ...steps.slice(at)];
}

/** An id of a made-up step: that of its neighbour with another end. */
export function madeId(neighbour: Step, number: number): string {
  return `${neighbour.step_id.slice(0, 24)}${(0xfa0000000000 + number).toString(16)}`;
}

export function fieldsOf(args: Json): { [name: string]: Json } | null {
  return typeof args === 'object' && args !== null && !Array.isArray(args) ? args : null;
}

export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const runsTests =
  /\b(?:pytest|unittest|jest|vitest|mocha|go test|cargo test|npm (?:run )?test|make test|rspec|phpunit|ctest|tox|gradle test|mvn test)\b/i;

/** Whether in a step the agent runs tests or is told their result. */
export function isTest(step: Step): boolean {
  if (step.type === 'test_result') return !isOwnTest(step);
  if (step.type === 'terminal_command') return runsTests.test(step.command);
  return step.type === 'tool_call' && runsTests.test(textOf(step.arguments));
}

/** A tool that takes command lines, of those that the trace used; null where it used none. */
export function shellCall(steps: readonly Step[]): { call: CallStep; field: string } | null {
  for (const step of steps) {
    if (step.type !== 'tool_call') continue;
    const fields = fieldsOf(step.arguments);
    const field = ['command', 'cmd', 'script', 'code'].find((name) => typeof fields?.[name] === 'string');
    if (field !== undefined) return { call: step, field };
  }
  return null;
}

/** Where a step may be put in so that the agent goes on behind it: before the last thing it said or did. */
export function beforeEnd(steps: readonly Step[]): number | null {
  const at = lastSaid(steps)?.at ?? steps.length - 1;
  return at > 0 ? at : null;
}

/** A command that the agent runs, by the means that the trace has; answered as if all were well. */
export function commandSteps(steps: readonly Step[], command: string, at: number): Step[] | null {
  const neighbour = steps[at];
  if (neighbour === undefined) return null;
  const base = { seq: neighbour.seq, timestamp: neighbour.timestamp };
  const shell = shellCall(steps);
  if (shell !== null) {
    const tool_call_id = `made_${at}`;
    const args = { [shell.field]: command };
    return [
      {
        ...base,
        step_id: madeId(neighbour, at * 2),
        type: 'tool_call',
        tool_call_id,
        name: shell.call.name,
        arguments: args,
        status: 'ok',
      },
      {
        ...base,
        step_id: madeId(neighbour, at * 2 + 1),
        type: 'tool_result',
        tool_call_id,
        name: shell.call.name,
        result: '',
      },
    ];
  }
  if (!steps.some(({ type }) => type === 'terminal_command')) return null;
  return [{ ...base, step_id: madeId(neighbour, at * 2), type: 'terminal_command', command, exit_code: 0, output: '' }];
}
