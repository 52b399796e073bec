import { ErrorState } from '../../components/layout/ErrorState.js';
import { Time } from '../../components/Time.js';
import classes from './jobs.module.css';
import { useJobLog } from './use-job-log.js';

/** What a job said, and says while it runs. */
export function JobLog({ jobId }: { jobId: string }) {
  const { lines, error } = useJobLog(jobId);
  if (error && lines.length === 0) return <ErrorState error={error} />;
  if (lines.length === 0) return <p className={classes.note}>It has not said anything.</p>;
  return (
    <ol className={classes.log} aria-label="Log" aria-live="polite">
      {lines.map(({ seq, at, level, text }) => (
        <li key={seq} data-level={level}>
          <Time iso={at} /> {text}
        </li>
      ))}
    </ol>
  );
}
