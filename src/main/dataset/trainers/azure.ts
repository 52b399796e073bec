import { openAiRows } from './openai-rows.js';
import type { Trainer } from './trainer.js';

export const azure = {
  id: 'azure',
  title: 'Azure',
  description:
    'Azure’s tuning of OpenAI models by its documents: the same rows, at least ten. What is too long is cut.',
  layouts: ['openai-chat', 'openai-preference', 'openai-rft'],
  tooLong: 'truncated',
  open: () => openAiRows({ least: 10 }),
} satisfies Trainer;
