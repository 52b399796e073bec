import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { runReportSchema } from '../../../../shared/model/oracle.js';
import { Answer } from '../../components/layout/Answer.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { RunBaseline } from '../baseline/index.js';
import { BringForm } from './BringForm.js';
import classes from './oracle.module.css';
import { Report } from './Report.js';
import { Samples } from './Samples.js';

/** What a run came to: figures and what of it is brought, once somebody looks. */
export function RunOutcome({ runId }: { runId: string }) {
  const [open, setOpen] = useState(false);
  const queries = useQueryClient();
  const asked = trpc.oracle.run.queryOptions({ run_id: runId });
  const run = useQuery({ ...asked, enabled: open });
  // A sample is there once its import is over, and people say more and more of it.
  useTick(['jobs', 'reviews'], open ? () => void queries.invalidateQueries({ queryKey: asked.queryKey }) : null);
  return (
    <details className={classes.outcome} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Report, and bring into the store</summary>
      {open && (
        <>
          <Answer query={run} label="Reading the report" lines={6}>
            {({ report, samples }) => {
              const read = runReportSchema.safeParse(report);
              return (
                <>
                  {read.success ? (
                    <Report report={read.data} />
                  ) : (
                    <p className={classes.note}>The run’s folder has no report any more.</p>
                  )}
                  <Samples runId={runId} samples={samples} />
                </>
              );
            }}
          </Answer>
          <RunBaseline runId={runId} />
          <BringForm runId={runId} />
        </>
      )}
    </details>
  );
}
