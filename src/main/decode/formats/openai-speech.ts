import type { WireFormat } from './format.js';
import { isObject } from './json.js';
import { taskRequest, taskResponse } from './openai-tasks.js';
import { emptyResponse } from './response.js';

/** OpenAI's speech from text; the answer is sound, of which only its size is known here. */
export const openaiSpeech: WireFormat<'openai-speech'> = {
  id: 'openai-speech',
  title: 'OpenAI Speech',

  matches({ exchange, path, request }) {
    if (exchange.method !== 'POST' || !path.endsWith('/audio/speech')) return 0;
    return isObject(request) && typeof request.input === 'string' ? 0.9 : 0;
  },

  request: (json, { path }) => taskRequest(json, path, 'input', 'other'),

  response(body, subject) {
    const { response } = subject.exchange;
    if (body.kind !== 'sealed' || response === undefined || response.status >= 400) return taskResponse(body, subject);
    const type = body.media_type === '' ? {} : { media_type: body.media_type };
    return {
      ...emptyResponse(),
      messages: [{ role: 'assistant', parts: [{ type: 'media', media: 'audio', ...type, bytes: response.bytes }] }],
      partial: subject.exchange.state !== 'complete',
    };
  },
};
