import { openAiRows } from './openai-rows.js';
import type { Trainer } from './trainer.js';

export const openAi = {
  id: 'openai',
  title: 'OpenAI',
  description:
    'OpenAI’s supervised, preference and reinforcement tuning by its documents; new jobs end on 6 January 2027. What is too long is cut.',
  layouts: ['openai-chat', 'openai-preference', 'openai-rft'],
  tooLong: 'truncated',
  open: () => openAiRows({ least: 10 }),
} satisfies Trainer;
