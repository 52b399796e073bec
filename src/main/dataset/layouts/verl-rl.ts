import * as z from 'zod';
import { chatMessageSchema, chatMessages } from './chat-messages.js';
import type { ExampleLayout } from './layout.js';
import { answerText, question } from './turn-texts.js';
import { fitting, splitTurns } from './turns.js';
import { markImages } from './verl-sft.js';

const row = z.object({
  data_source: z.string().describe('Chooses the reward function: where the trace came from'),
  prompt: z.array(chatMessageSchema).min(1).describe('What the model is asked'),
  ability: z.string().describe('agent where tools were offered, else chat'),
  reward_model: z
    .object({ style: z.literal('rule'), ground_truth: z.string() })
    .describe('What was answered, which rewards compare with'),
  extra_info: z
    .object({ index: z.number().int(), trace_id: z.string(), need_tools_kwargs: z.boolean() })
    .describe('Where the row comes from'),
  images: z
    .array(z.object({ image: z.string() }))
    .optional()
    .describe('The images that `<image>` stands for'),
});

/** verl’s RLHFDataset. Tools are set there by configuration, not by row. */
export const verlRl = {
  id: 'verl-rl',
  title: 'verl RL',
  description: 'One row per question for verl’s reinforcement learning, with what was answered as ground truth.',
  of: 'examples',
  consent: 'beside',
  row,
  *rows(example) {
    const { trace, call } = example;
    yield* fitting(function* () {
      const { prompt, expected } = splitTurns(example, 'strip');
      const { marked, images } = markImages(question(prompt, expected));
      const answer = expected.findLast((turn) => turn.role === 'assistant');
      yield {
        data_source: `sluice/${trace.source.kind}`,
        prompt: chatMessages(marked, (url) => ({ type: 'image', url })),
        ability: call.tools_offered.length === 0 ? 'chat' : 'agent',
        reward_model: { style: 'rule' as const, ground_truth: answer === undefined ? '' : answerText(answer) },
        extra_info: {
          index: trace.calls.findIndex(({ call_id }) => call_id === call.call_id),
          trace_id: trace.trace_id,
          need_tools_kwargs: false,
        },
        ...(images.length === 0 ? {} : { images: images.map((image) => ({ image })) }),
      };
    });
  },
} satisfies ExampleLayout<typeof row>;
