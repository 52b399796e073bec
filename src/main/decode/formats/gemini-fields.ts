import type { Json } from '../../../shared/model/index.js';
import { type JsonObject, wordOf } from './json.js';

const snakeNames = new Map<string, string>();

/** A field of Google's JSON, which servers read and some clients write in snake case too. */
export function field(object: JsonObject, name: string): Json | undefined {
  const value = object[name];
  return value === undefined ? object[snakeCase(name)] : value;
}

/** `functionCall` as `function_call`. Only asked for names that this code knows. */
export function snakeCase(name: string): string {
  let snake = snakeNames.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeNames.set(name, snake);
  }
  return snake;
}

/** Both spellings of the names. */
export function spellings(names: readonly string[]): Set<string> {
  return new Set(names.flatMap((name) => [name, snakeCase(name)]));
}

/** A model's name without the collection it stands in: `models/gemini-3-pro` is `gemini-3-pro`. */
export function modelName(value: Json | undefined): string | undefined {
  return wordOf(wordOf(value)?.replace(/^(?:.*\/)?models\//, ''));
}

const methodPath =
  /^(?:.*\/)?(?:(models|tunedModels|endpoints)\/([^/:]{1,256})|v1internal):(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$/;

/** What the URL of a Gemini call says; null where it is none. */
export function geminiMethod(path: string): { method: string; model: string | undefined } | null {
  if (path.length > 2048) return null;
  const match = methodPath.exec(path);
  if (match === null) return null;
  return { method: match[3] as string, model: match[2] === undefined ? undefined : percentDecoded(match[2]) };
}

/** Percent-decoded where it is well-formed. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
