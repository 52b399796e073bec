import type { Json } from '../../../shared/model/index.js';
import type { WireFormat } from './format.js';
import { isObject } from './json.js';
import { taskRequest, taskResponse } from './openai-tasks.js';

/** OpenAI's embeddings and their many look-alikes. The vectors stay in the raw body. */
export const openaiEmbeddings: WireFormat<'openai-embeddings'> = {
  id: 'openai-embeddings',
  title: 'OpenAI Embeddings',

  matches({ exchange, path, request }) {
    if (exchange.method !== 'POST' || !path.endsWith('/embeddings')) return 0;
    return isObject(request) && hasInput(request.input) ? 0.9 : 0;
  },

  request: (json, { path }) => taskRequest(json, path, 'input', 'embeddings'),

  response: taskResponse,
};

function hasInput(input: Json | undefined): boolean {
  return typeof input === 'string' || Array.isArray(input);
}
