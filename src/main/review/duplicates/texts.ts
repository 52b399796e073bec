import type { Json, NearLevel, Step, Trace } from '../../../shared/model/index.js';

/** What of a trace is compared. `seq` is 0, or the step's place at the level of steps. */
export interface NearText {
  seq: number;
  step_id: string | null;
  text: string;
}

/** The words of a person in the text of a user's message; null where an agent wrote all of it. */
export type PersonsWords = (text: string) => string | null;

/** Words below which a step is too common to say anything: "Done.", `ls`. */
const leastStepWords = 10;

/**
 * The documents of a trace at one level. `task`: a person's first message. `trajectory`: everything said and asked for (messages,
 * reasoning, tool calls with their arguments); neither system prompts nor what tools answered. `step`: each of the agent's own
 * steps with at least ten words.
 */
export function nearTexts(trace: Trace, level: NearLevel, personsWords: PersonsWords): NearText[] {
  if (level === 'step') {
    return trace.steps.flatMap((step) => {
      const text = ownText(step);
      return text === null || wordsIn(text) < leastStepWords ? [] : [{ seq: step.seq, step_id: step.step_id, text }];
    });
  }
  const text = level === 'task' ? taskOf(trace, personsWords) : trajectoryOf(trace, personsWords);
  return text.trim() === '' ? [] : [{ seq: 0, step_id: null, text }];
}

/** A person's first message, without what agents put around it; a title that was made up says nothing of the task. */
function taskOf(trace: Trace, personsWords: PersonsWords): string {
  for (const step of trace.steps) {
    if (step.type !== 'message' || step.role !== 'user') continue;
    const words = personsWords(step.content);
    if (words !== null && words.trim() !== '') return words;
  }
  return '';
}

function trajectoryOf(trace: Trace, personsWords: PersonsWords): string {
  return trace.steps
    .map((step) => (step.type === 'message' && step.role === 'user' ? personsWords(step.content) : ownText(step)))
    .filter((text) => text !== null)
    .join('\n');
}

/** What the agent said or did in a step; null for what came from others. */
function ownText(step: Step): string | null {
  switch (step.type) {
    case 'message':
      return step.role === 'assistant' ? step.content : null;
    case 'reasoning':
    case 'reasoning_step':
      return step.content;
    case 'tool_call':
      return `${step.name} ${textsIn(step.arguments)}`;
    case 'code_edit':
      return `${step.file} ${step.diff}`;
    case 'terminal_command':
      return step.command;
    case 'user_feedback':
      return step.content;
    case 'file_open':
      return step.file;
    default:
      return null;
  }
}

function textsIn(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(textsIn).join(' ');
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${textsIn(inner)}`)
    .join(' ');
}

/** Everything that a trace says, from whomever: what a leak of a benchmark may stand in. */
export function wholeText(trace: Trace): string[] {
  return trace.steps.flatMap((step) => {
    if (step.type === 'message') return [step.content];
    if (step.type === 'tool_result') return [textsIn(step.result)];
    const own = ownText(step);
    return own === null ? [] : [own];
  });
}

function wordsIn(text: string): number {
  return text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}
