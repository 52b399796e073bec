import { Alert, Button } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type ExportResult, exportResultSchema, type Job } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { FileTable } from '../../components/FileTable.js';
import { Answer } from '../../components/layout/Answer.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { desktop } from '../../host/desktop.js';
import { downloadJobFile } from '../../host/download.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { isOpen, JobLog, JobProgress } from '../jobs/index.js';
import classes from './export.module.css';
import { LeakCheck } from './leaks/LeakCheck.js';
import { RefusedExport } from './leaks/RefusedExport.js';
import { reasonsText } from './reasons.js';

const skippedShown = 50;

interface Props {
  jobId: string;
  onClose(): void;
  onAgain(): void;
  /** Another try at the same export. */
  onStarted(jobId: string): void;
}

/** An export on its way and what came of it. */
export function ExportJob({ jobId, onClose, onAgain, onStarted }: Props) {
  const query = useQuery(trpc.jobs.get.queryOptions({ job_id: jobId }));
  return (
    <Answer query={query} label="Loading the export" lines={3}>
      {(job) => <ShownExport job={job} onClose={onClose} onAgain={onAgain} onStarted={onStarted} />}
    </Answer>
  );
}

function ShownExport({ job, onClose, onAgain, onStarted }: Omit<Props, 'jobId'> & { job: Job }) {
  const [log, setLog] = useState(false);
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  const open = isOpen(job);
  const refused = job.state === 'failed' && job.error?.code === 'export_leaks';

  return (
    <div className={classes.job}>
      <div className={classes.jobHead}>
        <strong>{job.title}</strong>
        <StatusBadge status={job.state} />
        <Button variant="default" size="compact-xs" ml="auto" aria-expanded={log} onClick={() => setLog(!log)}>
          {log ? 'Hide log' : 'Log'}
        </Button>
      </div>
      {log && <JobLog jobId={job.job_id} />}
      {open && <JobProgress job={job} />}
      {job.state === 'done' && <Done job={job} />}
      {refused && <RefusedExport job={job} onStarted={onStarted} />}
      {(job.state === 'failed' || job.state === 'interrupted') && !refused && (
        <Alert color="red" title={job.error?.message ?? 'The export was interrupted.'}>
          Nothing half-written was left behind. {job.error && <code>{job.error.code}</code>}
        </Alert>
      )}
      {job.state === 'cancelled' && <p className="dim">Cancelled. Nothing half-written was left behind.</p>}
      {cancel.isError && (
        <p className={classes.problem} role="alert">
          {describeError(cancel.error).message}
        </p>
      )}
      <footer className={classes.footer}>
        {open ? (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ job_id: job.job_id })}>
            Cancel export
          </Button>
        ) : (
          <Button variant="default" onClick={onAgain}>
            New export
          </Button>
        )}
        <Button onClick={onClose}>{open ? 'Continue in the background' : 'Close'}</Button>
      </footer>
    </div>
  );
}

function Done({ job }: { job: Job }) {
  const result = useMemo<ExportResult | null>(() => {
    const parsed = exportResultSchema.safeParse(job.result);
    return parsed.success ? parsed.data : null;
  }, [job.result]);
  if (!result) return <p className={classes.problem}>The engine sent a result this studio cannot read.</p>;
  const shell = desktop();

  return (
    <>
      <p className={classes.sum}>
        <span className="num">{result.rows.toLocaleString('en')}</span> rows from{' '}
        <span className="num">{result.traces.toLocaleString('en')}</span> traces in
        <code className="ellipsis" title={result.out}>
          {result.out}
        </code>
        <CopyButton value={result.out} label="Copy folder" size={20} />
        {shell && (
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<IconFolderOpen size={13} />}
            onClick={() => void shell.showInFolder(result.out)}
          >
            Show
          </Button>
        )}
      </p>
      <FileTable files={result.files} folder={result.out} download={(name) => downloadJobFile(job.job_id, name)} />
      {result.leaks && <LeakCheck jobId={job.job_id} folder={result.out} summary={result.leaks} />}
      {result.skipped.length > 0 && <Skipped skipped={result.skipped} />}
    </>
  );
}

function Skipped({ skipped }: { skipped: ExportResult['skipped'] }) {
  const traces = new Map<string, number>();
  const branches = new Map<string, number>();
  for (const { reason, branches: count } of skipped) {
    const counts = count === undefined ? traces : branches;
    counts.set(reason, (counts.get(reason) ?? 0) + (count ?? 1));
  }
  const whole = skipped.filter((one) => one.branches === undefined).length;
  const parts = [
    ...(whole === 0
      ? []
      : [`${whole.toLocaleString('en')} ${whole === 1 ? 'trace' : 'traces'} without a row: ${reasonsText(traces)}`]),
    ...(branches.size === 0 ? [] : [`left out of traces with rows: ${reasonsText(branches)}`]),
  ];
  return (
    <details className={classes.skipped}>
      <summary>{parts.join('; ')}</summary>
      <ul>
        {skipped.slice(0, skippedShown).map(({ trace_id, reason }) => (
          <li key={`${trace_id} ${reason}`}>
            <a href={`#/traces/${trace_id}`} className="mono">
              {trace_id.slice(-8)}
            </a>{' '}
            {reason}
          </li>
        ))}
        {skipped.length > skippedShown && <li>and {(skipped.length - skippedShown).toLocaleString('en')} more</li>}
      </ul>
    </details>
  );
}
