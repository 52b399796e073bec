import type { ChatMessage, Json } from '../../../shared/model/index.js';
import { chainInputText, chainOutputText, shortHash } from './canonical.js';
import type { Chain } from './merkle.js';
import { turnText } from './turns.js';

/**
 * Marks are further keys under which a call can be found, stored beside its response chains. Each kind is hashed under
 * its own name, so a mark never equals a chain.
 */

/** Shorter words ("ok, done", "let me look") occur in any conversation and prove nothing. Characters. */
const tellingLength = 32;

/** An answer with the input before it, wherever in a history they stand: found again after the head was rewritten. */
export function pairMark(input: string, turn: string): string | null {
  return input.length + turn.length < tellingLength ? null : shortHash(`pair\0${input}\0${turn}`);
}

/** An answer alone: weaker, but all that is left where a history was cut right before it. */
export function turnMark(turn: string): string | null {
  return turn.length < tellingLength ? null : shortHash(`turn\0${turn}`);
}

interface Tail {
  mark: string;
  /** Links of the history up to and including the turn. */
  links: number;
  /** The input before the turn agrees as well. */
  paired: boolean;
}

/** Tail marks of a resent history, last turn first. */
export function* tailsOf(chain: Chain): Generator<Tail> {
  for (let index = chain.links.length - 1; index >= 0; index--) {
    const link = chain.links[index];
    if (link?.side !== 'output') continue;
    const pair = index === 0 ? null : pairMark(chain.links[index - 1]?.text ?? '', link.text);
    if (pair !== null) yield { mark: pair, links: index + 1, paired: true };
    const turn = turnMark(link.text);
    if (turn !== null) yield { mark: turn, links: index + 1, paired: false };
  }
}

/** A summary is long; a short answer quoted in a first message proves nothing. Characters without white space. */
const shortestSummary = 200;
/** Lines that may stand before or behind a summary in the message that carries it. */
const frameLines = 6;

/** Turn marks of the summaries that the first words of a history may carry, within a frame of a few lines. */
export function* summaryMarks(messages: ChatMessage[]): Generator<string> {
  const texts = openingParts(messages).slice(0, 3);
  for (const text of texts) {
    const starts = [0, ...lineEnds(text).map((end) => end + 1)].slice(0, frameLines + 1);
    const ends = [text.length, ...lineEnds(text).reverse()].slice(0, frameLines + 1);
    for (const start of starts) {
      for (const end of ends) {
        if (end - start < shortestSummary) continue;
        const words = chainOutputText(text.slice(start, end));
        const mark = words.length < shortestSummary ? null : turnMark(`turn\0${words}\0`);
        if (mark !== null) yield mark;
      }
    }
  }
}

function lineEnds(text: string): number[] {
  const ends: number[] = [];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) ends.push(end);
  return ends;
}

/** User texts before the first answer, first first. */
function openingParts(messages: ChatMessage[]): string[] {
  const first = messages.findIndex((message) => message.role === 'assistant');
  return messages
    .slice(0, first < 0 ? undefined : first)
    .filter((message) => message.role === 'user')
    .flatMap((message) => message.parts.flatMap((part) => (part.type === 'text' ? [chainInputText(part.text)] : [])));
}

/** Arguments that carry an order to another agent, as agents name them. */
const orderKeys = ['prompt', 'task', 'instructions', 'message', 'input', 'query', 'question', 'objective', 'goal'];
/** The same where the tool's name does not say that it is an agent: short words of these are no search. */
const shortOrderKeys = ['prompt', 'task', 'instructions', 'message', 'objective', 'goal'];
const agentTool = /agent|task|spawn|delegate|hand_?off/i;
const mostOrders = 8;
/** Characters of an order that is likely to be nobody else's first words. */
const tellingOrder = 20;
const shortestOrder = 2;

/** Words that others may begin with too: by themselves they prove little. */
export function isShortOrder(text: string): boolean {
  return text.length < tellingOrder;
}

