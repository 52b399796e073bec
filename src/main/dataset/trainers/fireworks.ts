import { openAiRows } from './openai-rows.js';
import type { Trainer } from './trainer.js';

export const fireworks = {
  id: 'fireworks',
  title: 'Fireworks',
  description:
    'Fireworks’ tuning by its documents: OpenAI’s chat and preference rows, 3 to 3,000,000 of them. What is too long is cut.',
  layouts: ['openai-chat', 'openai-preference'],
  tooLong: 'truncated',
  open: () => openAiRows({ least: 3, most: 3_000_000 }),
} satisfies Trainer;
