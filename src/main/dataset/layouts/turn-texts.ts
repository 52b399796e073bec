import type { Json } from '../../../shared/model/index.js';
import type { OpenAiTool } from './openai-shapes.js';
import { type AssistantTurn, type Shown, type ToolTurn, type Turn, Unfit } from './turns.js';

/** What a user showed, as text. Throws `Unfit` where it is more. */
export function onlyText(shown: readonly Shown[]): string {
  return shown
    .map((part) => {
      if (part.type !== 'text') throw new Unfit('an image, for which this layout has no place');
      return part.text;
    })
    .join('\n\n');
}

/** A mark that stands for an image in text, and the images it stands for. Throws `Unfit` where the mark is said itself. */
export function withMarks(shown: readonly Shown[], mark: string, images: string[]): string {
  return shown
    .map((part) => {
      if (part.type === 'text') return unmarked(part.text, mark);
      images.push(part.url);
      return mark;
    })
    .join('\n');
}

/** Text that must not hold a mark its reader takes for something else. */
export function unmarked(text: string, mark: string): string {
  if (text.includes(mark)) throw new Unfit(`words that its reader takes for something else: ${mark}`);
  return text;
}

/** An answer with its reasoning before it, as models of that habit say it. */
export function withThoughts({ reasoning, text }: AssistantTurn): string {
  return reasoning === '' ? text : `<think>\n${reasoning}\n</think>\n\n${text}`;
}

/** An answer as text alone: what was said, and its calls as JSON. */
export function answerText({ text, calls }: AssistantTurn): string {
  const asked = calls.map((call) => JSON.stringify({ name: call.name, arguments: call.arguments }));
  return [...(text === '' ? [] : [text]), ...asked].join('\n');
}

/** Turns as text alone, each under who said it; the words alone where there is but one user. */
export function transcript(turns: readonly Turn[]): string {
  const [only, ...others] = turns;
  if (only?.role === 'user' && others.length === 0) return onlyText(only.shown);
  return turns.map((turn) => `${turn.role}: ${turnText(turn)}`).join('\n\n');
}

function turnText(turn: Turn): string {
  if (turn.role === 'user') return onlyText(turn.shown);
  return turn.role === 'assistant' ? answerText(turn) : turn.text;
}

/** What was heard before an answer, and the answer: layouts of two parties that take turns. */
export interface Round {
  results: ToolTurn[];
  shown: Shown[];
  answer: AssistantTurn;
}

/**
 * A conversation as rounds. Instructions that come later stand in what was heard, between `<system>` tags. Throws `Unfit` where
 * the first answer answers nothing.
 */
export function rounds(turns: readonly Turn[]): { system: string | null; rounds: Round[] } {
  const first = turns[0];
  const system = first?.role === 'system' ? first.text : null;
  const out: Round[] = [];
  let results: ToolTurn[] = [];
  let shown: Shown[] = [];
  for (const turn of system === null ? turns : turns.slice(1)) {
    if (turn.role === 'tool') results.push(turn);
    else if (turn.role === 'user') shown.push(...turn.shown);
    else if (turn.role === 'system') shown.push({ type: 'text', text: laterInstruction(turn.text) });
    else {
      if (results.length + shown.length === 0) throw new Unfit('an answer that answers nothing');
      out.push({ results, shown, answer: turn });
      results = [];
      shown = [];
    }
  }
  return { system, rounds: out };
}

export function laterInstruction(text: string): string {
  return `<system>\n${text}\n</system>`;
}

/**
 * The context that a model is asked in to reach the expected output by itself. A closing answer is reached from the question:
 * what the agent did in between is its own to find; a step is reached from where it was taken.
 */
export function question(prompt: readonly Turn[], expected: readonly Turn[]): readonly Turn[] {
  const closing = expected.every((turn) => turn.role === 'assistant' && turn.calls.length === 0);
  const asked = prompt.findLastIndex((turn) => turn.role === 'user');
  return closing && asked !== -1 ? prompt.slice(0, asked + 1) : prompt;
}

/** The calls of a turn or turns, without their ids. */
export function callsOf(turns: readonly Turn[]): { name: string; arguments: { [name: string]: Json } }[] {
  return turns.flatMap((turn) =>
    turn.role === 'assistant' ? turn.calls.map((call) => ({ name: call.name, arguments: call.arguments })) : [],
  );
}

/** The tools with parameters for every one: readers miss them where there are none. */
export function describedTools(tools: readonly OpenAiTool[]): OpenAiTool[] {
  return tools.map(({ type, function: { name, description, parameters } }) => ({
    type,
    function: {
      name,
      description: description ?? '',
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  }));
}
