import { listOf } from '../../ground/list.js';
import { anthropicMessages } from './anthropic-messages.js';
import { bedrockConverse } from './bedrock-converse.js';
import { bedrockInvoke } from './bedrock-invoke.js';
import type { WireFormat } from './format.js';
import { gemini } from './gemini.js';
import { ollama } from './ollama.js';
import { openaiChat } from './openai-chat.js';
import { openaiCompletions } from './openai-completions.js';
import { openaiEmbeddings } from './openai-embeddings.js';
import { openaiImages } from './openai-images.js';
import { openaiModerations } from './openai-moderations.js';
import { openaiResponses } from './openai-responses.js';
import { openaiSpeech } from './openai-speech.js';

/** Every wire format, each listed once. */
export const formats = listOf('wire formats', [
  openaiChat,
  openaiResponses,
  anthropicMessages,
  gemini,
  ollama,
  bedrockConverse,
  bedrockInvoke,
  openaiCompletions,
  openaiEmbeddings,
  openaiModerations,
  openaiImages,
  openaiSpeech,
]) satisfies readonly WireFormat[];
