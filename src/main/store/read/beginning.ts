import type { Trace } from '../../../shared/model/index.js';

/** A trace, or of a long one its beginning. */
export interface TraceBeginning {
  trace: Trace;
  /** More of it is stored. */
  cut: boolean;
}

/** The first of these rows, up to so many bytes as they are stored; at least one. */
export function firstOf<T extends object>(rows: Iterable<T>, mostBytes: number): { rows: T[]; cut: boolean } {
  const taken: T[] = [];
  let bytes = 0;
  for (const row of rows) {
    for (const value of Object.values(row))
      if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length;
    if (bytes > mostBytes && taken.length > 0) return { rows: taken, cut: true };
    taken.push(row);
  }
  return { rows: taken, cut: false };
}

/**
 * A trace of which only the first rows of each kind were read, as if it had ended there: with the calls whose tools were all read,
 * up to the last one that asked for none if there is one, and what came of these.
 */
export function endedEarly(trace: Trace, toolCallsCut: boolean): Trace {
  const { calls, steps, tool_calls, decisions } = trace;
  const last = toolCallsCut ? tool_calls.at(-1)?.call_id : undefined;
  const unsure = calls.findIndex(({ call_id }) => call_id === last);
  const sure = calls.slice(0, unsure === -1 ? calls.length : Math.max(1, unsure));
  const asked = new Set(tool_calls.map(({ call_id }) => call_id));
  const end = sure.findLastIndex(({ call_id }) => !asked.has(call_id));
  const kept = end === -1 ? sure : sure.slice(0, end + 1);
  const ids = new Set(kept.map(({ call_id }) => call_id));
  const stays = ({ call_id }: { call_id?: string | null | undefined }) => call_id == null || ids.has(call_id);
  return {
    ...trace,
    calls: kept,
    steps: steps.filter(stays),
    tool_calls: tool_calls.filter(stays),
    decisions: decisions.filter(stays),
  };
}
