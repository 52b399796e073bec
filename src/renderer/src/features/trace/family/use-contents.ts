import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { trpc } from '../../../rpc/client.js';
import type { Contents } from './waterfall-rows.js';

/** More than this of one trace is for its own page. */
const perTrace = 500;

/** Which traces of the family are unfolded, and what they hold; null while that is read. */
export function useContents(first: string) {
  const [ids, setIds] = useState<string[]>([first]);
  const calls = useQueries({
    queries: ids.map((trace_id) => trpc.traces.calls.queryOptions({ trace_id, limit: perTrace })),
  });
  const toolCalls = useQueries({
    queries: ids.map((trace_id) => trpc.traces.toolCalls.queryOptions({ trace_id, limit: perTrace })),
  });
  const opened = useMemo(() => {
    const contents = new Map<string, Contents | null>();
    for (const [index, id] of ids.entries()) {
      const some = calls[index]?.data;
      const tools = toolCalls[index]?.data;
      contents.set(
        id,
        some && tools
          ? { calls: some.items, toolCalls: tools.items, more: some.next_cursor !== null || tools.next_cursor !== null }
          : null,
      );
    }
    return contents;
  }, [ids, calls, toolCalls]);
  const toggle = useCallback(
    (id: string) => setIds((before) => (before.includes(id) ? before.filter((each) => each !== id) : [...before, id])),
    [],
  );
  return { opened, toggle };
}
