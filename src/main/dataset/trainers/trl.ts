import { arrayOf, isObject, type JsonObject } from '../../ground/json.js';
import {
  callsAt,
  checkTools,
  Findings,
  foreignWords,
  ignoredFlags,
  isText,
  messagesAt,
  type Placed,
} from './reading.js';
import type { Trainer } from './trainer.js';

const kinds = [
  ['messages'],
  ['prompt'],
  ['completion', 'prompt'],
  ['chosen', 'prompt', 'rejected'],
  ['chosen', 'rejected'],
  ['completion', 'label', 'prompt'],
].map((keys) => keys.join());
const columns = ['messages', 'prompt', 'chosen', 'rejected', 'completion'] as const;

export const trl = {
  id: 'trl',
  title: 'TRL',
  description: 'TRL 1.16: SFTTrainer, DPOTrainer, KTOTrainer and RewardTrainer; what is too long is cut at its end.',
  layouts: ['trl-messages', 'trl-prompt-completion', 'trl-preference', 'trl-kto'],
  tooLong: 'truncated',
  open() {
    return {
      row(row) {
        const found = new Findings();
        const keys = [...columns, 'label'].filter((key) => key in row).sort();
        if (!kinds.includes(keys.join())) {
          found.stops('', 'keys_invalid', `Rows of the columns ${keys.join(', ') || '(none)'} are of no known kind.`);
          return found.all;
        }
        checkTools(found, row.tools);
        const parts = columns.flatMap((column) => (column in row ? [checkColumn(found, row, column)] : []));
        if ('prompt' in row && Array.isArray(row.prompt)) checkPrompt(found, row);
        if ('label' in row && typeof row.label !== 'boolean')
          found.stops('label', 'label_invalid', 'The label is neither true nor false.');
        checkImages(found, row, parts.flat());
        ignoredFlags(found, parts.flat());
        if ('completion' in row) foreignWords(found, messagesAt(row, 'completion'));
        return found.all;
      },
    };
  },
} satisfies Trainer;

function checkColumn(found: Findings, row: JsonObject, column: string): Placed[] {
  const value = row[column];
  if (isText(value)) return [];
  if (!Array.isArray(value) || value.length === 0) {
    found.stops(column, 'messages_empty', 'There are no messages.');
    return [];
  }
  const messages = messagesAt(row, column);
  if (messages.length < value.length) found.stops(column, 'message_invalid', 'A message is no object.');
  for (const placed of messages) {
    const { message, at } = placed;
    if (!isText(message.role)) found.stops(`${at}.role`, 'role_missing', 'The message says nobody’s words.');
    const asks = arrayOf(message.tool_calls).length > 0;
    if ((message.content ?? null) === null && !(message.role === 'assistant' && asks))
      found.add('mistrained', `${at}.content`, 'content_null', 'Templates write the missing content as a word.');
    for (const { call, at: where } of callsAt(placed)) {
      const args = isObject(call.function) ? call.function.arguments : call.arguments;
      if (isText(args))
        found.add(
          'mistrained',
          where,
          'arguments_text',
          'Arguments are text, not an object: templates write them as JSON within JSON.',
        );
    }
  }
  return messages;
}

function checkPrompt(found: Findings, row: JsonObject): void {
  const last = messagesAt(row, 'prompt').at(-1);
  if (last === undefined) return;
  const { role } = last.message;
  if (role === 'assistant')
    found.add('mistrained', last.at, 'prompt_continued', 'The prompt ends with an answer, which is gone on with.');
  else if (role !== 'user' && role !== 'tool')
    found.stops(last.at, 'prompt_role', `A prompt cannot end with ${String(role)}.`);
}

/** Places are filled in their order; as many images as places, unless all texts are strings: then they stand before the first user’s. */
function checkImages(found: Findings, row: JsonObject, messages: readonly Placed[]): void {
  const images = arrayOf(row.images ?? (row.image === undefined ? undefined : [row.image]));
  const structured = messages.filter(({ message }) => Array.isArray(message.content) && message.role !== 'tool');
  const parts = structured.flatMap(({ message }) => arrayOf(message.content)).filter(isObject);
  const places = parts.filter((part) => part.type === 'image' && !('image' in part)).length;
  if (images.length === 0 && places === 0) return;
  const first = messages.find(({ message }) => message.role === 'user');
  const made = isText(first?.message.content) ? images.length : 0;
  if (places + made !== images.length)
    found.stops('images', 'image_count', `${images.length} images for ${places + made} places.`);
}
