import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Answer } from '../../components/layout/Answer.js';
import { trpc } from '../../rpc/client.js';
import { isOpen, JobProgress } from '../jobs/index.js';
import classes from './qa.module.css';
import { RunView } from './RunView.js';
import { useRun } from './use-run.js';
import { isUnderWay } from './words.js';

/** A run by its id, with its job above it while that is under way. */
export function ShownRun({ runId, onTrace = false }: { runId: string; onTrace?: boolean }) {
  const run = useRun(runId);
  return (
    <Answer query={run} label="Loading the run" lines={8}>
      {(answer) => (
        <>
          {isUnderWay(answer) && answer.job_id !== null && <UnderWay jobId={answer.job_id} />}
          <RunView run={answer} onTrace={onTrace} />
        </>
      )}
    </Answer>
  );
}

/** How far the job of a run is, which can be cancelled. */
function UnderWay({ jobId }: { jobId: string }) {
  const job = useQuery(trpc.jobs.get.queryOptions({ job_id: jobId }));
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  if (job.data === undefined || !isOpen(job.data)) return null;
  return (
    <div className={classes.underWay}>
      <div>
        <JobProgress job={job.data} />
      </div>
      <Button
        variant="default"
        size="compact-xs"
        loading={cancel.isPending}
        onClick={() => cancel.mutate({ job_id: jobId })}
      >
        Cancel
      </Button>
    </div>
  );
}
