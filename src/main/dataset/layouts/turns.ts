import { createHash } from 'node:crypto';
import type { ChatMessage, Json, Part, Reasoning } from '../../../shared/model/index.js';
import type { Example } from '../examples/example.js';

type ToolCallPart = Extract<Part, { type: 'tool_call' }>;
type ToolResultPart = Extract<Part, { type: 'tool_result' }>;

export interface TurnCall {
  /** Unique within the conversation, at most 40 characters. */
  id: string;
  name: string;
  arguments: { [name: string]: Json };
}
export type Shown = { type: 'text'; text: string } | { type: 'image'; url: string; media_type?: string };

/**
 * A conversation as every layout can tell it: neighbouring answers are one turn with all parallel calls, results stand directly
 * after their calls, all text is plain.
 */
export type Turn =
  | { role: 'system'; text: string }
  | { role: 'user'; shown: Shown[]; name?: string }
  | { role: 'assistant'; text: string; reasoning: string; calls: TurnCall[]; context_only: boolean }
  | { role: 'tool'; call: TurnCall; text: string; failed: boolean };
export type AssistantTurn = Extract<Turn, { role: 'assistant' }>;
export type ToolTurn = Extract<Turn, { role: 'tool' }>;

/** A conversation that a layout cannot carry without saying something that did not happen. */
export class Unfit extends Error {}

export interface TurnOptions {
  reasoning: Reasoning;
  /** Places of messages whose answers are context alone. */
  contextOnly?: ReadonlySet<number>;
  /** Place of a message before which no turn goes on. */
  split?: number;
  /** The last answer may end with calls that nothing answers. */
  openEnd?: boolean;
}

export interface Turns {
  turns: Turn[];
  /** Turns before `split`. */
  boundary: number;
}

/** Throws `Unfit`. */
export function toTurns(messages: readonly ChatMessage[], options: TurnOptions): Turns {
  const builder = new TurnBuilder(options);
  for (const [index, message] of messages.entries()) builder.add(message, index);
  return builder.finish();
}

/** What `make` gives, or why there is nothing. */
export function* fitting<Row>(
  make: () => Iterable<Row>,
): Generator<{ row: Row } | { skipped: string }, void, undefined> {
  try {
    for (const row of make()) yield { row };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    yield { skipped: error.message };
  }
}

/** The turns of an example, whole, for layouts whose rows mark what is context alone. Throws `Unfit`. */
export function turnsOf(example: Example, reasoning: Reasoning): Turn[] {
  const { turns } = toTurns(example.messages, wholeOptions(example, reasoning));
  if (!turns.some(isLearned)) throw new Unfit('no answer in it is to be learned');
  return turns;
}

/**
 * The same for layouts without such a mark, whose readers learn every answer, or the `last` alone. What they would learn by mistake
 * gives no row. Throws `Unfit`.
 */
export function learnedTurns(example: Example, reasoning: Reasoning, learned: 'all' | 'last' = 'all'): Turn[] {
  const turns = turnsOf(example, reasoning);
  const answers = turns.filter((turn) => turn.role === 'assistant');
  const wrong = learned === 'all' ? answers.some(({ context_only }) => context_only) : answers.at(-1)?.context_only;
  if (wrong) throw new Unfit('an answer that is context alone, which this layout cannot say');
  return turns;
}

function isLearned(turn: Turn): turn is AssistantTurn {
  return turn.role === 'assistant' && !turn.context_only;
}

/**
 * What is learned of an example, for layouts of a prompt and what follows it: each run of answers that are to be learned, with all that
 * stands before it. Answers that are context alone stand in prompts only. Throws `Unfit`.
 */
export function learnedCompletions(example: Example, reasoning: Reasoning): { prompt: Turn[]; expected: Turn[] }[] {
  const { prompt, expected } = splitTurns(example, reasoning);
  const turns = [...prompt, ...expected];
  const parts: { prompt: Turn[]; expected: Turn[] }[] = [];
  for (let at = prompt.length; at < turns.length; ) {
    const from = turns.findIndex((turn, index) => index >= at && isLearned(turn));
    if (from === -1) break;
    const next = turns.findIndex((turn, index) => index > from && turn.role === 'assistant' && turn.context_only);
    const end = turns.findLastIndex((turn, index) => (next === -1 || index < next) && isLearned(turn)) + 1;
    parts.push({ prompt: turns.slice(0, from), expected: turns.slice(from, end) });
    at = next === -1 ? turns.length : next + 1;
  }
  if (parts.length === 0) throw new Unfit('no answer in it is to be learned');
  return parts;
}

