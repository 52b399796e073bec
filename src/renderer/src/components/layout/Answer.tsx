import type { ReactNode } from 'react';
import { ErrorState } from './ErrorState.js';
import { LoadingState } from './LoadingState.js';

interface Props<T> {
  query: { data: T | undefined; isError: boolean; error: unknown; refetch: () => unknown };
  /** For screen readers, while it loads. */
  label: string;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** One answer of the engine: loading, what went wrong, or what is made of it; the last good one stays in sight. */
export function Answer<T>({ query, label, lines = 8, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <LoadingState label={label} lines={lines} />;
}
