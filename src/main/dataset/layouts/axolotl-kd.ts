import * as z from 'zod';
import type { TokenLogprob } from '../../../shared/model/index.js';
import { axolotlConfig, axolotlMessage, axolotlMessages } from './axolotl-chat.js';
import { toolsText } from './chat-messages.js';
import { type ExampleLayout, reasoningKept } from './layout.js';
import { toolsOf } from './openai-tools.js';
import { fitting, turnsOf, Unfit } from './turns.js';

const entry = z.object({ token: z.string().regex(/^token_id:\d+$/), logprob: z.number() });
const row = z.object({
  messages: z.array(axolotlMessage).min(1).describe('The conversation, ending with the teacher’s answer'),
  tools: z.string().optional().describe('JSON text: the functions the model could call'),
  logprobs: z
    .array(z.array(entry).min(1))
    .min(1)
    .describe('Per token of the last answer the likeliest tokens, as many at each place'),
});

/** Axolotl’s `type: axolotl.integrations.kd.chat_template` for distillation from a teacher’s logprobs. */
export const axolotlKd = {
  id: 'axolotl-kd',
  title: 'Axolotl distillation',
  description:
    'One row per answer whose token ids and logprobs were on the wire, for Axolotl’s knowledge distillation; axolotl.yaml reads it.',
  of: 'examples',
  package: 'kd-mix',
  needs: ['logprobs'],
  consent: 'beside',
  row,
  choices: { reasoning: reasoningKept },
  *rows(example, { reasoning, logprobs: onWire }) {
    yield* fitting(function* () {
      const logprobs = likeliest(example.logprobs ?? onWire(example.trace, example.call));
      const turns = turnsOf(example, reasoning);
      const messages = axolotlMessages(turns).map((message, index) => ({
        ...message,
        train: index === turns.length - 1,
      }));
      yield { messages, ...toolsText(toolsOf(example, turns)), logprobs };
    });
  },
  beside: (written) =>
    axolotlConfig(written, 'axolotl.integrations.kd.chat_template', [
      'message_field_training: train',
      'logprobs_field: logprobs',
    ]),
} satisfies ExampleLayout<typeof row>;

/** Per place the likeliest tokens, cut to as many as every place has: the trainer takes one number for all. */
function likeliest(tokens: readonly TokenLogprob[]): z.infer<typeof entry>[][] {
  const places = tokens.map(({ top = [] }) =>
    top.flatMap(({ token_id, logprob }) =>
      token_id === undefined || logprob === null ? [] : [{ token: `token_id:${token_id}`, logprob }],
    ),
  );
  const k = places.length === 0 ? 0 : Math.min(...places.map((place) => place.length));
  if (k === 0) throw new Unfit('no token ids with logprobs on the wire');
  return places.map((place) => place.slice(0, k));
}
