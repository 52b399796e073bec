import type { Assembled, AssembledRows } from '../../shared/model/index.js';

/**
 * Titles and what decisions quote, redacted once more: they are made of redacted texts by joining, flattening and cutting
 * them, and what is found in a text depends on what stands beside it and on where it ends.
 * @param redact of one text; what it answers holds nothing that it would find
 */
export function redactExcerpts(assembled: Assembled, redact: (text: string) => string): Assembled {
  for (const rows of [assembled.call, assembled.answer, assembled.record]) if (rows) redactRows(rows, redact);
  return assembled;
}

function redactRows({ new_trace, trace_patch, new_decisions }: AssembledRows, redact: (text: string) => string): void {
  if (new_trace) new_trace.title = redact(new_trace.title);
  if (trace_patch.title !== undefined) trace_patch.title = redact(trace_patch.title);
  for (const decision of new_decisions) {
    if (decision.context !== undefined) decision.context = redact(decision.context);
    if (decision.reasoning !== undefined) decision.reasoning = redact(decision.reasoning);
  }
}
