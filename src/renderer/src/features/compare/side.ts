import { hrefTo } from '../../navigation/hash-params.js';

/** What is compared: a trace, or one call of it. */
export interface Compared {
  trace_id: string;
  call_id: string | null;
}

/** Address of the compare page; without `b` it offers what `a` can be compared with. */
export function compareHref(a: Compared, b: Compared | null = null): string {
  return hrefTo('/compare', {
    a: a.trace_id,
    a_call: a.call_id,
    b: b?.trace_id ?? null,
    b_call: b?.call_id ?? null,
  });
}

/** One side as the address names it; null where it names none. */
export function sideOf(params: URLSearchParams, name: 'a' | 'b'): Compared | null {
  const trace_id = params.get(name);
  return trace_id ? { trace_id, call_id: params.get(`${name}_call`) } : null;
}

export const sameSide = (one: Compared, two: Compared) =>
  one.trace_id === two.trace_id && (one.call_id ?? null) === (two.call_id ?? null);
