import { arrayOf, isObject, type JsonObject, parseJson } from '../../ground/json.js';
import { checkV1 } from './llamafactory-v1.js';
import { callsAt, countMarks, Findings, ignoredFlags, isText, messagesAt, type Placed } from './reading.js';
import type { Trainer } from './trainer.js';

export const llamafactory = {
  id: 'llamafactory',
  title: 'LLaMA-Factory',
  description:
    'LLaMA-Factory 0.9.5: its ShareGPT and OpenAI converters, and samples and pairs of its v1 engine; what is too long is cut.',
  layouts: ['llamafactory-v1', 'llamafactory-sharegpt'],
  tooLong: 'truncated',
  open() {
    return {
      row(row) {
        const found = new Findings();
        const v1 = ['messages', 'chosen_messages'].some((column) =>
          messagesAt(row, column).some(({ message }) => Array.isArray(message.content)),
        );
        if (v1 || 'chosen_messages' in row) checkV1(found, row);
        else if ('conversations' in row) checkSharegpt(found, row);
        else if ('messages' in row) checkOpenAi(found, row);
        else if ('chosen' in row) checkPair(found, row);
        else found.stops('', 'keys_invalid', 'No column that a converter reads.');
        return found.all;
      },
    };
  },
} satisfies Trainer;

const userRoles = ['human', 'observation'];
const answeringRoles = ['gpt', 'function_call'];

function checkSharegpt(found: Findings, row: JsonObject): void {
  const ranking = isObject(row.chosen) && isObject(row.rejected);
  let messages = messagesAt(row, 'conversations');
  if (messages[0]?.message.from === 'system') messages = messages.slice(1);
  const wrong = messages.findIndex(
    ({ message }, index) => !(index % 2 === 0 ? userRoles : answeringRoles).includes(message.from as string),
  );
  checkTurns(found, messages, wrong === -1 ? null : wrong, ranking, 'from');
  if (ranking)
    for (const side of ['chosen', 'rejected'] as const) {
      const from = String((row[side] as JsonObject).from);
      if (answeringRoles.includes(from)) continue;
      // It warns of a wrong role, and goes on with it.
      if (userRoles.includes(from) || from === 'system')
        found.add('mistrained', `${side}.from`, 'answer_role', `An answer of ${from} is learned as it stands.`);
      else found.stops(`${side}.from`, 'role_unknown', `Nobody is called ${from}.`);
    }
  for (const { message, at } of messages)
    if (message.from === 'function_call' && !isCallText(message.value))
      found.stops(`${at}.value`, 'function_call_not_json', 'A function call is no JSON with name and arguments.');
  checkTemplateTools(found, row.tools);
  checkMarks(found, row, messages, 'value');
}

/** Turns alternate and end with an answer, else the row is dropped with a warning. */
function checkTurns(
  found: Findings,
  messages: readonly Placed[],
  wrong: number | null,
  ranking: boolean,
  key: string,
): void {
  if (wrong !== null) {
    const { message, at } = messages[wrong] as Placed;
    found.add(
      'skipped',
      `${at}.${key}`,
      'role_order',
      `${String(message[key])} is not due here; turns must alternate.`,
    );
  } else if (messages.length === 0) found.add('skipped', 'messages', 'messages_empty', 'There are no messages.');
  else if ((messages.length % 2 === 1) !== ranking)
    found.add(
      'skipped',
      messages.at(-1)?.at ?? 'messages',
      'message_count',
      `${messages.length} messages do not end as they must.`,
    );
}

/** What the template’s function formatter can parse: JSON, after thoughts, or between its tags. */
function isCallText(value: JsonObject[string] | undefined): boolean {
  if (!isText(value)) return false;
  const tagged = /<tool_call>([\s\S]*?)<\/tool_call>/.exec(value)?.[1];
  const calls = parseJson(tagged ?? value.replace(/<think>[\s\S]*?<\/think>/, ''));
  const list = Array.isArray(calls) ? calls : [calls];
  return list.every((call) => isObject(call) && 'name' in call && 'arguments' in call);
}

function checkTemplateTools(found: Findings, tools: JsonObject[string] | undefined): void {
  if (!isText(tools) || tools === '') return;
  if (!Array.isArray(parseJson(tools))) found.stops('tools', 'tools_not_json', 'The tools are no JSON list.');
}

function checkMarks(found: Findings, row: JsonObject, messages: readonly Placed[], key: string): void {
  const images = arrayOf(row.images).length;
  const marks = countMarks(messages, key, '<image>');
  if (images !== marks) found.stops('images', 'image_count', `${images} images for ${marks} marks <image>.`);
}

