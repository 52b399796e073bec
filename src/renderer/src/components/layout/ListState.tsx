import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { describeError } from '../../rpc/errors.js';
import { ErrorState } from './ErrorState.js';
import { LoadingState } from './LoadingState.js';
import classes from './layout.module.css';

/** What a list must tell of itself; `usePages` does. */
interface Listed {
  items: readonly unknown[];
  /** No answer yet. */
  loading: boolean;
  error: unknown;
  reload: () => void;
}

interface Props {
  list: Listed;
  /** For screen readers, while it loads. */
  label: string;
  /** Rows that are drawn as loading. */
  lines?: number;
  /** Where there is nothing: what that means, and what to do next. */
  empty: ReactNode;
  children: ReactNode;
}

/** A list in each of its states. What was read stays in sight when a later page fails; its end tells. */
export function ListState({ list, label, lines = 14, empty, children }: Props) {
  const { items, loading, error, reload } = list;
  if (items.length > 0) return children;
  if (error) return <ErrorState error={error} {...(mends(error) && { onRetry: reload })} />;
  if (loading) return <LoadingState label={label} lines={lines} />;
  return empty;
}

/** A query that does not parse fails the same way again. */
const mends = (error: unknown) => describeError(error).code !== 'query_invalid';

interface EndProps {
  list: Listed & { hasMore: boolean; loadingMore: boolean; loadMore: () => void };
  /** The list asks for more by itself, where it is scrolled to its end. */
  scrolls?: boolean;
}

/** What stands under the last row: more to come, a page that failed, or nothing. */
export function ListEnd({ list, scrolls = false }: EndProps) {
  const { error, hasMore, loadingMore, loadMore } = list;
  if (error && !loadingMore) {
    return (
      <div className={classes.end} role="alert">
        {describeError(error).message}
        <Button variant="default" size="compact-xs" onClick={loadMore}>
          Try again
        </Button>
      </div>
    );
  }
  if (!hasMore) return null;
  if (scrolls)
    return (
      loadingMore && (
        <div className={classes.end} role="status">
          Loading more
        </div>
      )
    );
  return (
    <div className={classes.end} data-button>
      <Button variant="default" size="compact-xs" loading={loadingMore} onClick={loadMore}>
        Show more
      </Button>
    </div>
  );
}
