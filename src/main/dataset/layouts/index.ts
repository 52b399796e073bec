import type { layoutIds } from '../../../shared/model/index.js';
import type { Layout } from './layout.js';
import { openAiChat } from './openai-chat.js';
import { toolCalls } from './tool-calls.js';

/** Every layout an export can have. */
export const layouts = {
  'tool-calls': toolCalls,
  'openai-chat': openAiChat,
} as const satisfies Record<(typeof layoutIds)[number], Layout>;
