import { SluiceError } from '../../../shared/errors.js';
import { parseQuery, type QueryErrorDetails, type QueryScope } from '../../../shared/query/index.js';
import { describeError } from '../rpc/errors.js';

export interface QueryProblem {
  message: string;
  /** UTF-16 span of the offending word. */
  start: number;
  end: number;
}

/** What is wrong with a query, found by the same parser that the engine uses; null where it parses. */
export function checkQuery(scope: QueryScope, text: string): QueryProblem | null {
  try {
    parseQuery(text, scope);
    return null;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const { start, end } = error.details as QueryErrorDetails;
    return { message: error.message, start, end };
  }
}

/** The place that the engine's answer points at, where it was about the query. */
export function queryProblem(error: unknown): QueryProblem | null {
  if (!error) return null;
  const shown = describeError(error);
  if (shown.code !== 'query_invalid') return null;
  const { start = 0, end = 0 } = (shown.details ?? {}) as Partial<QueryErrorDetails>;
  return { message: shown.message, start, end };
}
