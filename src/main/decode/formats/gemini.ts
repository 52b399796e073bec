import type { DecodedRequest, Json, ToolOffer } from '../../../shared/model/index.js';
import type { WireFormat } from './format.js';
import { type GeminiApi, geminiApi } from './gemini-enums.js';
import { field, geminiMethod, modelName, snakeCase, spellings } from './gemini-fields.js';
import { addContent, contentMessages, GeminiParts } from './gemini-parts.js';
import { geminiStream, wholeAnswer } from './gemini-response.js';
import { isObject, type JsonObject, objectOf, objectsOf, without, wordOf } from './json.js';
import { readResponse } from './response.js';

/** Gemini on the Developer API, on Vertex AI and behind Code Assist: the model stands in the URL, or in the wrapper. */
export const gemini: WireFormat<'gemini'> = {
  id: 'gemini',
  title: 'Gemini',

  matches({ exchange, path, request, responseHead }) {
    if (exchange.method !== 'POST') return 0;
    const named = geminiMethod(path) !== null;
    if (request === undefined) return named && exchange.request.body.kind !== 'empty' ? 0.5 : 0;
    if (!isObject(request)) return 0;
    const inner = unwrapped(request);
    const typical =
      'contents' in inner || 'content' in inner || 'requests' in inner || 'generateContentRequest' in inner;
    if (named) return typical ? 0.95 : 0.5;
    if (!Array.isArray(inner.contents) || !isObject(responseHead)) return 0;
    const answer = isObject(responseHead.response) ? responseHead.response : responseHead;
    return 'candidates' in answer || 'usageMetadata' in answer || 'promptFeedback' in answer ? 0.7 : 0;
  },

  request(json, { path }) {
    if (!isObject(json)) throw new Error('the request body is no JSON object');
    const url = geminiMethod(path);
    const method = url?.method ?? 'generateContent';
    const outer = unwrapped(json);
    const inner = objectOf(field(outer, 'generateContentRequest') ?? outer);
    const embeds = method === 'embedContent' || method === 'batchEmbedContents';
    const wrapper = outer === json ? {} : without(json, wrapperFields);
    const request: DecodedRequest = {
      model: url?.model ?? modelName(json.model) ?? modelName(inner.model) ?? null,
      params: { ...wrapper, ...without(inner, ownFields) },
      tools: objectsOf(inner.tools).flatMap(toolOffers),
      messages: [
        ...systemMessages(field(inner, 'systemInstruction')),
        ...contentMessages(inner.contents ?? inner.content),
        ...objectsOf(inner.requests).flatMap(({ content }) => contentMessages(content)),
      ],
      stream: method === 'streamGenerateContent',
      // What was cached is part of the conversation and stands only on the server.
      history_complete: wordOf(field(inner, 'cachedContent')) === undefined,
      operation: embeds ? 'embeddings' : method === 'countTokens' ? 'count_tokens' : 'chat',
    };
    const hint = wordOf(field(inner, 'sessionId'));
    if (hint !== undefined) request.session_hint = hint;
    return request;
  },

  response(body, subject) {
    const api = geminiApi(subject.path);
    return readResponse(body, subject, {
      json: wholeAnswerOf(geminiMethod(subject.path)?.method, api),
      events: (events, complete) => geminiStream(events, complete, api),
    });
  },
};

const wrapperFields = new Set(['request', 'model']);
const ownFields = spellings(['contents', 'content', 'requests', 'systemInstruction', 'tools', 'model', 'sessionId']);
const declarations = spellings(['functionDeclarations']);
/** Fields of the answers that generate nothing. */
const otherAnswers = new Set([
  'totalTokens',
  'totalBillableCharacters',
  'embedding',
  'embeddings',
  'metadata',
  'truncated',
]);

function wholeAnswerOf(
  method: string | undefined,
  api: GeminiApi,
): (json: JsonObject) => ReturnType<typeof wholeAnswer> {
  const generates = method === undefined || /generateContent$/i.test(method);
  return (json) => wholeAnswer(generates ? json : without(json, otherAnswers), api);
}

/** Code Assist puts the request into `request`, beside the model and the project. */
function unwrapped(json: JsonObject): JsonObject {
  return isObject(json.request) && !('contents' in json) ? json.request : json;
}

function systemMessages(instruction: Json | undefined): DecodedRequest['messages'] {
  if (typeof instruction === 'string') return [{ role: 'system', parts: [{ type: 'text', text: instruction }] }];
  if (!isObject(instruction)) return [];
  const content = new GeminiParts();
  addContent(content, instruction.parts);
  return content.parts.length === 0 ? [] : [{ role: 'system', parts: content.parts }];
}

/** A tool holds function declarations, or is one that the vendor runs, by its key: `googleSearch: {}`. */
function toolOffers(tool: JsonObject): ToolOffer[] {
  const functions = objectsOf(field(tool, 'functionDeclarations')).map((declared): ToolOffer => {
    const description = wordOf(declared.description);
    const parameters = declared.parameters ?? field(declared, 'parametersJsonSchema');
    return {
      name: wordOf(declared.name) ?? '',
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined || parameters === null ? {} : { parameters }),
      kind: 'function',
    };
  });
  const served = Object.entries(without(tool, declarations)).filter(([, value]) => value !== null);
  return [
    ...functions,
    ...served.map(([key, value]): ToolOffer => {
      const name = key.length > 64 ? key : snakeCase(key);
      const settings = isObject(value) && Object.keys(value).length > 0;
      return { name, ...(settings ? { parameters: value } : {}), kind: name };
    }),
  ];
}
