import type { Json } from '../../../shared/model/index.js';
import { lastWord } from '../../../shared/tool-names.js';
import { chainArguments, shortHash } from '../chain/canonical.js';
import { urlKeys, urlsOf } from './urls.js';

/** Form of tool arguments in which both sides agree: parsed, keys sorted, absent ones equal to `{}`. */
export const sameArguments = chainArguments;

/** A tool of this last word, asked for with exactly these arguments. */
export function exactKey(name: string, args: Json): string {
  return shortHash(`effect\0${lastWord(name)}\0${sameArguments(args)}`);
}

/** A tool of this last word, whatever its arguments: clients add to or change them on the way. */
export function nameKey(name: string): string {
  return shortHash(`effect-name\0${lastWord(name)}`);
}

/** Keys under which an effect on the wire finds a tool call, at most ten: name and arguments, name, URLs. */
export function effectKeys(name: string, args: Json): string[] {
  const keys = [exactKey(name, args), nameKey(name)];
  for (const { url } of urlsOf(name, args)) keys.push(...urlKeys(url));
  return [...new Set(keys)];
}

/** A tool call of a record, found by its id within its trace. */
export function traceToolKey(traceId: string, toolCallId: string): string {
  return shortHash(`trace-tool\0${traceId}\0${toolCallId}`);
}

/** Tool calls of a record, found by their name within their trace. */
export function traceNameKey(traceId: string, name: string): string {
  return shortHash(`trace-name\0${traceId}\0${name}`);
}
