import {
  type Decision,
  isOwnTest,
  type Json,
  type Step,
  type ToolCall,
  type Trace,
} from '../../../shared/model/index.js';
import { successOf } from '../../../shared/tool-outcome.js';

/** Something the agent did whose end is known or not: a tool call, or a command of a recorded session. */
export interface Action {
  step_id: string | null;
  name: string;
  arguments: Json;
  /** 1: it ended well; 0: it failed; between: its result says that it may have failed; null: nobody knows. */
  outcome: number | null;
  tool_call: ToolCall | null;
  /** Whether it ran tests. */
  tests: boolean;
}

export interface TestRun {
  name: string;
  passed: boolean;
  step_id: string | null;
}

/** What the rules look at, read off a trace once. */
export interface Facts {
  trace: Trace;
  actions: Action[];
  /** The last result of each test that stands in the trace, and of the last command that ran tests. */
  tests: TestRun[];
  decisions: Decision[];
  /** Steps of the agent that say or do something. */
  own: Step[];
  /** A person's first words. */
  task: Step | null;
  /** What the agent said last, behind all that it did; null where its last act was a tool call. */
  answer: Step | null;
}

const runsTests =
  /(?:^|[\s;&|(/"'])(?:pytest|py\.test|unittest|tox|nox|vitest|jest|mocha|ava|playwright test|rspec|phpunit|ctest|gotestsum)(?:[\s"';)]|$)|\b(?:npm|pnpm|yarn|bun|deno|go|cargo|dotnet|mix|swift|flutter|make|sbt|gradle|gradlew|mvn|mvnw|rake|rails)\b(?:\s+\S+){0,3}?\s+(?:run\s+)?test\b/;

export function factsOf(trace: Trace): Facts {
  const actions = actionsOf(trace);
  const own = trace.steps.filter(
    (step) =>
      ['reasoning', 'reasoning_step', 'tool_call', 'code_edit', 'terminal_command'].includes(step.type) ||
      (step.type === 'message' && step.role === 'assistant'),
  );
  const last = own.at(-1);
  return {
    trace,
    actions,
    tests: testsOf(trace, actions),
    decisions: trace.decisions,
    own,
    task:
      trace.steps.find((step) => step.type === 'message' && step.role === 'user' && step.content.trim() !== '') ?? null,
    answer: last?.type === 'message' && last.content.trim() !== '' ? last : null,
  };
}

function actionsOf(trace: Trace): Action[] {
  const calls = trace.tool_calls.map((call): Action => {
    return {
      step_id: call.step_id,
      name: call.name,
      arguments: call.arguments,
      outcome: successOf(call),
      tool_call: call,
      tests: runsTests.test(commandIn(call.arguments)),
    };
  });
  const commands = trace.steps.flatMap((step): Action[] =>
    step.type === 'terminal_command'
      ? [
          {
            step_id: step.step_id,
            name: 'terminal_command',
            arguments: { command: step.command },
            outcome: step.exit_code === null ? null : Number(step.exit_code === 0),
            tool_call: null,
            tests: runsTests.test(step.command),
          },
        ]
      : [],
  );
  return [...calls, ...commands];
}

function commandIn(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  const command = value['command'] ?? value['cmd'] ?? value['script'];
  return Array.isArray(command) ? command.join(' ') : typeof command === 'string' ? command : '';
}

function testsOf(trace: Trace, actions: readonly Action[]): TestRun[] {
  const last = new Map<string, TestRun>();
  for (const step of trace.steps) {
    if (step.type !== 'test_result' || isOwnTest(step)) continue;
    const passed = /pass|success|^ok$/i.test(step.status);
    if (passed || /fail|error/i.test(step.status))
      last.set(step.name, { name: step.name, passed, step_id: step.step_id });
  }
  const run = actions.findLast(({ tests, outcome }) => tests && outcome !== null);
  if (run !== undefined)
    last.set('\0command', { name: run.name, passed: (run.outcome as number) >= 0.5, step_id: run.step_id });
  return [...last.values()];
}
