import { arrayOf, isObject, type JsonObject, parseJson } from '../../ground/json.js';
import { callsAt, Findings, isText, type Json, messagesAt, type Placed } from './reading.js';
import type { Trainer } from './trainer.js';

export const axolotl = {
  id: 'axolotl',
  title: 'Axolotl',
  description:
    'Axolotl 0.21: chat_template with train flags, DPO chat_template, stepwise_supervised and distillation; rows that are too long are left out.',
  layouts: ['axolotl-chat', 'axolotl-stepwise', 'axolotl-kd'],
  tooLong: 'skipped',
  open() {
    return {
      row(row) {
        const found = new Findings();
        if ('completions' in row || 'labels' in row) checkSteps(found, row);
        else if ('chosen' in row) checkPair(found, row);
        else checkChat(found, row);
        return found.all;
      },
    };
  },
} satisfies Trainer;

function checkChat(found: Findings, row: JsonObject): void {
  const parsedMessages = isText(row.messages) ? parseJson(row.messages) : row.messages;
  if (!Array.isArray(parsedMessages) || parsedMessages.length === 0) {
    found.stops('messages', 'messages_missing', 'There are no messages.');
    return;
  }
  const messages = messagesAt({ messages: parsedMessages }, 'messages');
  for (const placed of messages) checkMessage(found, placed);
  checkToolList(found, row.tools ?? undefined);
  checkTraining(found, messages);
  if ('logprobs' in row) checkLogprobs(found, row.logprobs);
}

function checkMessage(found: Findings, placed: Placed): void {
  const { message, at } = placed;
  if (!isText(message.role)) found.stops(`${at}.role`, 'role_missing', 'The message says nobody’s words.');
  for (const { call, at: where } of callsAt(placed)) {
    const args = isObject(call.function) ? call.function.arguments : undefined;
    if (isText(args) && parseJson(args) === undefined)
      found.stops(`${where}.function.arguments`, 'arguments_not_json', 'Arguments are text that is no JSON.');
  }
  for (const [index, part] of arrayOf(message.content).entries())
    if (isObject(part) && !isText(part.text ?? part.content ?? part.value))
      found.add(
        'dropped',
        `${at}.content[${index}]`,
        'part_dropped',
        `Contents become one text: a part of type ${String(part.type)} is left out.`,
      );
}

function checkToolList(found: Findings, tools: Json | undefined): void {
  if (tools === undefined) return;
  const list = isText(tools) ? parseJson(tools) : tools;
  if (list === undefined) found.stops('tools', 'tools_not_json', 'The tools are no JSON text.');
  else if (!Array.isArray(list)) found.stops('tools', 'tools_invalid', 'The tools are no list.');
  else
    for (const [index, tool] of list.entries()) {
      const parameters = isObject(tool) && isObject(tool.function) ? tool.function.parameters : undefined;
      if (isText(parameters) && parseJson(parameters) === undefined)
        found.stops(`tools[${index}]`, 'parameters_not_json', 'Parameters are text that is no JSON.');
    }
}

/** Without flags every answer is learned. */
function checkTraining(found: Findings, messages: readonly Placed[]): void {
  const learned = messages.map(({ message }) =>
    typeof message.train === 'boolean' ? message.train : message.role === 'assistant' || message.role === 'gpt',
  );
  if (!learned.includes(true)) {
    found.add(
      'skipped',
      'messages',
      'nothing_trained',
      'No message is learned; rows without learned tokens are left out.',
    );
    return;
  }
  if (learned.at(-1) === false)
    found.add(
      'mistrained',
      messages.at(-1)?.at ?? 'messages',
      'last_not_trained',
      'The last message is not learned; an end of turn may be learned in a wrong place.',
    );
  for (const [index, { message, at }] of messages.entries())
    if (learned[index] === true && message.role !== 'assistant' && message.role !== 'gpt')
      found.add('mistrained', at, 'foreign_words_learned', `What ${String(message.role)} says is learned.`);
}

