import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useMemo } from 'react';
import type { Corrected, Correction, StepLabel, TraceLabels } from '../../../../../shared/model/index.js';
import { client, trpc } from '../../../rpc/client.js';
import { describeError } from '../../../rpc/errors.js';
import { useTick } from '../../../rpc/ticks.js';
import { announce } from '../announce.js';
import { didAct } from '../history.js';
import { inLine } from '../in-line.js';

export type StepValue = StepLabel['value'];
export type Better = StepLabel['better'];

/** What reviewers said of a trace's parts, for whoever shows them. */
const Labels = createContext<TraceLabels | null>(null);
export const LabelsProvider = Labels.Provider;
export const useShownLabels = () => useContext(Labels);

/** Whose labels are one's own, once one was said: no list has to be read again for it. */
let myself: string | null = null;

const words: Record<StepValue, string> = { [-1]: 'wrong', 0: 'neither right nor wrong', 1: 'right' };
export const inWord = (value: StepValue): string => words[value];

/** Corrections and step labels of a trace, and what is said next. Each is one act of the engine; acts go one after the other. */
export function useLabels(traceId: string) {
  const queries = useQueryClient();
  const labels = useQuery(trpc.labels.get.queryOptions({ trace_id: traceId }));
  // Whose labels are one's own: an act names its reviewer, and who did none has none.
  const acts = useQuery(trpc.acts.list.queryOptions({ limit: 20 }));
  useTick('reviews', () => void queries.invalidateQueries(trpc.labels.get.queryFilter({ trace_id: traceId })));

  const change = useCallback(
    (update: (labels: TraceLabels) => TraceLabels) => {
      queries.setQueryData<TraceLabels>(
        trpc.labels.get.queryKey({ trace_id: traceId }),
        (data) => data && update(data),
      );
    },
    [queries, traceId],
  );
  /** Does one act; says what went wrong. Null where it failed. */
  const act = useCallback(
    <T>(work: () => Promise<T>): Promise<T | null> => {
      const forget = didAct();
      return inLine(async () => {
        try {
          const result = await work();
          void queries.invalidateQueries(trpc.acts.pathFilter());
          return result;
        } catch (error) {
          forget();
          const { message, next } = describeError(error);
          announce({ kind: 'failed', text: `${message} ${next}` });
          return null;
        }
      });
    },
    [queries],
  );
  const mine = useCallback(
    async (stepId: string): Promise<StepLabel | undefined> => {
      const { step_labels } = await queries.ensureQueryData(trpc.labels.get.queryOptions({ trace_id: traceId }));
      const { items } = await queries.ensureQueryData(trpc.acts.list.queryOptions({ limit: 20 }));
      const me = myself ?? items[0]?.reviewer;
      return step_labels.find(({ step_id, reviewer }) => step_id === stepId && reviewer === me);
    },
    [queries, traceId],
  );
  const keep = useCallback(
    (label: StepLabel) => {
      myself = label.reviewer;
      change((data) => ({
        ...data,
        step_labels: [...data.step_labels.filter((each) => each.step_label_id !== label.step_label_id), label],
      }));
    },
    [change],
  );

  /** Labels a step; said once more, the label is taken away. */
  const mark = useCallback(
    (stepId: string, value: StepValue) =>
      act(async () => {
        const before = await mine(stepId);
        if (before?.value === value && !before.first_wrong && before.better === null) {
          await client.labels.removeStepLabel.mutate({ step_label_id: before.step_label_id });
          change((data) => ({ ...data, step_labels: data.step_labels.filter((each) => each !== before) }));
          announce({ kind: 'done', text: 'Label of the step removed', undo: true });
          return;
        }
        const { better = null, comment = '' } = before ?? {};
        keep(await client.labels.labelStep.mutate({ trace_id: traceId, step_id: stepId, value, better, comment }));
        announce({ kind: 'done', text: `Step labelled: ${inWord(value)}`, undo: true });
      }),
    [act, mine, keep, change, traceId],
  );
  const setBetter = useCallback(
    (stepId: string, better: Better, comment: string) =>
      act(async () => {
        const before = await mine(stepId);
        const value = before?.value ?? (better === null ? 0 : -1);
        keep(await client.labels.labelStep.mutate({ trace_id: traceId, step_id: stepId, value, better, comment }));
        // A label that is said anew is no first wrong one any more: it is said again, which keeps the rest of it.
        if (before?.first_wrong) {
          await client.labels.firstWrongStep.mutate({ trace_id: traceId, step_id: stepId, comment });
          didAct();
          await queries.invalidateQueries(trpc.labels.get.queryFilter({ trace_id: traceId }));
        }
        announce({ kind: 'done', text: better === null ? 'Better step removed' : 'Better step saved', undo: true });
      }),
    [act, mine, keep, queries, traceId],
  );
  const firstWrong = useCallback(
    (stepId: string) =>
      act(async () => {
        const { comment = '' } = (await mine(stepId)) ?? {};
        const { labelled, removed } = await client.labels.firstWrongStep.mutate({
          trace_id: traceId,
          step_id: stepId,
          comment,
        });
        await queries.invalidateQueries(trpc.labels.get.queryFilter({ trace_id: traceId }));
        const gone = removed > 0 ? `, ${removed} behind it no longer labelled` : '';
        announce({ kind: 'done', text: `First wrong step: ${labelled - 1} before it are right${gone}`, undo: true });
      }),
    [act, mine, queries, traceId],
  );

  const correct = useCallback(
    (what: Corrected, comment: string) =>
      act(async () => {
        const { problems, ...made } = await client.labels.correct.mutate({ trace_id: traceId, what, comment });
        change((data) => ({ ...data, corrections: [...data.corrections, made] }));
        return problems;
      }),
    [act, change, traceId],
  );
  const edit = useCallback(
    (correction_id: string, what: Corrected, comment: string) =>
      act(async () => {
        const { problems, ...made } = await client.labels.editCorrection.mutate({ correction_id, what, comment });
        change((data) => ({
          ...data,
          corrections: data.corrections.map((each) => (each.correction_id === correction_id ? made : each)),
        }));
        return problems;
      }),
    [act, change],
  );
  const remove = useCallback(
    ({ correction_id }: Correction) =>
      act(async () => {
        await client.labels.removeCorrection.mutate({ correction_id });
        change((data) => ({
          ...data,
          corrections: data.corrections.filter((each) => each.correction_id !== correction_id),
        }));
        announce({ kind: 'done', text: 'Correction removed', undo: true });
      }),
    [act, change],
  );

  const shown = labels.data ?? null;
  const me = myself ?? acts.data?.items[0]?.reviewer ?? null;
  return useMemo(
    () => ({ shown, me, mark, setBetter, firstWrong, correct, edit, remove }),
    [shown, me, mark, setBetter, firstWrong, correct, edit, remove],
  );
}
export type LabelActs = ReturnType<typeof useLabels>;
