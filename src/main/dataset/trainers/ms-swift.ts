import { arrayOf, isObject, type JsonObject, parseJson } from '../../ground/json.js';
import { callsAt, countMarks, Findings, isText, messagesAt, type Placed } from './reading.js';
import type { Trainer } from './trainer.js';

const roles = ['system', 'user', 'tool_call', 'tool_response', 'tool', 'assistant'];
const asRole: { [name: string]: string } = {
  human: 'user',
  gpt: 'assistant',
  bot: 'assistant',
  function_call: 'tool_call',
  function_response: 'tool_response',
  observation: 'tool_response',
  observations: 'tool_response',
};
/** Keys that are read, or whose loss changes nothing: order takes the place of ids. */
const quiet = new Set([
  'role',
  'from',
  'content',
  'value',
  'loss',
  'loss_scale',
  'tool_calls',
  'tool_call_id',
  'id',
  'name',
]);

export const msSwift = {
  id: 'ms-swift',
  title: 'ms-swift',
  description:
    'ms-swift 4.6: its MessagesPreprocessor; rows that fail or are too long are deleted unless it is strict.',
  layouts: ['ms-swift', 'openai-chat'],
  tooLong: 'skipped',
  open() {
    return {
      row(row) {
        const found = new Findings();
        checkConversation(found, row, 'messages' in row ? 'messages' : 'conversations');
        if ('rejected_messages' in row) checkConversation(found, row, 'rejected_messages');
        if ('rejected_response' in row) checkRejected(found, row);
        return found.all;
      },
    };
  },
} satisfies Trainer;

function checkConversation(found: Findings, row: JsonObject, column: string): void {
  const parsedMessages = isText(row[column]) ? parseJson(row[column] as string) : row[column];
  const messages = messagesAt({ [column]: parsedMessages ?? null }, column);
  if (messages.length === 0) {
    found.stops(column, 'messages_empty', 'There are no messages.');
    return;
  }
  const openAi = messages.some(({ message }) => arrayOf(message.tool_calls).length > 0);
  for (const placed of messages) checkMessage(found, placed, openAi);
  if (openAi) checkOrder(found, messages);
  const images = arrayOf(row[column === 'rejected_messages' ? 'rejected_images' : 'images']).length;
  const marks = countMarks(messages, 'content', '<image>');
  if (marks !== images && (images > 0 || marks > 0))
    found.add('skipped', 'images', 'image_count', `${images} images for ${marks} marks <image>.`);
}

function checkMessage(found: Findings, placed: Placed, openAi: boolean): void {
  const { message, at } = placed;
  const named = message.role ?? message.from;
  const role = isText(named) ? (asRole[named.replaceAll('-', '_')] ?? named) : named;
  if (!roles.includes(String(role))) found.stops(`${at}.role`, 'role_unknown', `Nobody is called ${String(role)}.`);
  const asks = openAi && role === 'assistant' && arrayOf(message.tool_calls).length > 0;
  const content = message.content ?? message.value;
  // An answer that only asks has no message of its own.
  if (!asks && (content ?? null) === null) found.stops(`${at}.content`, 'content_null', 'The message has no content.');
  if (asks && callsAt(placed).some(({ call }) => !('name' in (isObject(call.function) ? call.function : call))))
    found.stops(`${at}.tool_calls`, 'call_invalid', 'A tool call has no name.');
  if (
    !openAi &&
    arrayOf(content).some((part) => isObject(part) && ['tool_use', 'tool_result'].includes(String(part.type)))
  )
    return;
  for (const key of Object.keys(message)) {
    if (quiet.has(key) || message[key] === null) continue;
    if (key === 'reasoning_content')
      found.add('dropped', `${at}.${key}`, 'reasoning_dropped', 'Reasoning is left out; it belongs into the content.');
    else if (
      (key === 'train' || key === 'weight' || key === 'loss_weight') &&
      (message[key] === false || message[key] === 0)
    )
      found.add('mistrained', `${at}.${key}`, 'flag_ignored', 'Only `loss` says that a message is not learned.');
  }
}

/** Results get the order of the calls where each has its own; otherwise they stay, and order alone says what they answer. */
function checkOrder(found: Findings, messages: readonly Placed[]): void {
  for (const [index, placed] of messages.entries()) {
    const asked = callsAt(placed).map(({ call }) => call.id ?? null);
    if (placed.message.role !== 'assistant' || asked.length === 0) continue;
    const end = messages.findIndex(
      ({ message }, other) => other > index && message.role !== 'tool' && message.role !== 'tool_response',
    );
    const answered = messages
      .slice(index + 1, end === -1 ? undefined : end)
      .map(({ message }) => message.tool_call_id ?? null);
    const whole =
      !asked.includes(null) &&
      new Set(asked).size === asked.length &&
      asked.length === answered.length &&
      answered.every((id) => asked.includes(id));
    if (!whole && asked.length > 1 && String(asked) !== String(answered))
      found.add(
        'mistrained',
        placed.at,
        'results_not_ordered',
        'Results cannot be put into the order of the calls; order alone says what they answer.',
      );
  }
}

function checkRejected(found: Findings, row: JsonObject): void {
  const last = messagesAt(row, 'messages').at(-1);
  const { rejected_response } = row;
  // Behind calls stands the last of them, not the words before.
  const words = arrayOf(last?.message.tool_calls).length > 0 ? null : last?.message.content;
  if (rejected_response === null || (isText(rejected_response) && rejected_response === words))
    found.stops('rejected_response', 'rejected_same', 'The worse answer is the answer itself: the row is deleted.');
}
