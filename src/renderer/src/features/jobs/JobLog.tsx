import { useLayoutEffect, useRef } from 'react';
import { ErrorState } from '../../components/layout/ErrorState.js';
import { Time } from '../../components/Time.js';
import classes from './jobs.module.css';
import { useJobLog } from './use-job-log.js';

/** What a job said, and says while it runs. */
export function JobLog({ jobId }: { jobId: string }) {
  const { lines, error } = useJobLog(jobId);
  const list = useRef<HTMLOListElement>(null);
  // What comes is followed until somebody looks back.
  const follows = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it moves with the lines
  useLayoutEffect(() => {
    if (follows.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [lines]);
  if (error && lines.length === 0) return <ErrorState error={error} />;
  if (lines.length === 0) return <p className={classes.note}>It has not said anything.</p>;
  return (
    <ol
      ref={list}
      className={classes.log}
      aria-label="Log"
      aria-live="polite"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {lines.map(({ seq, at, level, text }) => (
        <li key={seq} data-level={level}>
          <Time iso={at} /> {text}
        </li>
      ))}
    </ol>
  );
}
