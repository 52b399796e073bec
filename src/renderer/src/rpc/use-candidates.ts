import type { Compared } from '../navigation/compare-href.js';
import { client, trpc } from './client.js';
import { usePages } from './use-pages.js';

type Asked = Awaited<ReturnType<typeof client.comparisons.candidates.query>>;
export type Candidate = Asked['items'][number];

export const candidateId = ({ trace, call_id }: Candidate) => `${trace.trace_id} ${call_id ?? ''}`;
export const candidateSide = ({ trace, call_id }: Candidate): Compared => ({ trace_id: trace.trace_id, call_id });

/** What a trace or a call can be compared with. */
export function useCandidates(a: Compared) {
  const asked = { trace_id: a.trace_id, call_id: a.call_id, limit: 50 };
  return usePages<Candidate>({
    queryKey: trpc.comparisons.candidates.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.comparisons.candidates.query({ ...asked, cursor }, { signal }),
    idOf: candidateId,
    topics: [],
  });
}
