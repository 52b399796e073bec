import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { Call, Decision, Effect, Step, StoredFinding, ToolCall, Witness } from '../../../../shared/model/index.js';
import type { PlaceholderNote } from '../../components/RedactedText.js';
import { client, trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { indexByStep, toItems } from './items.js';
import { useGrowingList } from './use-growing-list.js';

const firstSteps = 100;
const perPage = 500;

/** Everything the trace page shows of one trace, kept current while the trace grows. */
export function useTrace(traceId: string) {
  const queries = useQueryClient();
  const summary = useQuery(trpc.traces.get.queryOptions({ trace_id: traceId }));
  const children = useQuery(trpc.traces.children.queryOptions({ trace_id: traceId }));

  const steps = useGrowingList<Step>({
    key: traceId,
    fetchPage: async (cursor, signal) => {
      const page = await client.traces.steps.query(
        {
          trace_id: traceId,
          cursor: cursor === null ? null : Number(cursor),
          limit: cursor === null ? firstSteps : perPage,
        },
        { signal },
      );
      return { items: page.items, next_cursor: page.next_cursor === null ? null : String(page.next_cursor) };
    },
    resume: (last) => String(last.seq),
  });
  const page = (cursor: string | null) => ({ trace_id: traceId, cursor, limit: perPage });
  const calls = useGrowingList<Call>({
    key: traceId,
    fetchPage: (cursor, signal) => client.traces.calls.query(page(cursor), { signal }),
  });
  const toolCalls = useGrowingList<ToolCall>({
    key: traceId,
    fetchPage: (cursor, signal) => client.traces.toolCalls.query(page(cursor), { signal }),
  });
  const decisions = useGrowingList<Decision>({
    key: traceId,
    fetchPage: (cursor, signal) => client.traces.decisions.query(page(cursor), { signal }),
  });
  const findings = useGrowingList<StoredFinding>({
    key: traceId,
    fetchPage: (cursor, signal) => client.traces.findings.query(page(cursor), { signal }),
  });

  const effects = useGrowingList<Effect>({
    key: traceId,
    fetchPage: (cursor, signal) => client.traces.effects.query(page(cursor), { signal }),
  });
  const witnesses = useGrowingList<Witness>({
    key: traceId,
    fetchPage: (cursor, signal) => client.traces.witnesses.query(page(cursor), { signal }),
  });

  // Ticks name no trace: ask for the summary, and for the rest only when it says that something came.
  useTick(['traces', 'reviews'], () => {
    void queries.invalidateQueries(trpc.traces.get.queryFilter({ trace_id: traceId }));
    void queries.invalidateQueries(trpc.traces.children.queryFilter({ trace_id: traceId }));
  });
  const trace = summary.data;
  const mark = trace
    ? [
        trace.step_count,
        trace.call_count,
        trace.tool_call_count,
        trace.finding_count,
        trace.error_count,
        trace.ended_at,
        trace.completion_status,
        trace.revision,
      ].join()
    : null;
  const grown = useRef<string | null>(null);
  const growAll = useRef<() => void>(() => undefined);
  growAll.current = () => {
    for (const list of [steps, calls, toolCalls, decisions, findings, effects, witnesses]) list.grow();
  };
  useEffect(() => {
    if (mark === null) return;
    const id = `${traceId} ${mark}`;
    if (grown.current?.startsWith(traceId) && grown.current !== id) growAll.current();
    grown.current = id;
  }, [mark, traceId]);

  const items = useMemo(() => toItems(steps.items), [steps.items]);
  const indexOfStep = useMemo(() => indexByStep(items), [items]);
  const callById = useMemo(() => new Map(calls.items.map((call) => [call.call_id, call])), [calls.items]);
  const toolCallByStep = useMemo(
    () => new Map(toolCalls.items.flatMap((call) => (call.step_id ? [[call.step_id, call] as const] : []))),
    [toolCalls.items],
  );
  const decisionById = useMemo(
    () => new Map(decisions.items.map((decision) => [decision.decision_id, decision])),
    [decisions.items],
  );
  // Tool call ids are unique only within a call.
  const decisionByToolCall = useMemo(
    () =>
      new Map(
        decisions.items.flatMap((decision) =>
          decision.tool_call_ids.map((id) => [`${decision.call_id} ${id}`, decision] as const),
        ),
      ),
    [decisions.items],
  );
  const notes = useMemo(
    () => new Map<string, PlaceholderNote>(findings.items.map((finding) => [finding.replacement, finding])),
    [findings.items],
  );

  return {
    summary,
    children: children.data ?? [],
    steps,
    calls,
    toolCalls,
    decisions,
    findings,
    effects,
    witnesses,
    items,
    indexOfStep,
    callById,
    toolCallByStep,
    decisionById,
    decisionByToolCall,
    notes,
  };
}
export type TraceData = ReturnType<typeof useTrace>;
