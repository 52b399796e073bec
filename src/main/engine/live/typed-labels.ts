import type { Corrected, ItemDecision, Json, LabelLine, StepLabel } from '../../../shared/model/index.js';

type Clean = (texts: readonly string[], placement: 'note' | 'tag', traceId: string | null) => Promise<string[]>;

/**
 * The gate for what reviewers write beside traces: comments and corrections, in which secrets and people may stand as in what
 * was captured. JSON passes it as JSON.
 */
export function typedLabels(clean: Clean) {
  const text = async (typed: string, traceId: string | null) =>
    typed === '' ? typed : ((await clean([typed], 'note', traceId))[0] as string);
  const json = async <T extends object>(value: T, traceId: string | null): Promise<T> =>
    JSON.parse((await clean([JSON.stringify(value)], 'note', traceId))[0] as string) as T;

  const corrected = async (what: Corrected, traceId: string | null): Promise<Corrected> =>
    ({ ...what, corrected: await json(what.corrected, traceId) }) as Corrected;
  const better = async (value: StepLabel['better'], traceId: string | null) => value && (await json(value, traceId));

  async function decision<D extends Partial<ItemDecision>>(fields: D, traceId: string | null): Promise<D> {
    const next = { ...fields };
    if (fields.note) next.note = await text(fields.note, traceId);
    if (fields.tags) next.tags = await clean(fields.tags, 'tag', traceId);
    return next;
  }

  async function line(labelLine: LabelLine, name: (reviewer: string) => string): Promise<LabelLine> {
    if (labelLine.type === 'review') {
      const cleaned = await decision(labelLine, labelLine.trace_id);
      return labelLine.reviewer == null ? cleaned : { ...cleaned, reviewer: name(labelLine.reviewer) };
    }
    const reviewer = name(labelLine.reviewer);
    if (labelLine.type === 'comparison')
      return { ...labelLine, reviewer, reason: await text(labelLine.reason, labelLine.a.trace_id) };
    const comment = await text(labelLine.comment, labelLine.trace_id);
    if (labelLine.type === 'correction') {
      return { ...labelLine, reviewer, comment, what: await corrected(labelLine.what, labelLine.trace_id) };
    }
    return { ...labelLine, reviewer, comment, better: await better(labelLine.better, labelLine.trace_id) };
  }
  return { text, corrected, better, decision, line };
}

export type TypedLabels = ReturnType<typeof typedLabels>;

/** The arguments of a corrected tool call; undefined of anything else. */
export function argumentsIn(what: Corrected): { name: string; arguments: Json; call_id: string } | undefined {
  return what.kind === 'tool_call' && what.call_id !== null ? { ...what.corrected, call_id: what.call_id } : undefined;
}
