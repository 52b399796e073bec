import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Job, rescanResultSchema } from '../../../../../shared/model/index.js';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { Time } from '../../../components/Time.js';
import { trpc } from '../../../rpc/client.js';
import { useTick } from '../../../rpc/ticks.js';
import { entityTitle } from './draft.js';
import classes from './policy.module.css';

/** How far back a re-scan is looked for among the jobs. */
const jobsLooked = 100;

/** The latest re-scan of what is stored, and a button that starts one. */
export function Rescan() {
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries(trpc.jobs.list.queryFilter());
  const jobs = useQuery(trpc.jobs.list.queryOptions({ limit: jobsLooked }));
  useTick('jobs', refresh);
  const start = useMutation(trpc.privacy.rescan.mutationOptions({ onSettled: refresh }));
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions({ onSettled: refresh }));
  const last = jobs.data?.items.find(({ kind }) => kind === 'rescan');
  const open = last?.state === 'running' || last?.state === 'queued';
  const failure = start.error ?? cancel.error;
  return (
    <>
      {failure && <FailureNotice error={failure} />}
      <div role="status">
        {last === undefined ? (
          <p className={classes.remark}>What is stored was not redacted anew yet.</p>
        ) : (
          <Outcome job={last} />
        )}
      </div>
      <div className={classes.buttons} data-at="start">
        {open ? (
          <Button variant="default" onClick={() => cancel.mutate({ job_id: last.job_id })}>
            Cancel the re-scan
          </Button>
        ) : (
          <Button variant="default" loading={start.isPending} onClick={() => start.mutate()}>
            Re-scan now
          </Button>
        )}
      </div>
    </>
  );
}

function Outcome({ job }: { job: Job }) {
  if (job.state === 'running' || job.state === 'queued') {
    return (
      <>
        <Progress
          value={job.progress === null ? 100 : job.progress * 100}
          animated={job.progress === null}
          size="sm"
          aria-label="Progress of the re-scan"
        />
        <p className={classes.remark}>{job.message || 'Waiting'}</p>
      </>
    );
  }
  const when = <Time iso={job.ended_at ?? job.created_at} />;
  const result = rescanResultSchema.safeParse(job.result);
  if (job.state !== 'done' || !result.success) {
    return (
      <p className={classes.remark}>
        {job.error?.message ?? `The last one was ${job.state}.`} {when}
      </p>
    );
  }
  const { exchanges, traces, not_undone } = result.data;
  const kept = Object.entries(not_undone).map(([entity, count]) => `${entityTitle(entity)} (${count})`);
  return (
    <>
      <p className={classes.remark}>
        {exchanges === 0
          ? 'Nothing that is stored had to change.'
          : `${exchanges.toLocaleString('en')} exchanges in ${traces.toLocaleString('en')} traces were changed.`}{' '}
        {when}
      </p>
      {kept.length > 0 && (
        <p className={classes.remark}>Stays replaced although it would be kept now: {kept.join(', ')}.</p>
      )}
    </>
  );
}
