import type { WireFormat } from './format.js';
import { isObject } from './json.js';
import { taskRequest, taskResponse } from './openai-tasks.js';

/** OpenAI's moderation of texts and images, and Mistral's. */
export const openaiModerations: WireFormat<'openai-moderations'> = {
  id: 'openai-moderations',
  title: 'OpenAI Moderations',

  matches({ exchange, path, request }) {
    if (exchange.method !== 'POST' || !/\/(?:chat\/)?moderations$/.test(path)) return 0;
    return isObject(request) && 'input' in request ? 0.9 : 0;
  },

  request: (json, { path }) => taskRequest(json, path, 'input', 'other'),

  response: taskResponse,
};
