import type { ChatMessage, Part } from '../../../shared/model/index.js';
import {
  chainArguments,
  chainInputText,
  chainOutputText,
  chainResult,
  plainOutputText,
  stableJson,
} from './canonical.js';
import { standIn } from './memo.js';

/**
 * One link of a conversation chain. Input (user text, tool results, media) is chained part by part, because clients
 * merge and split input messages; everything the assistant said between two inputs is one link, because formats and
 * clients cut it into items, blocks and messages as they like.
 */
export interface Link {
  side: 'input' | 'output';
  /** Canonical text; equal for what is the same in the sense of the chain. */
  text: string;
  /** Stands for the text in a memo. */
  key: string;
  /** The same with plain quotes and dashes; absent where it has no others. */
  plain?: { text: string; key: string };
  /** Last message and part that belong to it. */
  message: number;
  part: number;
}

/** System and developer messages before the first other message: the system prompt. */
export function leadingSystem(messages: ChatMessage[]): number {
  let count = 0;
  while (count < messages.length && isSystem(messages[count] as ChatMessage)) count++;
  return count;
}

export function isSystem(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer';
}

/** Links of a history. System messages take no part: agents rewrite them while the conversation goes on. */
export function linksOf(messages: ChatMessage[]): Link[] {
  const links: Link[] = [];
  let turn: { parts: Part[]; message: number; part: number } | null = null;
  const closeTurn = () => {
    if (turn === null) return;
    const textOfTurn = turnOf(turn.parts);
    if (textOfTurn !== null) links.push({ side: 'output', ...textOfTurn, message: turn.message, part: turn.part });
    turn = null;
  };
  messages.forEach((message, index) => {
    if (isSystem(message)) return;
    if (message.role === 'assistant') {
      turn ??= { parts: [], message: index, part: 0 };
      for (const part of message.parts) turn.parts.push(part);
      turn.message = index;
      turn.part = message.parts.length - 1;
      return;
    }
    message.parts.forEach((part, position) => {
      const input = inputOf(part);
      if (input === null) return;
      closeTurn();
      const [kind, text] = input;
      links.push({
        side: 'input',
        text: `${kind}\0${text}`,
        key: `${kind}\0${standIn(text)}`,
        message: index,
        part: position,
      });
    });
  });
  closeTurn();
  return links;
}

/** Kind and canonical text of an input; null where it says nothing. */
function inputOf(part: Part): [kind: string, text: string] | null {
  switch (part.type) {
    case 'text': {
      const text = chainInputText(part.text);
      return text === '' ? null : ['text', text];
    }
    case 'tool_result':
      return ['result', chainResult(part.result)];
    case 'media':
      return ['media', `${part.media}\0${part.sha256 ?? part.url ?? part.media_type ?? ''}`];
    case 'tool_call':
      return ['call', `${part.name}\0${chainArguments(part.arguments)}`];
    case 'other':
      return ['other', `${part.label}\0${stableJson(part.value)}`];
    case 'refusal':
    case 'reasoning':
      return null;
  }
}

/**
 * Canonical text of an assistant turn: its words, then the calls it asks the client for. Reasoning, signatures and ids
 * are left out. What a vendor's own tools did counts only where nothing else was said, since clients may drop it.
 * Null for a turn that says nothing.
 */
export function turnText(parts: Part[]): string | null {
  return turnOf(parts)?.text ?? null;
}

/** The text of a turn, and what stands for it in a memo. */
export function turnOf(parts: Part[]): Pick<Link, 'text' | 'key' | 'plain'> | null {
  let words = '';
  const calls: string[] = [];
  const vendor: string[] = [];
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') words += part.text;
    else if (part.type === 'tool_call') {
      (part.server ? vendor : calls).push(`${part.name}\0${chainArguments(part.arguments)}`);
    } else if (part.type === 'other' && part.label.includes('compaction')) vendor.push(stableJson(part.value));
    else if (part.type === 'media') vendor.push(`${part.media}\0${part.sha256 ?? part.url ?? ''}`);
  }
  words = chainOutputText(words);
  if (words !== '' || calls.length > 0) {
    const asked = calls.join('\0\0');
    const turn = (output: string) => ({
      text: `turn\0${output}\0${asked}`,
      key: `turn\0${standIn(output)}${standIn(asked)}`,
    });
    const plain = plainOutputText(words);
    return plain === words ? turn(words) : { ...turn(words), plain: turn(plain) };
  }
  if (vendor.length === 0) return null;
  const done = vendor.join('\0\0');
  return { text: `vendor\0${done}`, key: `vendor\0${standIn(done)}` };
}
