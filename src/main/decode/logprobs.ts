import type { Json, TokenLogprob } from '../../shared/model/index.js';
import { arrayOf, isObject, type JsonObject, objectOf, objectsOf, parseJson } from '../ground/json.js';
import { storedEvents } from './stored-events.js';

/** Whether a request's parameters ask for probabilities or ids of tokens, in whichever vendor's words. */
export function asksForLogprobs(params: { [name: string]: Json }): boolean {
  return /logprob|token_ids/i.test(JSON.stringify(params));
}

/**
 * The tokens of an answer's first choice from the body it is stored as: of OpenAI's chat, completions and responses and those that
 * speak like them (vLLM with its token ids), of Gemini and of Ollama. Empty where the body tells none.
 */
export function answerLogprobs(text: string): TokenLogprob[] {
  const documents = documentsOf(text);
  const tokens = documents.flatMap(tokensOf);
  const ids = documents.flatMap((each) => objectsOf(each.choices).slice(0, 1).flatMap(idsOf));
  if (tokens.length === 0) return ids.map((token_id) => ({ token: '', token_id, logprob: null }));
  if (ids.length !== tokens.length) return tokens;
  return tokens.map((token, index) => ({ ...token, token_id: ids[index] as number }));
}

/** The whole body, or its events. The last event of a Responses stream repeats the others. */
function documentsOf(text: string): JsonObject[] {
  const whole = parseJson(text);
  if (isObject(whole)) return [whole];
  const framing = Array.isArray(whole) ? 'json-array' : /^(?:event|data|id|:)/.test(text) ? 'sse' : 'ndjson';
  const events = (storedEvents(framing, text) ?? []).map(({ data }) => parseJson(data)).filter(isObject);
  const completed = events.findLast((event) => event.type === 'response.completed' && isObject(event.response));
  return completed === undefined ? events : [objectOf(completed.response)];
}

function tokensOf(body: JsonObject): TokenLogprob[] {
  const choice = objectsOf(body.choices)[0];
  if (choice !== undefined) {
    const logprobs = objectOf(choice.logprobs);
    if (Array.isArray(logprobs.tokens)) return completionTokens(logprobs);
    return [...objectsOf(logprobs.content), ...objectsOf(logprobs.refusal)].flatMap(tokenOf);
  }
  const output = objectsOf(body.output).flatMap((item) => objectsOf(item.content));
  if (output.length > 0) return output.flatMap((part) => objectsOf(part.logprobs).flatMap(tokenOf));
  const candidate = objectsOf(body.candidates)[0];
  if (candidate !== undefined) return geminiTokens(objectOf(candidate.logprobsResult));
  return objectsOf(body.logprobs).flatMap(tokenOf);
}

function tokenOf(entry: JsonObject): TokenLogprob[] {
  const { token } = entry;
  if (typeof token !== 'string') return [];
  const top = objectsOf(entry.top_logprobs).flatMap((each) => tokenOf({ ...each, top_logprobs: null }));
  return [{ ...named(token, entry.token_id ?? null, entry.logprob ?? null), ...(top.length === 0 ? {} : { top }) }];
}

/** vLLM names a token `token_id:N` where it is asked to. */
function named(token: string, id: Json, logprob: Json): TokenLogprob {
  const written = /^token_id:(\d+)$/.exec(token)?.[1];
  const token_id = written === undefined ? id : Number(written);
  return {
    token: written === undefined ? token : '',
    ...(typeof token_id === 'number' && Number.isSafeInteger(token_id) && token_id >= 0 ? { token_id } : {}),
    logprob: typeof logprob === 'number' ? logprob : null,
  };
}

/** The older form: parallel lists, the likeliest as an object. */
function completionTokens(logprobs: JsonObject): TokenLogprob[] {
  const probabilities = arrayOf(logprobs.token_logprobs);
  const likeliest = arrayOf(logprobs.top_logprobs);
  return arrayOf(logprobs.tokens).flatMap((token, index) => {
    if (typeof token !== 'string') return [];
    const top = Object.entries(objectOf(likeliest[index])).map(([other, logprob]) => named(other, null, logprob));
    const own = named(token, null, probabilities[index] ?? null);
    return [{ ...own, ...(top.length === 0 ? {} : { top }) }];
  });
}

function geminiTokens(result: JsonObject): TokenLogprob[] {
  const places = objectsOf(result.topCandidates);
  const candidate = (each: JsonObject): TokenLogprob[] =>
    typeof each.token === 'string' ? [named(each.token, each.tokenId ?? null, each.logProbability ?? null)] : [];
  return objectsOf(result.chosenCandidates).flatMap((chosen, index) => {
    const top = objectsOf(places[index]?.candidates).flatMap(candidate);
    return candidate(chosen).map((token) => ({ ...token, ...(top.length === 0 ? {} : { top }) }));
  });
}

function idsOf(choice: JsonObject): number[] {
  return arrayOf(choice.token_ids).filter((id): id is number => typeof id === 'number' && Number.isSafeInteger(id));
}
