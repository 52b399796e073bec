import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { DatasetVersion } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { Columns } from '../../components/layout/Columns.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './datasets.module.css';
import { RowView } from './RowView.js';

/** The rows of a version one by one, as they are written and as a chat template shows them to the model. */
export function RowsTab({ version: { name, version } }: { version: DatasetVersion }) {
  const asked = Number(useHashParams().get('row')) || 1;
  const query = useQuery(
    trpc.datasets.rows.queryOptions({ name, version, from: asked, limit: 1 }, { placeholderData: keepPreviousData }),
  );
  return (
    <Columns>
      <section className={classes.block} aria-label="Row">
        <Answer query={query} label="Loading the row">
          {({ total, rows: [row] }) =>
            row === undefined ? (
              <EmptyState title="No such row">This version has {total.toLocaleString('en')}.</EmptyState>
            ) : (
              <RowView
                value={row.value}
                number={row.number}
                total={total}
                place={`${row.file}, row ${row.row}`}
                onGo={(next) => replaceHashParams({ row: String(next) })}
              />
            )
          }
        </Answer>
      </section>
    </Columns>
  );
}
