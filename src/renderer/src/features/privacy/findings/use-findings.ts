import { useMemo } from 'react';
import { type FindingFilter, findingFilterSchema, type ListedFinding } from '../../../../../shared/model/index.js';
import { replaceHashParams, useHashParams } from '../../../navigation/hash-params.js';
import { client, trpc } from '../../../rpc/client.js';
import { usePages } from '../../../rpc/use-pages.js';

const pageSize = 50;
const fields = ['entity', 'placement', 'detector', 'band', 'trace_id', 'replacement'] as const;
export type FilterField = (typeof fields)[number];

export const idOfFinding = ({ exchange_id, finding_id }: ListedFinding) => `${exchange_id ?? ''}-${finding_id}`;

/** The filter as it stands in the address; what is no filter there is left out. */
export function useFilter(): FindingFilter {
  const params = useHashParams();
  return useMemo(() => {
    const filter: Record<string, string> = {};
    for (const field of fields) {
      const value = params.get(field);
      if (value !== null && findingFilterSchema.shape[field].safeParse(value).success) filter[field] = value;
    }
    return filter;
  }, [params]);
}

export function setFilter(patch: { [field in FilterField]?: string | null }): void {
  replaceHashParams({ ...patch, finding: null, exchange: null });
}

/** Everything, or all that is of one value. */
export function showAll(replacement: string | null = null): void {
  setFilter({ ...Object.fromEntries(fields.map((field) => [field, null])), replacement });
}

/** The list under a filter, last stored first. */
export function useFindings(filter: FindingFilter) {
  return usePages<ListedFinding>({
    queryKey: trpc.findings.list.infiniteQueryKey({ ...filter, limit: pageSize }),
    fetchPage: (cursor, signal) => client.findings.list.query({ ...filter, limit: pageSize, cursor }, { signal }),
    idOf: idOfFinding,
    topics: ['exchanges'],
  });
}
