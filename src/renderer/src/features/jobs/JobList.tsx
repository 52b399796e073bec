import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Job } from '../../../../shared/model/index.js';
import { ListEnd, ListState } from '../../components/layout/ListState.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { client, trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { usePages } from '../../rpc/use-pages.js';
import { JobLog } from './JobLog.js';
import { isOpen, JobProgress } from './JobProgress.js';
import classes from './jobs.module.css';

const pageSize = 50;
const idOf = (job: Job) => job.job_id;

interface Props {
  /** Only jobs of this kind; without it all, each with the title of its kind. */
  kind?: string;
  /** What the list is called. */
  label: string;
  empty: ReactNode;
  /** What came of a job that is done; without it its last message stands there. */
  outcome?: (job: Job) => ReactNode;
  /** How one stands that waits or runs, below how far it is. */
  standing?: (job: Job) => ReactNode;
  /** Buttons of its own beside the others. */
  actions?: (job: Job) => ReactNode;
}

/** Jobs, newest first, with how far each is and what it says. */
export function JobList({ kind, label, empty, outcome, standing, actions }: Props) {
  const asked = { limit: pageSize, ...(kind !== undefined && { kind }) };
  const jobs = usePages<Job>({
    queryKey: trpc.jobs.list.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.jobs.list.query({ ...asked, cursor }, { signal }),
    idOf,
    topics: ['jobs'],
  });
  const kinds = useQuery({ ...trpc.jobs.kinds.queryOptions(), enabled: kind === undefined });
  const titleOf = (id: string) =>
    kind === undefined ? (kinds.data?.find((each) => each.id === id)?.title ?? id) : null;
  return (
    <ListState list={jobs} label={`Loading ${label.toLowerCase()}`} lines={4} empty={empty}>
      <ul className={classes.jobs} aria-label={label}>
        {jobs.items.map((job) => (
          <JobRow key={job.job_id} job={job} kind={titleOf(job.kind)} {...{ outcome, standing, actions }} />
        ))}
      </ul>
      <ListEnd list={jobs} />
    </ListState>
  );
}

/** The newest job of a kind: how it goes, what it said, and what came of it. Nothing where there was none. */
export function NewestJob({ kind, outcome, onOver }: { kind: string; onOver(): void } & Pick<Props, 'outcome'>) {
  const queries = useQueryClient();
  const asked = trpc.jobs.list.queryOptions({ kind, limit: 1 });
  const jobs = useQuery(asked).data?.items;
  const job = jobs?.[0];
  useTick('jobs', () => void queries.invalidateQueries({ queryKey: asked.queryKey }));
  const over = useRef(onOver);
  over.current = onOver;
  const seen = useRef<{ id: string | null; open: boolean } | null>(null);
  useEffect(() => {
    if (jobs === undefined) return;
    const before = seen.current;
    const [newest] = jobs;
    seen.current = { id: newest?.job_id ?? null, open: newest !== undefined && isOpen(newest) };
    if (newest === undefined || isOpen(newest) || before === null) return;
    // A short one is over before it was seen running.
    if (before.open || before.id !== newest.job_id) over.current();
  }, [jobs]);
  if (job === undefined) return null;
  return (
    <ul className={classes.jobs} aria-label={job.title}>
      <JobRow key={job.job_id} job={job} kind={null} outcome={outcome} />
    </ul>
  );
}

interface RowProps {
  job: Job;
  kind: string | null;
  outcome?: Props['outcome'];
  standing?: Props['standing'];
  actions?: Props['actions'];
}

function JobRow({ job, kind, outcome, standing, actions }: RowProps) {
  const [open, setOpen] = useState(false);
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  const { job_id, title, state, message, error, created_at } = job;
  return (
    <li className={classes.job}>
      <div className={classes.head}>
        <strong className="ellipsis" title={title}>
          {title}
        </strong>
        {kind !== null && <span className={classes.kind}>{kind}</span>}
        <StatusBadge status={state} />
        <Time iso={created_at} />
        <span className={classes.actions}>
          <Button variant="default" size="compact-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide log' : 'Log'}
          </Button>
          {actions?.(job)}
          {isOpen(job) && (
            <Button
              variant="default"
              size="compact-xs"
              loading={cancel.isPending}
              onClick={() => cancel.mutate({ job_id })}
            >
              Cancel
            </Button>
          )}
        </span>
      </div>
      {isOpen(job) ? (
        <>
          <JobProgress job={job} />
          {standing?.(job)}
        </>
      ) : error ? (
        <p className={classes.problem}>
          {error.message} <code>{error.code}</code>
        </p>
      ) : (
        (outcome?.(job) ?? <p className={classes.note}>{message}</p>)
      )}
      {open && <JobLog jobId={job_id} />}
    </li>
  );
}
