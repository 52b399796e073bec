import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ImportReport, importReportSchema, type Job } from '../../../../shared/model/index.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import classes from './import.module.css';

const jobsShown = 100;
const skippedShown = 20;
const tracesShown = 12;

/** Imports under way and done, newest first, each with its report. */
export function ImportJobs() {
  const queries = useQueryClient();
  const jobs = useQuery(trpc.jobs.list.queryOptions({ limit: jobsShown }));
  useTick('jobs', () => void queries.invalidateQueries(trpc.jobs.list.queryFilter()));
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  const imports = (jobs.data?.items ?? []).filter((job) => job.kind === 'import');
  if (imports.length === 0) return null;
  return (
    <section aria-label="Imports">
      <h2 className={classes.heading}>Imports</h2>
      <ul className={classes.jobs}>
        {imports.map((job) => (
          <li key={job.job_id} className={classes.job}>
            <div className={classes.jobHead}>
              <strong className="ellipsis">{job.title}</strong>
              <StatusBadge status={job.state} />
              <Time iso={job.created_at} />
              {(job.state === 'running' || job.state === 'queued') && (
                <Button
                  variant="default"
                  size="compact-xs"
                  ml="auto"
                  onClick={() => cancel.mutate({ job_id: job.job_id })}
                >
                  Cancel
                </Button>
              )}
            </div>
            <Outcome job={job} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Outcome({ job }: { job: Job }) {
  if (job.state === 'running' || job.state === 'queued') {
    return (
      <div aria-live="polite">
        <Progress
          value={job.progress === null ? 100 : job.progress * 100}
          animated={job.progress === null}
          size="sm"
          aria-label={`Progress of ${job.title}`}
        />
        <p className={classes.note}>{job.message}</p>
      </div>
    );
  }
  if (job.error) {
    return (
      <p className={classes.problem}>
        {job.error.message} <code>{job.error.code}</code>
      </p>
    );
  }
  const report = importReportSchema.safeParse(job.result);
  return report.success ? <Report report={report.data} /> : null;
}

function Report({ report }: { report: ImportReport }) {
  const { taken, duplicates, skipped_count, skipped, trace_ids } = report;
  const counts = [
    `${taken.traces.toLocaleString('en')} traces`,
    taken.calls > 0 && `${taken.calls.toLocaleString('en')} calls`,
    taken.exchanges > 0 && `${taken.exchanges.toLocaleString('en')} exchanges`,
    taken.records > 0 && `${taken.records.toLocaleString('en')} records`,
    duplicates > 0 && `${duplicates.toLocaleString('en')} were there already`,
  ].filter((each) => each !== false);
  return (
    <>
      <p className={classes.counts}>
        <span className={classes.importer}>{report.importer}</span> {counts.join(', ')}
      </p>
      {trace_ids.length > 0 && (
        <p className={classes.traces}>
          {trace_ids.slice(0, tracesShown).map((id) => (
            <a key={id} href={hrefTo(`/traces/${id}`)} className="mono">
              {id.slice(-8)}
            </a>
          ))}
          {trace_ids.length > tracesShown && <span className="dim">and {trace_ids.length - tracesShown} more</span>}
        </p>
      )}
      {skipped_count > 0 && (
        <details className={classes.skipped}>
          <summary>
            {skipped_count.toLocaleString('en')} {skipped_count === 1 ? 'part' : 'parts'} skipped
          </summary>
          <ul>
            {skipped.slice(0, skippedShown).map(({ where, reason }) => (
              <li key={`${where} ${reason}`}>
                <code>{where}</code> {reason}
              </li>
            ))}
            {skipped_count > skippedShown && <li>and {(skipped_count - skippedShown).toLocaleString('en')} more</li>}
          </ul>
        </details>
      )}
    </>
  );
}
