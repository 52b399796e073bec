import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { expansionReportSchema, type Job } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { Notice } from '../../components/Notice.js';
import { trpc } from '../../rpc/client.js';
import { isOpen, JobProgress } from '../jobs/index.js';
import classes from './expansions.module.css';

interface Props {
  jobId: string;
  onAgain(): void;
  onClose(): void;
}

/** How far the writing is, and what it came to. */
export function ExpandJob({ jobId, onAgain, onClose }: Props) {
  const job = useQuery(trpc.jobs.get.queryOptions({ job_id: jobId }));
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  const failure = job.error ?? cancel.error;
  const running = job.data !== undefined && isOpen(job.data);
  return (
    <>
      {job.data && (running ? <JobProgress job={job.data} /> : <Came job={job.data} />)}
      {failure && <FailureNotice error={failure} />}
      <Group justify="flex-end" gap="xs" mt="sm">
        {running ? (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ job_id: jobId })}>
            Cancel the job
          </Button>
        ) : (
          <Button variant="default" onClick={onAgain}>
            Write more
          </Button>
        )}
        <Button data-autofocus onClick={onClose}>
          {running ? 'Go on without this dialog' : 'Done'}
        </Button>
      </Group>
    </>
  );
}

function Came({ job }: { job: Job }) {
  if (job.error !== null) return <Notice tone="red" title={job.error.message} code={job.error.code} />;
  const report = expansionReportSchema.safeParse(job.result);
  if (!report.success) return <p role="status">The job was {job.state}. What was written so far is kept.</p>;
  const { written, cached, own, left_out, cost_usd, stopped, reasons } = report.data;
  const count = (value: number) => value.toLocaleString('en');
  return (
    <div className={classes.came} role="status">
      <p>
        Reasoning of {count(written)} {written === 1 ? 'call' : 'calls'} stands now ({count(cached)} from the cache),{' '}
        {count(own)} told their own, {count(left_out)} left out, <Cost usd={cost_usd} />.
        {stopped === 'budget' && ' It ended where the budget did: raise it and write more.'}
      </p>
      {Object.entries(reasons).map(([reason, times]) => (
        <p key={reason}>
          {count(times)}: {reason}
        </p>
      ))}
    </div>
  );
}
