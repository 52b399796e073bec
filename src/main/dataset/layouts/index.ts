import type { layoutIds } from '../../../shared/model/index.js';
import { decisions } from './decisions.js';
import { executionTraces } from './execution-trace.js';
import type { Layout } from './layout.js';
import { openAiChat } from './openai-chat.js';
import { toolCalls } from './tool-calls.js';
import { traces } from './traces.js';

/** Every layout an export can have. */
export const layouts = {
  'tool-calls': toolCalls,
  'openai-chat': openAiChat,
  'execution-trace': executionTraces,
  decisions,
  traces,
} as const satisfies Record<(typeof layoutIds)[number], Layout>;
