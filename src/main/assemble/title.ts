import type { ChatMessage } from '../../shared/model/index.js';
import type { Arrival } from './arrival.js';
import { withoutSpans } from './chain/canonical.js';
import { endsExamples, personsWords } from './machine-words.js';

const longest = 120;
/** A longer word at the cut is cut too. */
const longestWord = 40;
/** Characters looked at: a title needs the first words, whatever was pasted behind them. */
const looked = 4000;
/** Messages looked at: an agent's examples and context stand before a person's words. */
const mostTexts = 16;

/** First words of a person, on one line, cut to 120 characters; never taken from the system prompt. */
export function titleOf(arrival: Arrival): string {
  const texts = userTexts(arrival.messages);
  const text = texts.map(personsWords).find((words) => words !== null) ?? texts[0];
  if (text !== undefined) return cut(text);
  const operation = arrival.conversing ? 'call' : arrival.call.request.operation.replace('_', ' ');
  return cut(`${arrival.call.request.model ?? arrival.call.format} ${operation}`);
}

function userTexts(messages: ChatMessage[]): string[] {
  let texts: string[] = [];
  for (const message of messages) {
    if (message.role !== 'user') continue;
    for (const part of message.parts) {
      if (part.type !== 'text') continue;
      const text = withoutSpans(part.text, 'system-reminder').slice(0, looked).replace(/\s+/g, ' ').trim();
      if (endsExamples(text)) texts = [];
      else if (text !== '') texts.push(text);
    }
    if (texts.length > mostTexts) break;
  }
  return texts;
}

/** The words of a person in a user's message, without what an agent put around or in place of them; null where none are. */
export function personsText(text: string): string | null {
  const ownText = withoutSpans(text, 'system-reminder').trim();
  return ownText === '' ? null : personsWords(ownText);
}

/** A title as a source gave it, on one line and cut like our own. */
export function cutTitle(text: string): string {
  return cut(text.slice(0, looked).replace(/\s+/g, ' ').trim());
}

/** Behind a whole word: half an id or a number looks like another one. */
function cut(text: string): string {
  if (text.length <= longest) return text;
  const room = longest - 1;
  const space = text.lastIndexOf(' ', room);
  const head = text.slice(0, room - space > longestWord ? room : space);
  // A cut between the two halves of a surrogate pair would leave an invalid character.
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}…`;
}
