import { describe, expect, it } from 'vitest';
import { trainers } from '../../../../src/main/dataset/trainers/index.js';
import type { RowCheck } from '../../../../src/main/dataset/trainers/trainer.js';
import type { JsonObject } from '../../../../src/main/ground/json.js';
import type { TrainerId } from '../../../../src/shared/model/index.js';

const user = { role: 'user', content: 'q' };
const answer = { role: 'assistant', content: 'a' };
const call = (args: unknown = { x: 1 }) => ({
  id: 'c',
  type: 'function',
  function: { name: 'search', arguments: args },
});
const asks = (content: unknown = '', args: unknown = { x: 1 }) => ({
  role: 'assistant',
  content,
  tool_calls: [call(args)],
});
const result = { role: 'tool', tool_call_id: 'c', content: 'r' };

/** `effect code field` of every finding. */
function found(id: TrainerId, row: unknown): string[] {
  return trainers[id]
    .open()
    .row(row as JsonObject)
    .map(({ effect, code, field }) => `${effect} ${code} ${field}`);
}

const traps: [TrainerId, string, unknown, string[]][] = [
  ['trl', 'unknown columns', { text: 'x' }, ['skipped keys_invalid ']],
  ['trl', 'mixed columns', { messages: [user, answer], prompt: 'x' }, ['skipped keys_invalid ']],
  ['trl', 'no messages', { messages: [] }, ['skipped messages_empty messages']],
  ['trl', 'tools that are no JSON', { messages: [user, answer], tools: '[{' }, ['skipped tools_not_json tools']],
  [
    'trl',
    'arguments as text',
    { messages: [user, asks('', '{"x":1}'), result, answer] },
    ['mistrained arguments_text messages[1].tool_calls[0]'],
  ],
  [
    'trl',
    'missing content',
    { messages: [{ role: 'user', content: null }, answer] },
    ['mistrained content_null messages[0].content'],
  ],
  [
    'trl',
    'a prompt that was answered',
    { prompt: [user, answer], completion: [answer] },
    ['mistrained prompt_continued prompt[1]'],
  ],
  [
    'trl',
    'a prompt of instructions',
    { prompt: [{ role: 'system', content: 's' }], completion: [answer] },
    ['skipped prompt_role prompt[0]'],
  ],
  [
    'trl',
    'results in a completion',
    { prompt: [user], completion: [asks(), result, answer] },
    ['mistrained foreign_words_learned completion[1]'],
  ],
  ['trl', 'a label that is none', { prompt: [user], completion: [answer], label: 1 }, ['skipped label_invalid label']],
  [
    'trl',
    'too few images',
    { messages: [{ role: 'user', content: [{ type: 'image' }] }, answer], images: [] },
    ['skipped image_count images'],
  ],
  [
    'trl',
    'flags it does not read',
    { messages: [user, { ...answer, weight: 0 }] },
    ['mistrained flag_ignored messages[1]'],
  ],
  ['axolotl', 'no messages', { messages: null }, ['skipped messages_missing messages']],
  [
    'axolotl',
    'arguments that do not parse',
    { messages: [user, asks('', '{')] },
    ['skipped arguments_not_json messages[1].tool_calls[0].function.arguments'],
  ],
  ['axolotl', 'tools that are one', { messages: [user, answer], tools: '{"a":1}' }, ['skipped tools_invalid tools']],
  [
    'axolotl',
    'nothing to learn',
    { messages: [user, { ...answer, train: false }] },
    ['skipped nothing_trained messages'],
  ],
  [
    'axolotl',
    'a last message that is not learned',
    { messages: [user, answer, user] },
    ['mistrained last_not_trained messages[2]'],
  ],
  [
    'axolotl',
    'users that are learned',
    { messages: [{ ...user, train: true }, answer] },
    ['mistrained foreign_words_learned messages[0]'],
  ],
  [
    'axolotl',
    'pairs with tools',
    { prompt: [user], tools: '[]', chosen: [asks()], rejected: [user, answer] },
    [
      'dropped tools_ignored tools',
      'dropped only_last_message rejected[0]',
      'dropped tool_calls_ignored chosen[0].tool_calls',
    ],
  ],
  [
    'axolotl',
    'steps without labels',
    { prompt: 'p', completions: ['a', 'b'], labels: [true] },
    ['dropped lengths_differ labels'],
  ],
  [
    'axolotl',
    'ragged logprobs',
    {
      messages: [user, answer],
      logprobs: [
        [{ token: 'token_id:1', logprob: -1 }],
        [
          { token: 'token_id:1', logprob: -1 },
          { token: 'x', logprob: -2 },
        ],
      ],
    },
    ['skipped logprobs_ragged logprobs', 'skipped logprob_invalid logprobs[1]'],
  ],
  [
    'llamafactory',
    'turns that do not alternate',
    {
      conversations: [
        { from: 'human', value: 'a' },
        { from: 'human', value: 'b' },
      ],
    },
    ['skipped role_order conversations[1].from'],
  ],
  [
    'llamafactory',
    'a conversation without an answer',
    { conversations: [{ from: 'human', value: 'a' }] },
    ['skipped message_count conversations[0]'],
  ],
  [
    'llamafactory',
    'a call that is no JSON',
    {
      conversations: [
        { from: 'human', value: 'a' },
        { from: 'function_call', value: 'search()' },
      ],
    },
    ['skipped function_call_not_json conversations[1].value'],
  ],
  [
    'llamafactory',
    'words beside calls',
    { messages: [user, asks('Looking.'), result, answer], tools: '[]' },
    ['overwritten content_overwritten messages[1].content'],
  ],
  [
    'llamafactory',
    'several results',
    { messages: [user, asks(), result, result, answer], tools: '[]' },
    ['merged results_merged messages[3]'],
  ],
  [
    'llamafactory',
    'results at the end',
    { messages: [user, answer, result], tools: '[]' },
    ['dropped result_dropped messages[2]'],
  ],
  ['llamafactory', 'no tools', { messages: [user, answer] }, ['mistrained thinking_off_added tools']],
  [
    'llamafactory',
    'later instructions',
    { messages: [user, { role: 'system', content: 's' }, answer], tools: '[]' },
    ['skipped role_order messages[1].role'],
  ],
  [
    'llamafactory',
    'pairs with results',
    { chosen: [user, asks(), result, answer], rejected: [user, answer] },
    ['dropped tool_calls_ignored chosen[1].tool_calls', 'dropped result_dropped chosen[2]'],
  ],
  [
    'llamafactory',
    'v1: unknown contents',
    {
      messages: [
        { role: 'user', content: [{ type: 'video_url', value: 'x' }] },
        { role: 'assistant', content: [{ type: 'text', value: 'a' }] },
      ],
    },
    ['skipped content_type messages[0].content[0]'],
  ],
  [
    'llamafactory',
    'v1: no weight',
    { messages: [{ role: 'assistant', content: [{ type: 'text', value: 'a' }], loss_weight: 0 }] },
    ['skipped nothing_trained messages'],
  ],
  [
    'ms-swift',
    'unknown roles',
    { messages: [{ role: 'developer', content: 'x' }, answer] },
    ['skipped role_unknown messages[0].role'],
  ],
  [
    'ms-swift',
    'missing content',
    { messages: [user, { role: 'assistant', content: null }] },
    ['skipped content_null messages[1].content'],
  ],
  [
    'ms-swift',
    'reasoning beside the content',
    { messages: [user, { ...answer, reasoning_content: 'hm' }] },
    ['dropped reasoning_dropped messages[1].reasoning_content'],
  ],
  [
    'ms-swift',
    'the same answer twice',
    { messages: [user, answer], rejected_response: 'a' },
    ['skipped rejected_same rejected_response'],
  ],
  [
    'ms-swift',
    'results it cannot put in order',
    {
      messages: [
        user,
        { ...asks(), tool_calls: [call(), { ...call(), id: 'd' }] },
        { ...result, tool_call_id: 'd' },
        answer,
      ],
    },
    ['mistrained results_not_ordered messages[1]'],
  ],
  [
    'ms-swift',
    'marks without images',
    { messages: [{ role: 'user', content: '<image>' }, answer] },
    ['skipped image_count images'],
  ],
  [
    'verl',
    'reasoning',
    { messages: [user, { ...answer, reasoning_content: 'hm' }] },
    ['skipped reasoning_mismatch messages[1].reasoning_content'],
  ],
  [
    'verl',
    'flags it does not read',
    { messages: [user, { ...answer, train: false }] },
    ['mistrained flag_ignored messages[1]'],
  ],
  [
    'verl',
    'marks without images',
    { messages: [{ role: 'user', content: '<image>' }, answer], images: [] },
    ['skipped image_count images'],
  ],
  [
    'verl',
    'no ground truth',
    { prompt: [user, answer], data_source: 'x' },
    ['mistrained prompt_answered prompt[1]', 'skipped ground_truth_missing reward_model'],
  ],
  ['skyrl', 'results at the end', { messages: [user, answer, result] }, ['dropped result_dropped messages[2]']],
  ['skyrl', 'no answer', { messages: [user] }, ['skipped no_answer messages[0]']],
  [
    'skyrl',
    'calls that do not parse',
    { messages: [user, { ...answer, tool_calls: '[{' }] },
    ['skipped tool_calls_not_json messages[1].tool_calls'],
  ],
  ['openrlhf', 'tools', { input: [user], output: [answer], tools: '[]' }, ['dropped tools_ignored tools']],
  ['openrlhf', 'text and messages', { input: [user], output: 'a' }, ['skipped types_differ input']],
  [
    'openrlhf',
    'results in an answer',
    { input: [user], output: [asks(), result, answer] },
    ['mistrained foreign_words_learned output[1]'],
  ],
  [
    'nemo-gym',
    'fields nobody takes',
    { responses_create_params: { input: 'x', foo: 1 }, expected_answer: 'a' },
    ['skipped param_unknown responses_create_params.foo'],
  ],
  [
    'nemo-gym',
    'items of another API',
    { responses_create_params: { input: [{ role: 'tool', content: 'x' }] } },
    ['dropped item_unknown responses_create_params.input[0]', 'mistrained nothing_to_verify '],
  ],
  [
    'openai',
    'arguments as an object',
    { messages: [user, asks(null), result, answer] },
    ['skipped arguments_not_json messages[1].tool_calls[0].function.arguments'],
  ],
  [
    'openai',
    'a call nobody answers',
    { messages: [user, asks(null, '{}'), user, answer] },
    ['skipped call_without_result messages[2]'],
  ],
  [
    'openai',
    'keys of others',
    { messages: [user, { ...answer, reasoning_content: 'x' }] },
    ['skipped key_unknown messages[1].reasoning_content'],
  ],
  ['openai', 'no answer', { messages: [user] }, ['skipped no_answer messages[0]', 'skipped nothing_trained messages']],
  ['together', 'two forms at once', { messages: [user, answer], text: 'x' }, ['skipped form_unclear ']],
  ['together', 'turns that do not alternate', { messages: [user, user, answer] }, ['skipped role_order messages[1]']],
];

describe('traps', () => {
  it.each(traps)('%s announces %s', (id, _, row, expected) => {
    expect(found(id, row)).toEqual(expected);
  });

  it('files have a size', () => {
    const ends = (id: TrainerId) => (trainers[id].open() as RowCheck).end?.().map(({ code }) => code);
    expect([ends('openai'), ends('azure'), ends('fireworks')]).toEqual([
      ['too_few_rows'],
      ['too_few_rows'],
      ['too_few_rows'],
    ]);
  });

  it('together takes one form a file', () => {
    const check = trainers.together.open();
    check.row({ text: 'x' });
    expect(check.row({ messages: [user, answer] }).map(({ code }) => code)).toEqual(['form_changes']);
  });
});
