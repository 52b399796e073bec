import { useQuery } from '@tanstack/react-query';
import type { ListEntry, ListName } from '../../../shared/model/index.js';
import { trpc } from './client.js';

/** The entries of one of the engine's lists, in its order; none until they are known. */
export function useList(name: ListName): readonly ListEntry[] {
  // They change with the engine's version alone.
  const lists = useQuery(trpc.lists.titles.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  return lists.data?.[name] ?? [];
}
