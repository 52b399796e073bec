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
  const better = async (given: StepLabel['better'], traceId: string | null) => given && (await json(given, traceId));

  async function decision<D extends Partial<ItemDecision>>(given: D, traceId: string | null): Promise<D> {
    const next = { ...given };
    if (given.note) next.note = await text(given.note, traceId);
    if (given.tags) next.tags = await clean(given.tags, 'tag', traceId);
    return next;
  }

  async function line(given: LabelLine, name: (reviewer: string) => string): Promise<LabelLine> {
    if (given.type === 'review') {
      const said = await decision(given, given.trace_id);
      return given.reviewer == null ? said : { ...said, reviewer: name(given.reviewer) };
    }
    const reviewer = name(given.reviewer);
    if (given.type === 'comparison') return { ...given, reviewer, reason: await text(given.reason, given.a.trace_id) };
    const comment = await text(given.comment, given.trace_id);
    if (given.type === 'correction') {
      return { ...given, reviewer, comment, what: await corrected(given.what, given.trace_id) };
    }
    return { ...given, reviewer, comment, better: await better(given.better, given.trace_id) };
  }
  return { text, corrected, better, decision, line };
}

export type TypedLabels = ReturnType<typeof typedLabels>;

/** The arguments of a corrected tool call; undefined of anything else. */
export function argumentsIn(what: Corrected): { name: string; arguments: Json; call_id: string } | undefined {
  return what.kind === 'tool_call' && what.call_id !== null ? { ...what.corrected, call_id: what.call_id } : undefined;
}
