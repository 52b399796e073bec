import { conversations as conversationsOf } from '../examples/conversations.js';
import type { Package } from './package.js';

/** What layouts of examples take where no package is named. */
export const conversations = {
  id: 'conversations',
  title: 'Conversations',
  description: 'Every finished conversation of a trace; its last answer is what is expected.',
  layout: 'openai-chat',
  gives: [],
  examples: conversationsOf,
} satisfies Package;
