import { Button } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import type { ErasureReceipt } from '../../../../../shared/model/index.js';
import { ErrorState } from '../../../components/ErrorState.js';
import { LoadingState } from '../../../components/LoadingState.js';
import { Time } from '../../../components/Time.js';
import { trpc } from '../../../rpc/client.js';
import { useTick } from '../../../rpc/ticks.js';
import classes from './data.module.css';

const byWords = { subject: 'A person', query: 'By query', traces: 'Chosen traces' } as const;

export function Receipts() {
  const queries = useQueryClient();
  const receipts = useInfiniteQuery(
    trpc.privacy.receipts.infiniteQueryOptions({ limit: 20 }, { getNextPageParam: ({ next_cursor }) => next_cursor }),
  );
  useTick(['jobs', 'audit'], () => void queries.invalidateQueries(trpc.privacy.receipts.infiniteQueryFilter()));
  if (receipts.isError) return <ErrorState error={receipts.error} onRetry={() => void receipts.refetch()} />;
  if (receipts.isPending) return <LoadingState label="Loading receipts" lines={3} />;
  const all = receipts.data.pages.flatMap(({ items }) => items);
  if (all.length === 0) return <p className={classes.remark}>Nothing was erased here yet.</p>;
  return (
    <>
      <ul className={classes.list} aria-label="Receipts">
        {all.map((receipt) => (
          <li key={receipt.erasure_id}>
            <Receipt receipt={receipt} />
          </li>
        ))}
      </ul>
      {receipts.hasNextPage && (
        <Button variant="default" size="xs" loading={receipts.isFetching} onClick={() => void receipts.fetchNextPage()}>
          Show older ones
        </Button>
      )}
    </>
  );
}

function Receipt({ receipt }: { receipt: ErasureReceipt }) {
  const { erasure_id, ended_at, asked, done, out_of_reach, audit_hash } = receipt;
  const changed = done.exports.filter(({ state }) => state === 'rewritten' || state === 'deleted').length;
  return (
    <details>
      <summary>
        <Time iso={ended_at} /> {byWords[asked.by]}: {done.traces_deleted.toLocaleString('en')} traces deleted,{' '}
        {(done.rewritten?.exchanges ?? 0).toLocaleString('en')} exchanges changed, {changed} of {done.exports.length}{' '}
        datasets rewritten or deleted
      </summary>
      <dl className={classes.facts}>
        <dt>Receipt</dt>
        <dd className="mono">{erasure_id}</dd>
        {asked.values.length > 0 && (
          <>
            <dt>Values, hashed</dt>
            <dd className="mono">{asked.values.map((hash) => hash.slice(0, 16)).join(' ')}</dd>
          </>
        )}
        <dt>Exchanges deleted</dt>
        <dd>{done.exchanges_deleted.toLocaleString('en')}</dd>
        {done.exports.length > 0 && (
          <>
            <dt>Datasets</dt>
            <dd>
              {done.exports.map(({ job_id, out, state, rows_removed, rows_changed }) => (
                <div key={job_id}>
                  <code>{out}</code> {state}
                  {state === 'rewritten' && `, ${rows_removed} rows removed, ${rows_changed} changed`}
                </div>
              ))}
            </dd>
          </>
        )}
        <dt>Out of reach</dt>
        <dd>
          {out_of_reach.map((what) => (
            <div key={what}>{what}</div>
          ))}
        </dd>
        {audit_hash && (
          <>
            <dt>Audit entry</dt>
            <dd className="mono">{audit_hash}</dd>
          </>
        )}
      </dl>
    </details>
  );
}
