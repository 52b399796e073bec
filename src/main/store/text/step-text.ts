import type { Json, NewStep, Step } from '../../../shared/model/index.js';

/** Nesting beyond this is not searched. */
const maxDepth = 32;

/** The strings, numbers and keys in a JSON value, for the text index; punctuation and nesting left out. */
export function jsonText(value: Json): string {
  const pieces: string[] = [];
  collect(value, pieces, 0);
  return pieces.join('\n');
}

function collect(value: Json, pieces: string[], depth: number): void {
  if (typeof value === 'string') pieces.push(value);
  else if (typeof value === 'number' && Number.isFinite(value)) pieces.push(String(value));
  else if (typeof value === 'object' && value !== null && depth < maxDepth) {
    if (Array.isArray(value)) for (const item of value) collect(item, pieces, depth + 1);
    else
      for (const [key, item] of Object.entries(value)) {
        // Serialising drops it, so it must not be indexed either: the text must be the same when it is taken out.
        if (item === undefined) continue;
        pieces.push(key);
        collect(item, pieces, depth + 1);
      }
  }
}

/** What of a tool call can be searched, besides its result. */
export function callText(name: string, args: Json): string {
  return `${name}\n${jsonText(args)}`;
}

/** What of a step can be searched; the arguments and results of tool calls are indexed with the tool call. */
export function stepText(step: NewStep | Step): string {
  switch (step.type) {
    case 'message':
    case 'reasoning':
    case 'user_feedback':
    case 'reasoning_step':
      return step.content;
    case 'tool_call':
    case 'decision':
      return '';
    case 'tool_result':
      return jsonText(step.result);
    case 'state_change':
      return step.description;
    case 'error':
      return `${step.code}\n${step.message}`;
    case 'file_open':
    case 'file_close':
      return step.file;
    case 'code_edit':
      return `${step.file}\n${step.diff}`;
    case 'terminal_command':
      return `${step.command}\n${step.output}`;
    case 'test_result':
      return `${step.name}\n${step.status}\n${step.output ?? ''}`;
    default:
      return step satisfies never;
  }
}