/** The turns of an example before and from what is expected on; `rejected` where it has a worse answer. Throws `Unfit`. */
export function splitTurns(
  example: Example,
  reasoning: Reasoning,
): { prompt: Turn[]; expected: Turn[]; rejected: Turn[] | null } {
  const split = { ...wholeOptions(example, reasoning), split: example.expected };
  const { turns, boundary } = toTurns(example.messages, split);
  const prompt = turns.slice(0, boundary);
  const last = prompt.at(-1)?.role;
  if (last === undefined) throw new Unfit('nothing stands before what is expected');
  if (last === 'assistant') throw new Unfit('what is expected goes on from an answer');
  const worse = example.rejected && [...example.messages.slice(0, example.expected), ...example.rejected];
  const rejected = worse ? toTurns(worse, split).turns.slice(boundary) : null;
  return { prompt, expected: turns.slice(boundary), rejected };
}

function wholeOptions(example: Example, reasoning: Reasoning): TurnOptions {
  return {
    reasoning,
    openEnd: example.ends_with_calls === true || example.rejected !== undefined,
    ...(example.context_only === undefined ? {} : { contextOnly: example.context_only }),
  };
}

class TurnBuilder {
  readonly #out: Turn[] = [];
  /** Calls of the last answer that wait for their result, in order. */
  #open: { sourceId: string | null; call: TurnCall }[] = [];
  /** What was said between a call and its result: comes after the results. */
  #held: Turn[] = [];
  #calls = 0;
  #boundary = 0;
  #place = 0;
  readonly #options: TurnOptions;

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  add(message: ChatMessage, place: number): void {
    if (place === this.#options.split) {
      if (this.#open.length > 0) throw new Unfit('a tool call without a result');
      this.#boundary = this.#out.length;
    }
    this.#place = place;
    if (message.role === 'assistant') this.#assistant(message.parts);
    else if (message.role === 'system' || message.role === 'developer') this.#system(plainText(message.parts));
    else this.#heard(message);
  }

  /** A user or tool message: results go to their calls, the rest was said. */
  #heard(message: ChatMessage): void {
    const content: Part[] = [];
    for (const part of message.parts) {
      if (part.type === 'tool_result') this.#result(part);
      else content.push(part);
    }
    if (message.role === 'tool') {
      if (content.length > 0) throw new Unfit('a tool message without a result');
    } else if (content.length > 0 || message.parts.length === 0) {
      const { name } = message;
      this.#push({ role: 'user', shown: content.map(shown), ...(name === undefined ? {} : { name }) });
    }
  }

