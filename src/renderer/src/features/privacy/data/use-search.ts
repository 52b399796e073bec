import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { trpc } from '../../../rpc/client.js';

export interface Held {
  values: string[];
  traces: string[];
  exchanges: number;
  places: { [table: string]: number };
  progress: number;
  done: boolean;
}

/** Asks page by page until everything was looked through; another search ends the one before. */
export function useSearch() {
  const [held, setHeld] = useState<Held | null>(null);
  const running = useRef(0);
  const search = useMutation({ ...trpc.privacy.search.mutationOptions(), gcTime: 0 });

  async function begin(values: string[]): Promise<void> {
    running.current += 1;
    const mine = running.current;
    const traces = new Set<string>();
    const exchanges = new Set<string>();
    const places: Held['places'] = {};
    let cursor: string | null = null;
    setHeld(null);
    do {
      const page: Awaited<ReturnType<typeof search.mutateAsync>> = await search.mutateAsync({ values, cursor });
      if (running.current !== mine) return;
      for (const hit of page.items) {
        places[hit.table] = (places[hit.table] ?? 0) + 1;
        for (const id of hit.trace_ids) traces.add(id);
        if (hit.exchange_id !== null) exchanges.add(hit.exchange_id);
      }
      cursor = page.next_cursor;
      setHeld({
        values,
        traces: [...traces],
        exchanges: exchanges.size,
        places: { ...places },
        progress: page.progress,
        done: cursor === null,
      });
    } while (cursor !== null);
  }

  return {
    held,
    error: search.error,
    searching: search.isPending || (held !== null && !held.done && !search.isError),
    begin: (values: string[]) => void begin(values).catch(() => undefined),
    forget() {
      running.current += 1;
      setHeld(null);
      search.reset();
    },
  };
}