const roles = ['system', 'user', 'assistant', 'tool', 'observation', 'function_call', 'function'];

function checkOpenAi(found: Findings, row: JsonObject): void {
  let messages = messagesAt(row, 'messages');
  const system = messages[0]?.message.role === 'system' ? messages[0].message.content : row.system;
  if (messages[0]?.message.role === 'system') messages = messages.slice(1);
  for (const placed of messages) checkOpenAiMessage(found, placed);
  if (found.all.some(({ code }) => code === 'role_unknown' || code === 'content_missing')) return;
  checkAligned(found, messages);
  if (!hasTools(row.tools) && !(isText(system) && /detailed thinking (on|off)/.test(system)))
    found.add(
      'mistrained',
      'tools',
      'thinking_off_added',
      'Without tools "detailed thinking off" is added to the instructions.',
    );
  ignoredFlags(found, messages);
  checkMarks(found, row, messages, 'content');
}

function hasTools(tools: JsonObject[string] | undefined): boolean {
  return isText(tools) ? tools !== '' : Array.isArray(tools) || isObject(tools);
}

function checkOpenAiMessage(found: Findings, placed: Placed): void {
  const { message, at } = placed;
  if (!roles.includes(String(message.role)))
    found.stops(`${at}.role`, 'role_unknown', `Nobody is called ${String(message.role)}.`);
  if (!('content' in message)) found.stops(`${at}.content`, 'content_missing', 'The message has no content.');
  const calls = message.role === 'assistant' ? callsAt(placed) : [];
  if (calls.length > 0 && isText(message.content) && message.content !== '')
    found.add(
      'overwritten',
      `${at}.content`,
      'content_overwritten',
      'Tool calls take the place of the text beside them.',
    );
  if (calls.length === 0 && message.content === null && message.role !== 'tool')
    found.stops(`${at}.content`, 'content_null', 'The message has no content.');
  if (calls.some(({ call }) => !('function' in call)))
    found.stops(`${at}.tool_calls`, 'call_invalid', 'A tool call has no function.');
  if (isText(message.reasoning_content) && message.reasoning_content !== '')
    found.add('dropped', `${at}.reasoning_content`, 'reasoning_dropped', 'Reasoning is left out.');
}

/** Results that follow each other become one; those at the end are lost. */
function checkAligned(found: Findings, messages: readonly Placed[]): void {
  const aligned: Placed[] = [];
  let results: Placed[] = [];
  for (const placed of messages) {
    if (placed.message.role === 'tool' || placed.message.role === 'observation') {
      results.push(placed);
      continue;
    }
    if (results.length > 0) aligned.push(results[0] as Placed);
    for (const { at } of results.slice(1))
      found.add('merged', at, 'results_merged', 'Results that follow each other become one message.');
    results = [];
    aligned.push(placed);
  }
  for (const { at } of results) found.add('dropped', at, 'result_dropped', 'Results behind the last answer are lost.');
  const due = (role: string, index: number) =>
    index % 2 === 0
      ? role === 'user' || role === 'tool' || role === 'observation'
      : ['assistant', 'function_call', 'function'].includes(role);
  const wrong = aligned.findIndex(({ message }, index) => !due(String(message.role), index));
  checkTurns(found, aligned, wrong === -1 ? null : wrong, false, 'role');
}

/** v1’s `pair` converter: two conversations of plain messages. */
function checkPair(found: Findings, row: JsonObject): void {
  if ('prompt' in row)
    found.add(
      'dropped',
      'prompt',
      'prompt_ignored',
      'The pair converter takes chosen and rejected alone, as whole conversations.',
    );
  for (const side of ['chosen', 'rejected'])
    for (const placed of messagesAt(row, side)) {
      const { message, at } = placed;
      if (!('content' in message)) found.stops(`${at}.content`, 'content_missing', 'The message has no content.');
      else if (message.role === 'tool') {
        if (!isText(message.content) || parseJson(message.content) === undefined)
          found.add('dropped', at, 'result_dropped', 'Results are read as JSON of tool calls; what is none is lost.');
        else found.add('mistrained', at, 'result_as_call', 'A result is read as if it were a tool call.');
      }
      if (callsAt(placed).length > 0)
        found.add('dropped', `${at}.tool_calls`, 'tool_calls_ignored', 'The pair converter takes contents alone.');
      if (isText(message.reasoning_content))
        found.add('dropped', `${at}.reasoning_content`, 'reasoning_dropped', 'Reasoning is left out.');
    }
  if (isText(row.tools) && parseJson(row.tools) === undefined)
    found.add('dropped', 'tools', 'tools_not_json', 'Tools that are no JSON text are left out.');
}