  finish(): Turns {
    if (this.#open.length > 0) {
      const end = this.#out.at(-1);
      // Some of parallel calls answered and others not is a session that broke off, not an output.
      const whole = end?.role === 'assistant' && end.calls.length === this.#open.length && this.#held.length === 0;
      if (!whole || this.#options.openEnd !== true) throw new Unfit('a tool call without a result');
    }
    // An answer of which only the reasoning came says nothing.
    const empty = (turn: Turn) => turn.role === 'assistant' && turn.text === '' && turn.calls.length === 0;
    const turns = this.#out.filter((turn) => !empty(turn));
    const last = turns.at(-1);
    if (last?.role !== 'assistant') throw new Unfit('does not end with an answer');
    const { reasoning } = this.#options;
    for (const turn of turns)
      if (turn.role === 'assistant' && (reasoning === 'strip' || (reasoning === 'last' && turn !== last)))
        turn.reasoning = '';
    return { turns, boundary: this.#out.slice(0, this.#boundary).filter((turn) => !empty(turn)).length };
  }

  #system(text: string): void {
    const first = this.#out[0];
    if (this.#out.length === 1 && first?.role === 'system') first.text += `\n\n${text}`;
    else this.#push({ role: 'system', text });
  }

  #assistant(parts: Part[]): void {
    let text = '';
    let reasoning = '';
    const flush = () => {
      if (text === '' && reasoning === '') return;
      const turn = this.#answer();
      if (text !== '') turn.text = joined(turn.text, text);
      if (reasoning !== '') turn.reasoning = joined(turn.reasoning, reasoning);
      text = '';
      reasoning = '';
    };
    for (const part of parts) {
      if (part.type === 'text' || part.type === 'refusal') text += part.text;
      else if (part.type === 'tool_call') {
        flush();
        this.#call(this.#answer(), part);
      } else if (part.type === 'tool_result') this.#result(part);
      else if (part.type === 'reasoning') {
        // What is encrypted nobody can learn.
        if (part.encrypted !== true && part.text !== '') reasoning = joined(reasoning, part.text);
      } else if (!isRemark(part)) throw new Unfit(`an answer with ${describe(part)}`);
    }
    flush();
  }

  /** The answer that is being given, or a new one. */
  #answer(): AssistantTurn {
    const current = this.#out.at(-1);
    if (this.#open.length > 0 && (current?.role !== 'assistant' || this.#held.length > 0))
      throw new Unfit('a tool call without a result');
    const split = this.#options.split !== undefined && this.#out.length === this.#boundary;
    const context_only = this.#options.contextOnly?.has(this.#place) ?? false;
    if (current?.role === 'assistant' && !split) {
      if (current.context_only !== context_only) throw new Unfit('an answer that is context alone, and goes on');
      return current;
    }
    const turn: AssistantTurn = { role: 'assistant', text: '', reasoning: '', calls: [], context_only };
    this.#out.push(turn);
    return turn;
  }

  #call(turn: AssistantTurn, part: ToolCallPart): void {
    this.#calls += 1;
    const id = callId(part.id, this.#calls);
    if (turn.calls.some((other) => other.id === id)) throw new Unfit('two tool calls with the same id');
    const call = { id, name: part.name, arguments: argumentsOf(part) };
    turn.calls.push(call);
    this.#open.push({ sourceId: part.id, call });
  }

  #result(part: ToolResultPart): void {
    const index =
      part.tool_call_id !== null
        ? this.#open.findIndex(({ sourceId }) => sourceId === part.tool_call_id)
        : Math.max(
            this.#open.findIndex(({ call }) => call.name === part.name),
            // Without id and name only the order says which call was meant.
            part.name === undefined ? 0 : -1,
          );
    const open = this.#open[index];
    if (!open) throw new Unfit('a tool result without its call');
    this.#open.splice(index, 1);
    this.#out.push({ role: 'tool', call: open.call, text: resultText(part.result), failed: part.is_error === true });
    if (this.#open.length === 0) this.#out.push(...this.#held.splice(0));
  }

  #push(turn: Turn): void {
    (this.#open.length > 0 ? this.#held : this.#out).push(turn);
  }
}

function joined(before: string, text: string): string {
  return before === '' ? text : `${before}\n\n${text}`;
}

function callId(id: string | null, ordinal: number): string {
  if (id === null || id === '') return `call_${ordinal}`;
  return id.length <= 40 ? id : `call_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}

function argumentsOf(call: ToolCallPart): { [name: string]: Json } {
  const value = call.arguments;
  if (call.invalid_json) throw new Unfit('tool arguments that are not JSON');
  if (value === null || value === '') return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  // A custom tool takes free text; as a function it has one parameter, see openai-tools.ts.
  if (typeof value === 'string' && call.kind === 'custom') return { input: value };
  throw new Unfit('tool arguments that are not an object');
}

function resultText(result: Json): string {
  if (typeof result === 'string') return result;
  if (Array.isArray(result) && result.length > 0) {
    const texts = result.map((part) => (isTextPart(part) ? part.text : null));
    if (texts.every((text) => text !== null)) return texts.join('\n');
    // A result may show a picture; no layout's tool messages take more than text.
    if (result.some(isMediaPart)) throw new Unfit('a tool result with media content that is not kept');
  }
  return JSON.stringify(result);
}

function isMediaPart(part: Json): boolean {
  return typeof part === 'object' && part !== null && !Array.isArray(part) && part.type === 'media';
}

function isTextPart(part: Json): part is { type: string; text: string } {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return false;
  return typeof part.text === 'string' && (part.type === 'text' || part.type === 'output_text');
}

/** What was noted beside an answer, as it was stored before such parts were marked. */
const remarks = new Set(['citations', 'annotations', 'tool_call']);

function isRemark(part: Part): boolean {
  return part.type === 'other' && (part.remark === true || remarks.has(part.label));
}

function plainText(parts: readonly Part[]): string {
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type !== 'text') throw new Unfit(`a message with ${describe(part)}`);
    texts.push(part.text);
  }
  return texts.join('\n\n');
}

function shown(part: Part): Shown {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type === 'media' && part.media === 'image' && part.url !== undefined && /^https?:/.test(part.url)) {
    return { type: 'image', url: part.url, ...(part.media_type === undefined ? {} : { media_type: part.media_type }) };
  }
  throw new Unfit(`a message with ${describe(part)}`);
}

function describe(part: Part): string {
  if (part.type === 'media') return `${part.media} content that is not kept`;
  return part.type === 'other' ? 'a part the format cannot carry' : `a ${part.type} part out of place`;
}
