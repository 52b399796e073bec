import { ofTheRun } from '../../../../shared/align/step-hash.js';
import type { Json, Step } from '../../../../shared/model/index.js';

const roles = { system: 'System', developer: 'Developer', user: 'User', assistant: 'Assistant', tool: 'Tool message' };
const events: { [type: string]: string } = {
  decision: 'Decision',
  state_change: 'Change of state',
  error: 'Error',
  user_feedback: 'Feedback',
  file_open: 'File opened',
  file_close: 'File closed',
  code_edit: 'Edit',
  terminal_command: 'Command',
  test_result: 'Test',
  reasoning: 'Reasoning',
  reasoning_step: 'Reasoning',
};

/** What a step is, in a word or two, and what it names: a tool, a file. */
export function stepTitle(step: Step): { title: string; name: string | null } {
  switch (step.type) {
    case 'message':
      return { title: roles[step.role], name: step.name ?? null };
    case 'tool_call':
      return { title: 'Tool call', name: step.name };
    case 'tool_result':
      return { title: step.is_error ? 'Failed result' : 'Result', name: step.name ?? null };
    case 'file_open':
    case 'file_close':
    case 'code_edit':
      return { title: events[step.type] as string, name: step.file };
    case 'error':
      return { title: 'Error', name: step.code };
    default:
      return { title: events[step.type] ?? step.type, name: null };
  }
}

/** The fields that say most, which stand first and without their name. */
const main: ReadonlySet<string> = new Set([
  'content',
  'arguments',
  'result',
  'description',
  'message',
  'command',
  'output',
  'diff',
]);
const inTitle: ReadonlySet<string> = new Set(['type', 'role', 'name', 'file', 'code']);
/** Said by most steps, worth a word only where it is otherwise. */
const ordinary: { [field: string]: unknown } = {
  status: 'ok',
  is_error: false,
  encrypted: false,
  server: false,
  refusal: false,
};

/** All that a step says, as text to read and to compare: what `stepHash` looks at, apart from its title. */
export function stepText(step: Step): string {
  const fields = Object.entries(step).filter(
    ([name, value]) =>
      value !== undefined &&
      !ofTheRun.has(name) &&
      !inTitle.has(name) &&
      !(name in ordinary && value === ordinary[name]),
  ) as [string, Json][];
  const first = fields.filter(([name]) => main.has(name)).map(([, value]) => readable(value));
  const rest = fields.filter(([name]) => !main.has(name)).map(([name, value]) => field(name, value));
  return [...first.filter((text) => text !== ''), ...rest].join('\n');
}

/** A JSON value with its texts as texts: a command or a file keeps its lines. */
function readable(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length > 0 && value.every(isText)) return value.map(({ text }) => text).join('\n');
  if (value !== null && typeof value === 'object' && !Array.isArray(value))
    return Object.entries(value)
      .map(([name, each]) => field(name, each))
      .join('\n');
  return JSON.stringify(value, null, 2);
}

function field(name: string, value: Json): string {
  if (typeof value !== 'string') return `${name}: ${JSON.stringify(value, null, 2)}`;
  return value.includes('\n') ? `${name}:\n${value}` : `${name}: ${value}`;
}

function isText(part: Json): part is { type: 'text'; text: string } {
  return (
    typeof part === 'object' &&
    part !== null &&
    !Array.isArray(part) &&
    part.type === 'text' &&
    typeof part.text === 'string' &&
    Object.keys(part).length === 2
  );
}
