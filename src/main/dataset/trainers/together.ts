import { arrayOf, isObject, type JsonObject } from '../../ground/json.js';
import { Findings, isText, messagesAt, type Placed } from './reading.js';
import type { Trainer } from './trainer.js';

const forms = [['text'], ['messages'], ['prompt', 'completion'], ['input', 'preferred_output', 'non_preferred_output']];
const roles = ['system', 'user', 'assistant', 'tool'];

export const together = {
  id: 'together',
  title: 'Together',
  description: 'Together’s tuning by the checks of its client 1.5 and its documents. What is too long is cut.',
  layouts: ['openai-chat', 'openai-preference', 'trl-messages'],
  tooLong: 'truncated',
  open() {
    let first: string | null = null;
    return {
      row(row) {
        const found = new Findings();
        const fitting = forms.filter((keys) => keys.every((key) => key in row)).map((keys) => keys.join());
        if (fitting.length !== 1) {
          const why = fitting.length === 0 ? 'no form' : 'more than one form';
          found.stops('', 'form_unclear', `The columns fit ${why}; the file is refused.`);
          return found.all;
        }
        first ??= fitting[0] ?? null;
        if (fitting[0] !== first)
          found.stops('', 'form_changes', 'The row has another form than the first; the file is refused.');
        if ('messages' in row) checkMessages(found, messagesAt(row, 'messages'), true);
        else if ('input' in row) checkPair(found, row);
        return found.all;
      },
    };
  },
} satisfies Trainer;

function checkMessages(found: Findings, messages: readonly Placed[], answered: boolean): void {
  if (messages.length === 0) {
    found.stops('messages', 'messages_empty', 'There are no messages.');
    return;
  }
  const [start] = messages as [Placed];
  if (start.message.role !== 'system' && start.message.role !== 'user')
    found.stops(start.at, 'role_order', 'A conversation begins with system or user.');
  let before: unknown = null;
  const shows = messages.some(({ message }) => Array.isArray(message.content));
  for (const { message, at } of messages) {
    const { role, content, weight } = message;
    if (!roles.includes(String(role))) found.stops(`${at}.role`, 'role_unknown', `Nobody is called ${String(role)}.`);
    // Results of parallel calls follow each other; nobody else may speak twice.
    else if (role === before && role !== 'tool')
      found.stops(at, 'role_order', `${String(role)} speaks twice in a row.`);
    before = role;
    const asks = role === 'assistant' && arrayOf(message.tool_calls).length > 0;
    if ((content ?? null) === null && !asks)
      found.stops(`${at}.content`, 'content_null', 'The message has no content.');
    else if (shows && isText(content))
      found.stops(`${at}.content`, 'content_mixed', 'Texts and lists of parts in one conversation.');
    if (weight !== undefined && weight !== 0 && weight !== 1)
      found.stops(`${at}.weight`, 'weight_invalid', 'A weight is 0 or 1.');
    checkParts(found, content, at, role === 'user');
  }
  if (answered && !messages.some(({ message }) => message.role === 'assistant'))
    found.stops('messages', 'no_answer', 'There is no answer.');
}

function checkParts(found: Findings, content: JsonObject[string] | undefined, at: string, user: boolean): void {
  for (const [index, part] of arrayOf(content).entries()) {
    if (!isObject(part) || part.type !== 'image_url') continue;
    const url = isObject(part.image_url) ? part.image_url.url : null;
    if (!user || !isText(url) || !/^data:image\/(jpeg|png|webp);base64,/.test(url))
      found.stops(
        `${at}.content[${index}]`,
        'image_invalid',
        'Images stand in the row itself, as base64, and only users show them.',
      );
  }
}

function checkPair(found: Findings, row: JsonObject): void {
  checkMessages(found, isObject(row.input) ? messagesAt(row.input, 'messages') : [], false);
  for (const side of ['preferred_output', 'non_preferred_output']) {
    const [only, ...others] = messagesAt(row, side);
    if (only?.message.role !== 'assistant' || others.length > 0 || !isText(only.message.content))
      found.stops(side, 'answer_invalid', 'An answer of a pair is one message of the assistant, in text.');
  }
}