/** Orders a response gives to tools: the words a subagent's conversation may begin with. */
function ordersOf(response: ChatMessage): { index: number; text: string }[] {
  const orders: { index: number; text: string }[] = [];
  let index = 0;
  for (const part of response.parts) {
    if (part.type !== 'tool_call') continue;
    if (!part.server && orders.length < mostOrders) {
      const text = orderText(part.name, part.arguments);
      if (text !== null) orders.push({ index, text });
    }
    index++;
  }
  return orders;
}

function orderText(tool: string, value: Json): string | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const textsOf = (keys: string[]) =>
    keys.flatMap((key) => (typeof value[key] === 'string' ? [chainInputText(value[key])] : []));
  const telling = textsOf(orderKeys).find((order) => !isShortOrder(order));
  if (telling !== undefined) return telling;
  const short = textsOf(agentTool.test(tool) ? orderKeys : shortOrderKeys);
  return short.find((order) => order.length >= shortestOrder) ?? null;
}

export function orderMark(text: string): string {
  return shortHash(`order\0${text}`);
}

/** Says which tool call of a known call gave the order. */
export function orderPlaceMark(callId: string, index: number, text: string): string {
  return shortHash(`order-place\0${callId}\0${index}\0${text}`);
}

/** Left by each conversation that began with the order: several tool calls of one response may give the same. */
export function orderTakenMark(callId: string, text: string): string {
  return shortHash(`order-taken\0${callId}\0${text}`);
}

/** Left by the calls of a later context window of a session. */
export function windowMark(sessionKey: string, window: number): string {
  return shortHash(`window\0${sessionKey}\0${window}`);
}

/** Left by the call that repeats a failed one: nobody else does. */
export function repeatedMark(callId: string): string {
  return shortHash(`repeated\0${callId}`);
}

/** Marks of a finished call for `LineageKeys.response_chains`. */
export function marksOf(callId: string, chain: Chain, response: ChatMessage | undefined): string[] {
  if (response === undefined) return [];
  const marks: string[] = [];
  const turn = turnText(response.parts);
  const last = chain.links[chain.links.length - 1];
  if (turn !== null && last?.side === 'input') {
    for (const mark of [pairMark(last.text, turn), turnMark(turn)]) if (mark !== null) marks.push(mark);
  }
  for (const order of ordersOf(response)) {
    marks.push(orderMark(order.text), orderPlaceMark(callId, order.index, order.text));
  }
  return marks;
}

/** Lines before and behind an order that a subagent's first message may put round it. */
const frameOfOrder = 2;

/**
 * What a conversation begins with, as an order would have carried it: each text before the first answer, last first, and
 * each without the tags, the label or the lines that it may be framed by. Short ones stand last, whole or not at all.
 */
export function openingTexts(messages: ChatMessage[]): string[] {
  const texts: string[] = [];
  const short: string[] = [];
  for (const message of messages) {
    if (message.role === 'assistant') break;
    if (message.role !== 'user') continue;
    for (const part of message.parts) {
      const text = part.type === 'text' ? chainInputText(part.text) : '';
      if (!isShortOrder(text)) texts.push(text);
      else if (text.length >= shortestOrder) short.push(text);
    }
  }
  const last = texts.slice(-4).reverse();
  return [...new Set([...last, ...last.flatMap(unframed), ...short.slice(-2).reverse()])];
}

function unframed(text: string): string[] {
  const found = [
    text.replace(/^<[\w-]{1,40}>/, '').replace(/<\/[\w-]{1,40}>$/, ''),
    text.replace(/^[\w ]{1,40}:\s/, ''),
  ];
  const ends = lineEnds(text);
  const starts = [0, ...ends.slice(0, frameOfOrder + 1).map((end) => end + 1)];
  const stops = [text.length, ...ends.slice(-frameOfOrder - 1).reverse()];
  for (const start of starts) for (const stop of stops) if (stop > start) found.push(text.slice(start, stop));
  return found.map((each) => each.trim()).filter((each) => !isShortOrder(each));
}
