import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Job } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListEnd, ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import { JobLog } from './JobLog.js';
import classes from './jobs.module.css';

const pageSize = 50;
const idOf = (job: Job) => job.job_id;

/** What takes its time: every job, newest first, with how far it is and what it says. */
export function JobsPage() {
  const jobs = usePages<Job>({
    queryKey: trpc.jobs.list.infiniteQueryKey({ limit: pageSize }),
    fetchPage: (cursor, signal) => client.jobs.list.query({ limit: pageSize, cursor }, { signal }),
    idOf,
    topics: ['jobs'],
  });
  const kinds = useQuery(trpc.jobs.kinds.queryOptions());
  const titleOf = (id: string) => kinds.data?.find((kind) => kind.id === id)?.title ?? id;
  return (
    <Page title="Jobs">
      <ListState
        list={jobs}
        label="Loading jobs"
        empty={<EmptyState title="No jobs yet">Exports, imports, validation and re-scans run as jobs.</EmptyState>}
      >
        <Scroll>
          <ul className={classes.jobs} aria-label="Jobs">
            {jobs.items.map((job) => (
              <JobRow key={job.job_id} job={job} kind={titleOf(job.kind)} />
            ))}
          </ul>
          <ListEnd list={jobs} />
        </Scroll>
      </ListState>
    </Page>
  );
}

function JobRow({ job, kind }: { job: Job; kind: string }) {
  const [open, setOpen] = useState(false);
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  const { job_id, title, state, progress, work, message, error, created_at } = job;
  const runs = state === 'running' || state === 'queued';
  return (
    <li className={classes.job}>
      <div className={classes.head}>
        <strong className="ellipsis">{title}</strong>
        <span className={classes.kind}>{kind}</span>
        <StatusBadge status={state} />
        <Time iso={created_at} />
        <Button variant="default" size="compact-xs" ml="auto" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide log' : 'Log'}
        </Button>
        {runs && (
          <Button
            variant="default"
            size="compact-xs"
            loading={cancel.isPending}
            onClick={() => cancel.mutate({ job_id })}
          >
            Cancel
          </Button>
        )}
      </div>
      {runs && (
        <Progress
          value={progress === null ? 100 : progress * 100}
          animated={progress === null}
          size="sm"
          aria-label={`Progress of ${title}`}
        />
      )}
      {error ? (
        <p className={classes.problem}>
          {error.message} <code>{error.code}</code>
        </p>
      ) : (
        <p className={classes.note}>{work ? `${count(work.done)} of ${count(work.total)} ${work.unit}` : message}</p>
      )}
      {open && <JobLog jobId={job_id} />}
    </li>
  );
}

const count = (value: number | null) => (value === null ? '?' : value.toLocaleString('en'));
