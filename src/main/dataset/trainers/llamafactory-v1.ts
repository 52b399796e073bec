import { arrayOf, isObject, type JsonObject, parseJson } from '../../ground/json.js';
import { type Findings, isText, messagesAt, type Placed } from './reading.js';

const answerTypes = ['text', 'reasoning', 'tool_call'];

/** Samples of the v1 engine, as its template for Qwen 3 renders them; the others know fewer types. */
export function checkV1(found: Findings, row: JsonObject): void {
  if (isText(row.tools) && row.tools !== '' && parseJson(row.tools) === undefined)
    found.stops('tools', 'tools_not_json', 'The tools are no JSON text.');
  const columns = 'messages' in row ? ['messages'] : ['chosen_messages', 'rejected_messages'];
  for (const column of columns) {
    const messages = messagesAt(row, column);
    if (messages.length === 0) {
      found.stops(column, 'messages_empty', 'There are no messages.');
      continue;
    }
    for (const placed of messages) checkContents(found, placed);
    checkReasoning(found, messages);
    if (!messages.some(({ message }) => (weightOf(message) ?? 0) > 1e-6))
      found.add('skipped', column, 'nothing_trained', 'No message has a weight in the loss.');
    for (const { message, at } of messages)
      if (message.role !== 'assistant' && (weightOf(message) ?? 0) > 1e-6)
        found.add('mistrained', at, 'foreign_words_learned', `What ${String(message.role)} says is learned.`);
  }
}

function weightOf(message: JsonObject): number | null {
  if (typeof message.loss_weight === 'number') return message.loss_weight;
  return message.role === 'assistant' ? 1 : 0;
}

function checkContents(found: Findings, { message, at }: Placed): void {
  if (!Array.isArray(message.content)) {
    found.stops(`${at}.content`, 'content_invalid', 'Contents are a list here.');
    return;
  }
  const allowedTypes = message.role === 'assistant' ? answerTypes : ['text'];
  for (const [index, part] of message.content.entries()) {
    const field = `${at}.content[${index}]`;
    if (!isObject(part) || !isText(part.value))
      found.stops(field, 'content_invalid', 'A content is not {type, value}.');
    else if (!allowedTypes.includes(String(part.type)))
      found.stops(field, 'content_type', `Templates cannot render ${String(part.type)} of ${String(message.role)}.`);
    else if (part.type === 'tool_call' && !isObject(parseJson(part.value)))
      found.stops(field, 'tool_call_not_json', 'A tool call is no JSON text.');
  }
}

/** Reasoning is rendered behind the last question alone. */
function checkReasoning(found: Findings, messages: readonly Placed[]): void {
  const asked = messages.findLastIndex(({ message }) => message.role === 'user');
  for (const { message, at } of messages.slice(0, Math.max(0, asked)))
    for (const [index, part] of arrayOf(message.content).entries())
      if (isObject(part) && part.type === 'reasoning')
        found.add(
          'dropped',
          `${at}.content[${index}]`,
          'reasoning_dropped',
          'Reasoning before the last question is left out.',
        );
}
