import { Button, NumberInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { dedupeReportSchema, type Job, type NearLevel } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { Time } from '../../components/Time.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { isOpen, JobProgress } from '../jobs/index.js';
import classes from './duplicates.module.css';

const defaultThreshold = 0.72;
/** How far back the last run of a level is looked for. */
const jobsLooked = 50;

/** Looks for near-duplicates of a level as a job; tells how it goes and what the last one found. */
export function FindJob({ level, onFound }: { level: NearLevel; onFound(): void }) {
  const queries = useQueryClient();
  const asked = { limit: jobsLooked, kind: 'dedupe' };
  const jobs = useQuery(trpc.jobs.list.queryOptions(asked));
  const refresh = () => void queries.invalidateQueries(trpc.jobs.list.queryFilter(asked));
  useTick('jobs', refresh);
  const [threshold, setThreshold] = useState<number | ''>(defaultThreshold);
  const start = useMutation(trpc.duplicates.start.mutationOptions({ onSettled: refresh }));
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions({ onSettled: refresh }));
  const running = jobs.data?.items.find(isOpen);
  const last = jobs.data?.items.find((job) => reportOf(job)?.level === level);

  // What a run found stands in the list once it is over.
  const latest = useRef(onFound);
  latest.current = onFound;
  const lastId = last?.job_id;
  const seen = useRef(lastId);
  useEffect(() => {
    if (lastId !== undefined && seen.current !== lastId) latest.current();
    seen.current = lastId;
  }, [lastId]);

  const failure = start.error ?? cancel.error;
  return (
    <div className={classes.find}>
      {running ? (
        <>
          <div className={classes.progress}>
            <JobProgress job={running} />
          </div>
          <Button variant="default" onClick={() => cancel.mutate({ job_id: running.job_id })}>
            Cancel
          </Button>
        </>
      ) : (
        <>
          <NumberInput
            aria-label="Similar from"
            leftSection={<span className={classes.from}>from</span>}
            leftSectionWidth={40}
            w={110}
            min={0.3}
            max={1}
            step={0.02}
            decimalScale={2}
            value={threshold}
            onChange={(value) => setThreshold(value === '' ? '' : Number(value))}
          />
          <Button
            loading={start.isPending}
            disabled={threshold === '' || threshold < 0.3 || threshold > 1}
            onClick={() => threshold !== '' && start.mutate({ level, threshold })}
          >
            Find near-duplicates
          </Button>
        </>
      )}
      <p className={classes.last} role="status">
        {!running && last && <Found job={last} />}
      </p>
      {failure && <FailureNotice error={failure} />}
    </div>
  );
}

function reportOf(job: Job) {
  const report = job.state === 'done' ? dedupeReportSchema.safeParse(job.result) : null;
  return report?.success ? report.data : null;
}

function Found({ job }: { job: Job }) {
  const report = reportOf(job);
  if (report === null) return null;
  const { documents, clusters, duplicates, threshold } = report;
  const count = (value: number) => value.toLocaleString('en');
  return (
    <>
      {count(documents)} looked at, {count(clusters)} {clusters === 1 ? 'cluster' : 'clusters'}, {count(duplicates)}{' '}
      {duplicates === 1 ? 'duplicate' : 'duplicates'} from {threshold} on ·{' '}
      <Time iso={job.ended_at ?? job.created_at} />
    </>
  );
}
