import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetVersion, TrainerId } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { Columns } from '../../components/layout/Columns.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { trpc } from '../../rpc/client.js';
import { TrainerField, TrainerFindings } from '../dataset-options/index.js';
import classes from './datasets.module.css';

/** What a trainer would skip, drop, merge, overwrite, truncate or train on by mistake in the rows of a version. */
export function ReportTab({ version, initial }: { version: DatasetVersion; initial: TrainerId | null }) {
  const { name, version: number } = version;
  const [trainer, setTrainer] = useState(initial);
  const check = useQuery({
    ...trpc.datasets.check.queryOptions({ name, version: number, ...(trainer !== null && { trainer }) }),
    enabled: trainer !== null,
  });
  return (
    <Columns>
      <section className={classes.block} aria-label="Trainer report">
        <div className={classes.field}>
          <TrainerField value={trainer} onChange={setTrainer} />
        </div>
        {trainer === null ? (
          <EmptyState title="No trainer is chosen">
            Choose one: every row is read as its own code reads it, without training.
          </EmptyState>
        ) : (
          <Answer query={check} label="Reading every row">
            {({ trainer: report }) =>
              report && <TrainerFindings key={report.trainer} report={report} version={version} />
            }
          </Answer>
        )}
      </section>
    </Columns>
  );
}
