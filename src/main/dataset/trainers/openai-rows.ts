import { arrayOf, isObject, type JsonObject, parseJson } from '../../ground/json.js';
import { callsAt, Findings, isText, type Json, messagesAt, type Placed } from './reading.js';
import type { RowCheck, RowFinding } from './trainer.js';

const roles = ['system', 'developer', 'user', 'assistant', 'tool'];
const nameForm = /^[a-zA-Z0-9_-]{1,64}$/;

/** Rows in OpenAI’s forms as its services take them, and how few or many a file may have. */
export function openAiRows({ least, most }: { least: number; most?: number }): RowCheck {
  let rows = 0;
  return {
    row(row) {
      rows += 1;
      return openAiRow(row);
    },
    end() {
      const found = new Findings();
      if (rows < least) found.stops('', 'too_few_rows', `A file needs at least ${least} rows, this one has ${rows}.`);
      if (most !== undefined && rows > most)
        found.stops('', 'too_many_rows', `A file has at most ${most} rows, this one ${rows}.`);
      return found.all;
    },
  };
}

export function openAiRow(row: JsonObject): RowFinding[] {
  const found = new Findings();
  if ('preferred_output' in row) {
    const input = isObject(row.input) ? row.input : {};
    checkMessages(found, input, 'messages', 'asked');
    for (const side of ['preferred_output', 'non_preferred_output']) checkMessages(found, row, side, 'answer');
    checkTools(found, input.tools);
  } else {
    const rft = Object.keys(row).some((key) => key.startsWith('reference_'));
    checkMessages(found, row, 'messages', rft ? 'question' : 'conversation');
    checkTools(found, row.tools);
  }
  return found.all;
}

/** @param kind `asked` may end with whom it likes, `answer` begins with an answer, `question` ends with the user */
function checkMessages(
  found: Findings,
  row: JsonObject,
  column: string,
  kind: 'asked' | 'answer' | 'question' | 'conversation',
): void {
  const messages = messagesAt(row, column);
  if (messages.length === 0) {
    found.stops(column, 'messages_empty', 'There are no messages.');
    return;
  }
  for (const placed of messages) checkMessage(found, placed);
  checkResults(found, messages, kind);
  const [first, last] = [messages[0] as Placed, messages.at(-1) as Placed];
  if (kind === 'conversation' && last.message.role !== 'assistant')
    found.stops(last.at, 'no_answer', 'The conversation does not end with an answer.');
  if (kind === 'question' && last.message.role !== 'user')
    found.stops(last.at, 'no_question', 'The prompt does not end with the user.');
  if (kind === 'answer' && first.message.role !== 'assistant') found.stops(first.at, 'no_answer', 'This is no answer.');
  const learned = messages.filter(({ message }) => message.role === 'assistant' && message.weight !== 0);
  if (kind === 'conversation' && learned.length === 0) found.stops(column, 'nothing_trained', 'No answer is learned.');
}

function checkMessage(found: Findings, placed: Placed): void {
  const { message, at } = placed;
  const { role, content } = message;
  if (!roles.includes(String(role))) found.stops(`${at}.role`, 'role_unknown', `Nobody is called ${String(role)}.`);
  const calls = callsAt(placed);
  if ((content ?? null) === null && !(role === 'assistant' && calls.length > 0))
    found.stops(`${at}.content`, 'content_null', 'The message has no content.');
  if (Array.isArray(content) && role !== 'user' && content.some((part) => isObject(part) && part.type !== 'text'))
    found.stops(`${at}.content`, 'content_type', 'Only the user shows images.');
  if (message.weight !== undefined && message.weight !== 0 && message.weight !== 1)
    found.stops(`${at}.weight`, 'weight_invalid', 'A weight is 0 or 1.');
  for (const key of Object.keys(message))
    if (
      !['role', 'content', 'name', 'tool_calls', 'tool_call_id', 'weight', 'refusal'].includes(key) &&
      message[key] !== null
    )
      found.stops(`${at}.${key}`, 'key_unknown', `Messages have no ${key}.`);
  for (const { call, at: where } of calls) {
    const fn = isObject(call.function) ? call.function : {};
    if (!isText(call.id) || call.type !== 'function')
      found.stops(where, 'call_invalid', 'A call needs an id and the type function.');
    if (!isText(fn.name) || !nameForm.test(fn.name))
      found.stops(`${where}.function.name`, 'name_invalid', 'This is no name of a function.');
    if (!isText(fn.arguments) || parseJson(fn.arguments) === undefined)
      found.stops(`${where}.function.arguments`, 'arguments_not_json', 'Arguments are no JSON text.');
  }
}

/** Every call is answered directly behind it, and nothing else is. */
function checkResults(found: Findings, messages: readonly Placed[], kind: string): void {
  let open = new Set<Json>();
  for (const placed of messages) {
    const { message, at } = placed;
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id ?? null) && !(kind === 'answer'))
        found.stops(`${at}.tool_call_id`, 'result_without_call', 'No call directly before it has this id.');
      continue;
    }
    if (open.size > 0) found.stops(at, 'call_without_result', 'A call before this is not answered.');
    open = new Set(callsAt(placed).map(({ call }) => call.id ?? null));
  }
  // A conversation may end with calls: they are what is learned.
}

function checkTools(found: Findings, tools: Json | undefined): void {
  if (tools === undefined || tools === null) return;
  if (!Array.isArray(tools)) found.stops('tools', 'tools_invalid', 'The tools are no list.');
  if (arrayOf(tools).length > 128) found.stops('tools', 'too_many_tools', 'More than 128 tools.');
  for (const [index, tool] of arrayOf(tools).entries()) {
    const fn = isObject(tool) && isObject(tool.function) ? tool.function : {};
    if (!isText(fn.name) || !nameForm.test(fn.name))
      found.stops(`tools[${index}].function.name`, 'name_invalid', 'This is no name of a function.');
  }
}
