import type { ErasureReceipt } from '../../../../../shared/model/index.js';
import { ListEnd, ListState } from '../../../components/layout/ListState.js';
import { Time } from '../../../components/Time.js';
import { client, trpc } from '../../../rpc/client.js';
import { usePages } from '../../../rpc/use-pages.js';
import classes from './data.module.css';

const byWords = { subject: 'A person', query: 'By query', traces: 'Chosen traces' } as const;

const pageSize = 20;
const idOf = (receipt: ErasureReceipt) => receipt.erasure_id;

export function Receipts() {
  const receipts = usePages<ErasureReceipt>({
    queryKey: trpc.privacy.receipts.infiniteQueryKey({ limit: pageSize }),
    fetchPage: (cursor, signal) => client.privacy.receipts.query({ limit: pageSize, cursor }, { signal }),
    idOf,
    topics: ['jobs', 'audit'],
  });
  return (
    <ListState
      list={receipts}
      label="Loading receipts"
      lines={3}
      empty={<p className={classes.remark}>Nothing was erased here yet. Each erasure leaves its receipt here.</p>}
    >
      <div>
        <ul className={classes.list} aria-label="Receipts">
          {receipts.items.map((receipt) => (
            <li key={receipt.erasure_id}>
              <Receipt receipt={receipt} />
            </li>
          ))}
        </ul>
        <ListEnd list={receipts} />
      </div>
    </ListState>
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
              {done.exports.map(({ out, state, rows_removed, rows_changed }) => (
                <div key={out}>
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
