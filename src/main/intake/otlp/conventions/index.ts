import { listOf } from '../../../ground/list.js';
import type { Convention } from '../meaning.js';
import { claudeCode } from './claude-code.js';
import { genai } from './genai.js';
import { openinference } from './openinference.js';
import { vercelAi } from './vercel-ai.js';

/** Most specific first: several of these write `gen_ai.*` attributes besides their own. */
export const conventions: readonly Convention[] = listOf('conventions', [claudeCode, vercelAi, openinference, genai]);
