import { arrayOf, type JsonObject } from '../../ground/json.js';
import { Findings, foreignWords, ignoredFlags, isText, messagesAt } from './reading.js';
import type { Trainer } from './trainer.js';

export const openRlhf = {
  id: 'openrlhf',
  title: 'OpenRLHF',
  description:
    'OpenRLHF 0.11: SFT, DPO and reward datasets with apply_chat_template; what is too long is cut, prompts that are too long are left out.',
  layouts: ['openrlhf', 'trl-preference', 'trl-prompt-completion'],
  tooLong: 'truncated',
  open() {
    return {
      row(row) {
        const found = new Findings();
        const [before, after] = columnsOf(row);
        if (before === null) {
          found.stops('', 'keys_invalid', 'No column that could be named as input.');
          return found.all;
        }
        const columns = [before, ...after];
        const kinds = new Set(
          columns.map((column) => (isText(row[column]) ? 'text' : Array.isArray(row[column]) ? 'list' : 'none')),
        );
        if (kinds.has('none') || kinds.size > 1)
          found.stops(before, 'types_differ', 'Prompt and answer must both be text or both be messages.');
        for (const column of columns)
          if (Array.isArray(row[column]) && arrayOf(row[column]).length === 0)
            found.add('skipped', column, 'messages_empty', 'Rows without prompt or answer are left out.');
        // All but the last message stand before the answer where no column of its own holds that.
        if ((before === 'messages' || before === 'chosen') && arrayOf(row[before]).length === 1)
          found.stops(
            before,
            'prompt_empty',
            'Nothing stands before the answer: the chat template fails on no message.',
          );
        if ((row.tools ?? null) !== null && row.tools !== '')
          found.add('dropped', 'tools', 'tools_ignored', 'No tools are given to the chat template.');
        const messages = columns.flatMap((column) => messagesAt(row, column));
        for (const { message, at } of messages)
          if ((message.content ?? null) === null)
            found.add('mistrained', `${at}.content`, 'content_null', 'Templates write the missing content as a word.');
        ignoredFlags(found, messages);
        for (const column of after) foreignWords(found, messagesAt(row, column));
        return found.all;
      },
    };
  },
} satisfies Trainer;

/** The columns that hold what stands before, and the answers. */
function columnsOf(row: JsonObject): [string | null, string[]] {
  if ('chosen' in row)
    return ['prompt' in row ? 'prompt' : 'chosen', 'prompt' in row ? ['chosen', 'rejected'] : ['rejected']];
  if ('input' in row) return ['input', ['output']];
  if ('prompt' in row) return ['prompt', 'completion' in row ? ['completion'] : ['output']];
  return ['messages' in row ? 'messages' : null, []];
}
