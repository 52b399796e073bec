import type { Job, Json } from '../../../shared/model/index.js';
import type { JobStep } from '../../ground/job-kind.js';

/** Fields of results that say in words what was met; they may quote it. */
const inWords = new Set(['reason', 'where', 'message']);

/** The gate for what a job keeps of titles and queries that were typed, and of what it met in files and traces. */
export function jobTexts(clean: (text: string) => string) {
  return {
    title: clean,
    params: (params: Json) => changed(params, new Set(['query']), (query) => quoted(query, clean(query))),
    error: (error: Job['error']) => error && { ...error, message: clean(error.message) },
    /** A kind whose messages, log and result may quote what it read. */
    gated: <K extends JobStep>(kind: K): K => ({
      ...kind,
      async run(params, control, tools) {
        const result = await kind.run(
          params,
          {
            ...control,
            progress: (share, message, work) => control.progress(share, clean(message), work),
            log: (line, level, runId) => control.log(clean(line), level, runId),
          },
          tools,
        );
        return changed(result as Json, inWords, clean);
      },
    }),
  };
}

/** A query whose values were replaced: a placeholder is a text to the query language only in quotes. */
export function quoted(before: string, after: string): string {
  if (before === after) return after;
  let inside = false;
  return after.replace(/["]|\\.|<[A-Z][A-Z0-9_]*>|<[A-Z][A-Z0-9_]*_[0-9a-f]{8}>/g, (match) => {
    if (match === '"') inside = !inside;
    return match.startsWith('<') && !inside ? `"${match}"` : match;
  });
}

/** The same JSON with every text under these keys changed. */
function changed(value: Json, keys: ReadonlySet<string>, change: (text: string) => string): Json {
  if (Array.isArray(value)) return value.map((each) => changed(each, keys, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      keys.has(key) && typeof each === 'string' ? change(each) : changed(each, keys, change),
    ]),
  );
}