function checkSteps(found: Findings, row: JsonObject): void {
  const [steps, labels] = [arrayOf(row.completions), arrayOf(row.labels)];
  if (!isText(row.prompt)) found.stops('prompt', 'prompt_invalid', 'The prompt is no text.');
  if (steps.some((step) => !isText(step))) found.stops('completions', 'step_invalid', 'A step is no text.');
  if (steps.length === 0) found.add('skipped', 'completions', 'nothing_trained', 'There is no step.');
  if (steps.length !== labels.length)
    found.add(
      'dropped',
      'labels',
      'lengths_differ',
      `${steps.length} steps and ${labels.length} labels: the rest is left out.`,
    );
  for (const [index, label] of labels.entries())
    if (!['boolean', 'number'].includes(typeof label) && !/^\s*[+-]?\d+\s*$/.test(String(label)))
      found.stops(`labels[${index}]`, 'label_invalid', 'A label is no whole number.');
}

/** What its DPO `chat_template` keeps of a pair. */
function checkPair(found: Findings, row: JsonObject): void {
  const column = 'messages' in row ? 'messages' : 'prompt';
  if (!(column in row)) found.stops('messages', 'messages_missing', 'There are no messages before the answers.');
  if ((row.tools ?? null) !== null)
    found.add('dropped', 'tools', 'tools_ignored', 'Pairs are rendered without their tools.');
  const sides = (['chosen', 'rejected'] as const).map((side) => messagesAt(row, side));
  for (const [index, side] of (['chosen', 'rejected'] as const).entries()) {
    if (!(side in row)) found.stops(side, 'answer_missing', 'A pair needs both answers.');
    const messages = sides[index] ?? [];
    for (const { at } of messages.slice(0, -1))
      found.add('dropped', at, 'only_last_message', 'Of an answer of several messages only the last is taken.');
  }
  for (const placed of [...messagesAt(row, column), ...sides.flatMap((side) => side.slice(-1))]) {
    const { message, at } = placed;
    if (!['user', 'assistant', 'system', 'tool'].includes(String(message.role)))
      found.stops(`${at}.role`, 'role_unknown', `Nobody is called ${String(message.role)}.`);
    if (!('content' in message)) found.stops(`${at}.content`, 'content_missing', 'The message has no content.');
    else if (message.content === null && message.role !== 'assistant' && !at.startsWith(column))
      found.stops(`${at}.content`, 'content_null', 'An answer of nobody’s words cannot be found in what is rendered.');
    else if (message.content === null)
      found.add('mistrained', `${at}.content`, 'content_null', 'Templates write the missing content as a word.');
    if (arrayOf(message.tool_calls).length > 0)
      found.add('dropped', `${at}.tool_calls`, 'tool_calls_ignored', 'Pairs are rendered without tool calls.');
    if (isText(message.reasoning_content))
      found.add(
        'dropped',
        `${at}.reasoning_content`,
        'reasoning_dropped',
        'Pairs are rendered without reasoning, unless it is mapped.',
      );
  }
}

function checkLogprobs(found: Findings, logprobs: Json | undefined): void {
  const places = arrayOf(logprobs);
  const sizes = new Set(places.map((place) => arrayOf(place).length));
  if (places.length === 0 || sizes.has(0)) found.stops('logprobs', 'logprobs_empty', 'A place has no candidates.');
  else if (sizes.size > 1) found.stops('logprobs', 'logprobs_ragged', 'Places have different numbers of candidates.');
  for (const [index, place] of places.entries())
    for (const entry of arrayOf(place))
      if (!isObject(entry) || typeof entry.logprob !== 'number' || !/^[^:]*:\d+$/.test(String(entry.token))) {
        found.stops(`logprobs[${index}]`, 'logprob_invalid', 'A candidate is not {token: "token_id:N", logprob}.');
        break;
      }
}
