import { arrayOf, isObject, type JsonObject, parseJson } from '../../ground/json.js';
import { checkTools, Findings, isContext, isText, messagesAt, type Placed } from './reading.js';
import type { Trainer } from './trainer.js';

export const skyrl = {
  id: 'skyrl',
  title: 'SkyRL',
  description:
    'SkyRL 0.4: its SFT trainer, which learns the last answer unless `train_on_what` says all; what is too long is cut.',
  layouts: ['skyrl', 'trl-messages', 'openai-chat'],
  tooLong: 'truncated',
  open() {
    return {
      row(row) {
        const found = new Findings();
        const messages = messagesAt(row, 'messages');
        while (messages.at(-1)?.message.role === 'tool')
          found.add(
            'dropped',
            messages.pop()?.at ?? 'messages',
            'result_dropped',
            'Results behind the last answer are left out.',
          );
        const last = messages.at(-1);
        if (last?.message.role !== 'assistant') {
          found.add('skipped', last?.at ?? 'messages', 'no_answer', 'The conversation does not end with an answer.');
          return found.all;
        }
        if (messages.length === 1)
          found.stops(
            last.at,
            'prompt_empty',
            'Nothing stands before the answer: the chat template fails on no message.',
          );
        checkTools(found, row.tools);
        if (row.tools !== undefined && row.tools !== null && !isText(row.tools) && !Array.isArray(row.tools))
          found.stops('tools', 'tools_invalid', 'The tools are neither a list nor text.');
        for (const placed of messages) checkMessage(found, placed);
        if (isContext(last))
          found.add(
            'mistrained',
            last.at,
            'flag_ignored',
            'The last answer is marked as context alone, and is the one that is learned.',
          );
        return found.all;
      },
    };
  },
} satisfies Trainer;

function checkMessage(found: Findings, { message, at }: Placed): void {
  const { tool_calls } = message;
  if ((tool_calls ?? null) === null) return;
  const has = isText(tool_calls)
    ? tool_calls.trim() !== '' && tool_calls.trim() !== '[]'
    : arrayOf(tool_calls).length > 0 || isObject(tool_calls);
  if (!has) return;
  if (message.role !== 'assistant') {
    found.add('dropped', `${at}.tool_calls`, 'tool_calls_dropped', `Calls of ${String(message.role)} are left out.`);
    return;
  }
  const calls = isText(tool_calls) ? parseJson(tool_calls) : tool_calls;
  const list = isObject(calls) ? [calls as JsonObject] : arrayOf(calls);
  if (calls === undefined)
    found.stops(`${at}.tool_calls`, 'tool_calls_not_json', 'Tool calls are text that is no JSON.');
  else if (list.some((call) => !isObject(call)))
    found.stops(`${at}.tool_calls`, 'call_invalid', 'A tool call is no object.');
}
