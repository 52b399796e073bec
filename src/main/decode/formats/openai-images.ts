import type { Part } from '../../../shared/model/index.js';
import type { WireFormat } from './format.js';
import { isObject, type JsonObject, objectsOf, textOf } from './json.js';
import { mediaFromBase64, mediaFromUrl } from './media.js';
import { taskRequest, taskResponse } from './openai-tasks.js';

/** OpenAI's generation of images from a prompt. */
export const openaiImages: WireFormat<'openai-images'> = {
  id: 'openai-images',
  title: 'OpenAI Images',

  matches({ exchange, path, request }) {
    if (exchange.method !== 'POST' || !path.endsWith('/images/generations')) return 0;
    return isObject(request) && typeof request.prompt === 'string' ? 0.9 : 0;
  },

  request: (json, { path }) => taskRequest(json, path, 'prompt', 'other'),

  response(body, subject) {
    const response = taskResponse(body, subject);
    const { responseJson } = subject;
    const parts = isObject(responseJson) ? objectsOf(responseJson.data).flatMap(image) : [];
    return parts.length === 0 ? response : { ...response, messages: [{ role: 'assistant', parts }] };
  },
};

function image(item: JsonObject): Part[] {
  const parts: Part[] = [];
  if (typeof item.b64_json === 'string') parts.push(mediaFromBase64('image', item.b64_json));
  else if (typeof item.url === 'string') parts.push(mediaFromUrl('image', item.url));
  const prompt = textOf(item.revised_prompt);
  if (prompt) parts.push({ type: 'text', text: prompt });
  return parts;
}
