import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Job } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { trpc } from '../../rpc/client.js';
import { isOpen } from '../jobs/index.js';

/** Stops a run so that it can be gone on with, and goes on with one that was stopped. */
export function RunActions({ job }: { job: Job }) {
  const pause = useMutation(trpc.oracle.pause.mutationOptions());
  const resume = useMutation(trpc.oracle.resume.mutationOptions());
  const run_id = job.job_id;
  if (isOpen(job))
    return (
      <Button variant="default" size="compact-xs" loading={pause.isPending} onClick={() => pause.mutate({ run_id })}>
        Pause
      </Button>
    );
  if (job.state === 'done') return null;
  return (
    <>
      {resume.isError && <FailureNotice error={resume.error} />}
      <Button variant="default" size="compact-xs" loading={resume.isPending} onClick={() => resume.mutate({ run_id })}>
        Resume
      </Button>
    </>
  );
}
