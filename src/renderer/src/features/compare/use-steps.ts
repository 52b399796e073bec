import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Step } from '../../../../shared/model/index.js';
import { client } from '../../rpc/client.js';

const perPart = 100;

interface ListedStep {
  step_id: string;
  seq: number;
}

/** Steps of a trace by their place in a list, read in parts as they come into sight. */
export function useSteps(traceId: string, list: readonly ListedStep[]) {
  const [wanted, setWanted] = useState<{ of: readonly ListedStep[]; parts: readonly number[] }>({
    of: list,
    parts: [0],
  });
  const parts = wanted.of === list ? wanted.parts : [0];
  const queries = useQueries({
    queries: parts
      .filter((part) => part * perPart < list.length)
      .map((part) => {
        const within = list.slice(part * perPart, (part + 1) * perPart);
        const [first, last] = [within[0]?.seq ?? 0, within.at(-1)?.seq ?? 0];
        return {
          queryKey: ['compared steps', traceId, first, last, within.length],
          queryFn: ({ signal }: { signal: AbortSignal }) => stepsBetween(traceId, first, last, signal),
        };
      }),
  });
  const steps = useMemo(() => {
    const byId = new Map<string, Step>();
    for (const { data } of queries) for (const step of data ?? []) byId.set(step.step_id, step);
    return byId;
  }, [queries]);
  const need = useCallback(
    (first: number, last: number) => {
      const from = Math.floor(Math.max(0, first) / perPart);
      const to = Math.floor(Math.max(0, last) / perPart);
      setWanted((before) => {
        const readParts = before.of === list ? before.parts : [0];
        const more = Array.from({ length: to - from + 1 }, (_, at) => from + at).filter(
          (part) => !readParts.includes(part),
        );
        return more.length === 0 && before.of === list ? before : { of: list, parts: [...readParts, ...more] };
      });
    },
    [list],
  );
  return {
    at: (index: number) => steps.get(list[index]?.step_id ?? ''),
    need,
    error: queries.find(({ error }) => error)?.error ?? null,
    retry: () => queries.filter(({ isError }) => isError).forEach(({ refetch }) => void refetch()),
  };
}

/** The answer may hold fewer than were asked for: it is bounded by its bytes. */
async function stepsBetween(trace_id: string, first: number, last: number, signal: AbortSignal): Promise<Step[]> {
  const steps: Step[] = [];
  for (let cursor: number | null = first - 1; cursor !== null && cursor < last; ) {
    const page: { items: Step[]; next_cursor: number | null } = await client.traces.steps.query(
      { trace_id, cursor, limit: Math.min(500, last - cursor) },
      { signal },
    );
    steps.push(...page.items);
    cursor = page.next_cursor;
  }
  return steps;
}
