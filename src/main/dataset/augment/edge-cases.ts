import type { Call } from '../../../shared/model/index.js';
import { type Augmenter, derived } from './augmenter.js';

type Offer = Call['tools_offered'][number];

/** Tools that fit no task: one that is chosen anyway was chosen blindly. */
const distractors: readonly Offer[] = [
  {
    name: 'get_moon_phase',
    description: 'Returns the phase of the moon on a day',
    parameters: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
  },
  {
    name: 'convert_currency',
    description: 'Converts an amount between two currencies',
    parameters: {
      type: 'object',
      properties: { amount: { type: 'number' }, from: { type: 'string' }, to: { type: 'string' } },
      required: ['amount', 'from', 'to'],
    },
  },
  {
    name: 'play_sound',
    description: 'Plays a sound on the user’s machine',
    parameters: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  },
];

/**
 * The same example at an edge of what it was asked with, where the expected output stays right: tools that do not help stand among the
 * others and all in another order, or none but those that are needed.
 */
export const edgeCases = {
  id: 'edge-cases',
  title: 'Edge cases',
  description: 'The same task with tools that do not help among the others, and with none but those it needs.',
  kind: 'made',
  *derive(example, dice) {
    const { call, messages } = example;
    const used = new Set(
      messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool_call' ? [part.name] : []))),
    );
    if (call.tools_offered.length === 0 || used.size === 0) {
      yield { skipped: 'no tool is used in it' };
      return;
    }
    const offered = new Set(call.tools_offered.map(({ name }) => name));
    const more = distractors.filter(({ name }) => !offered.has(name));
    const shuffled = [...call.tools_offered, ...more];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const at = dice.number(last + 1);
      [shuffled[last], shuffled[at]] = [shuffled[at] as Offer, shuffled[last] as Offer];
    }
    yield derived(
      example,
      'edge-cases',
      'tools that do not help among the others',
      { added: more.map(({ name }) => name) },
      { call: { ...call, tools_offered: shuffled }, logprobs: [] },
    );
    const needed = call.tools_offered.filter(({ name }) => used.has(name));
    if (needed.length < call.tools_offered.length)
      yield derived(
        example,
        'edge-cases',
        'no tool but those that are used',
        { removed: call.tools_offered.length - needed.length },
        { call: { ...call, tools_offered: needed }, logprobs: [] },
      );
  },
} satisfies Augmenter;
