import type { Compared } from '../../navigation/compare-href.js';

/** One side as the address names it; null where it names none. */
export function sideOf(params: URLSearchParams, name: 'a' | 'b'): Compared | null {
  const trace_id = params.get(name);
  const step_id = params.get(`${name}_step`);
  return trace_id ? { trace_id, call_id: params.get(`${name}_call`), ...(step_id !== null && { step_id }) } : null;
}

export const sameSide = (one: Compared, two: Compared) =>
  one.trace_id === two.trace_id && (one.call_id ?? null) === (two.call_id ?? null);
