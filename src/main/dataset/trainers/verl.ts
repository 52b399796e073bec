import { arrayOf, isObject, type JsonObject } from '../../ground/json.js';
import { countMarks, Findings, ignoredFlags, isText, messagesAt, type Placed } from './reading.js';
import type { Trainer } from './trainer.js';

export const verl = {
  id: 'verl',
  title: 'verl',
  description: 'verl 0.9.1: MultiTurnSFTDataset and RLHFDataset; what is too long ends the run, or is filtered in RL.',
  layouts: ['verl-sft', 'verl-rl'],
  tooLong: 'skipped',
  open() {
    return {
      row(row) {
        const found = new Findings();
        if ('prompt' in row || 'data_source' in row) checkRl(found, row);
        else checkSft(found, row);
        return found.all;
      },
    };
  },
} satisfies Trainer;

function checkSft(found: Findings, row: JsonObject): void {
  const messages = checkMessages(found, row, 'messages');
  for (const { message, at } of messages)
    if (isText(message.reasoning_content))
      found.stops(
        `${at}.reasoning_content`,
        'reasoning_mismatch',
        'Each message is rendered alone; templates that leave out earlier reasoning give another text for the whole, which ends the run.',
      );
  ignoredFlags(found, messages);
  if (messages.length > 0 && !messages.some(({ message }) => message.role === 'assistant'))
    found.add('skipped', 'messages', 'nothing_trained', 'There is no answer to learn.');
}

function checkMessages(found: Findings, row: JsonObject, column: string): Placed[] {
  const messages = messagesAt(row, column);
  if (messages.length === 0) found.stops(column, 'messages_empty', 'There are no messages.');
  for (const { message, at } of messages) {
    if (!('content' in message)) found.stops(`${at}.content`, 'content_missing', 'The message has no content.');
    else if (message.content === null)
      found.add('mistrained', `${at}.content`, 'content_null', 'Templates write the missing content as a word.');
  }
  const images = arrayOf(row.images).length;
  // Marks count only where there is a column of images.
  const marks = 'images' in row ? countMarks(messages, 'content', '<image>') : 0;
  if (images !== marks) found.stops('images', 'image_count', `${images} images for ${marks} marks <image>.`);
  return messages;
}

function checkRl(found: Findings, row: JsonObject): void {
  const last = checkMessages(found, row, 'prompt').at(-1);
  if (last?.message.role === 'assistant')
    found.add(
      'mistrained',
      last.at,
      'prompt_answered',
      'The prompt ends with an answer; the model is asked for another behind it.',
    );
  if (!isText(row.data_source))
    found.stops('data_source', 'data_source_missing', 'Nothing says which reward function to take.');
  if (!isObject(row.reward_model) || !('ground_truth' in row.reward_model))
    found.stops('reward_model', 'ground_truth_missing', 'Rewards have nothing to compare with.');
  const { extra_info } = row;
  if (isObject(extra_info) && extra_info.need_tools_kwargs === true && !isObject(extra_info.tools_kwargs))
    found.add('dropped', 'extra_info', 'tools_kwargs_empty', 'Tools are needed and none are given.');
  if ('tools' in row) found.add('dropped', 'tools', 'tools_ignored', 'Tools are set by configuration, not by row.');
}
