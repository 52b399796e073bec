import { hrefTo } from './hash-params.js';

/** What is compared: a trace, one call of it, or one step of it. */
export interface Compared {
  trace_id: string;
  call_id: string | null;
  step_id?: string;
}

/** Address of the compare page; without `b` it offers what `a` can be compared with. */
export function compareHref(a: Compared, b: Compared | null = null): string {
  return hrefTo('/compare', {
    a: a.trace_id,
    a_call: a.call_id,
    a_step: a.step_id ?? null,
    b: b?.trace_id ?? null,
    b_call: b?.call_id ?? null,
    b_step: b?.step_id ?? null,
  });
}
