import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { completeQuery, type QueryScope, quote } from '../../../shared/query/index.js';
import { trpc } from '../rpc/client.js';

/** One thing that completion offers; `insert` replaces the text from `start` to `end`. */
export interface Suggestion {
  insert: string;
  label: string;
  detail: string;
  /** A value ends its term; after a field's name the value is still to come. */
  finished: boolean;
  start: number;
  end: number;
}

/** What can stand at the caret: field names, or values with how often each occurs. */
export function useCompletion(scope: QueryScope, text: string, caret: number, enabled: boolean): Suggestion[] {
  const completion = useMemo(() => (enabled ? completeQuery(text, caret, scope) : null), [enabled, text, caret, scope]);
  const asked = completion?.values ?? null;
  const stored = useQuery(
    trpc.query.values.queryOptions(
      { scope, field: asked?.field ?? '', prefix: asked?.prefix.slice(0, 200) ?? '' },
      {
        enabled: asked !== null,
        // What was offered stays until the next answer: no flicker at each key.
        placeholderData: (before) => before,
      },
    ),
  );
  return useMemo(() => {
    if (!completion) return [];
    const { start, end } = completion;
    if (asked) {
      return (stored.data ?? []).map(({ value, count }) => ({
        insert: /[\s()"]/.test(value) ? quote(value) : value,
        label: value,
        detail: count.toLocaleString('en'),
        finished: true,
        start,
        end,
      }));
    }
    return completion.options.map(({ text: option, description }) => ({
      insert: option,
      label: option,
      detail: description,
      finished: !/[:.]$/.test(option),
      start,
      end,
    }));
  }, [completion, asked, stored.data]);
}
