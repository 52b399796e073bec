import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Json } from '../../../../../shared/model/index.js';
import { trpc } from '../../../rpc/client.js';
import { useTick } from '../../../rpc/ticks.js';
import classes from './tab.module.css';

/** How a job that was started here goes on; `children` shows its result. */
export function JobLine({ jobId, children }: { jobId: string; children?: (result: Json) => ReactNode }) {
  const queries = useQueryClient();
  const job = useQuery(trpc.jobs.get.queryOptions({ job_id: jobId }));
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  useTick('jobs', () => void queries.invalidateQueries(trpc.jobs.get.queryFilter({ job_id: jobId })));
  if (!job.data) return null;
  const { state, message, result, error } = job.data;
  const open = state === 'queued' || state === 'running';
  return (
    <div role="status" className={classes.row}>
      <p className={classes.remark}>
        {open
          ? `Under way: ${message || 'starting'}`
          : state === 'done'
            ? message || 'Done'
            : (error?.message ?? state)}
      </p>
      {open && (
        <Button variant="subtle" size="compact-xs" onClick={() => cancel.mutate({ job_id: jobId })}>
          Cancel
        </Button>
      )}
      {state === 'done' && result !== null && children?.(result)}
    </div>
  );
}
