import { useMutation } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import type { ToolCall, ToolCallVerdict } from '../../../../shared/model/index.js';
import { bound } from '../../navigation/shortcuts.js';
import type { KeyHandlers } from '../../navigation/use-keys.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { announce } from '../review/index.js';

type Judged = Pick<ToolCall, 'status' | 'suspicion' | 'suspicion_reason' | 'metadata'>;

/** What was said of tool calls since they were read: pages of long traces are not read again for it. */
const freshVerdicts = new Map<string, Judged>();
const listeners = new Set<() => void>();
let version = 0;

const keyOf = ({ trace_id, call_id, tool_call_id }: ToolCall) => `${trace_id} ${call_id ?? ''} ${tool_call_id}`;

export function judgedOf({ metadata }: Pick<ToolCall, 'metadata'>): ToolCallVerdict | null {
  const { judged } = metadata;
  return judged === 'ok' || judged === 'error' ? judged : null;
}

/** The tool call with what was said of it last. */
export function useJudged(): <T extends ToolCall | undefined>(call: T) => T {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => version,
  );
  return useCallback((call) => (call === undefined ? call : { ...call, ...freshVerdicts.get(keyOf(call)) }), []);
}

function show(call: ToolCall, verdict: ToolCallVerdict | null): void {
  const { judged: _, ...metadata } = call.metadata;
  freshVerdicts.set(keyOf(call), {
    status: verdict ?? 'ok',
    // Taken back: what was suspected is asked of the engine when the page is read next.
    suspicion: null,
    suspicion_reason: null,
    metadata: verdict === null ? metadata : { ...metadata, judged: verdict },
  });
  version++;
  for (const listener of listeners) listener();
}

/** Says of a suspected tool call that it failed or did not; said once more, it is taken back. */
export function useVerdict(): (call: ToolCall | undefined, verdict: ToolCallVerdict) => void {
  const { mutateAsync } = useMutation(trpc.toolCalls.judge.mutationOptions());
  return useCallback(
    (call, verdict) => {
      if (call === undefined || ((call.suspicion ?? null) === null && judgedOf(call) === null)) return;
      const next = judgedOf(call) === verdict ? null : verdict;
      const { trace_id, call_id, tool_call_id } = call;
      mutateAsync({ trace_id, call_id, tool_call_id, verdict: next }).then(
        () => {
          show(call, next);
          const text = next === null ? 'taken back' : next === 'error' ? 'failed' : 'did not fail';
          announce({ kind: 'done', text: `${call.name}: ${text}` });
        },
        (error: unknown) => announce({ kind: 'failed', text: describeError(error).message }),
      );
    },
    [mutateAsync],
  );
}

/** The keys of a verdict, the same in the list and in a trace. */
export function verdictKeys(judge: (verdict: ToolCallVerdict) => void): KeyHandlers {
  return bound({ 'verdict.failed': () => judge('error'), 'verdict.fine': () => judge('ok') });
}
