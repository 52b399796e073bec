import { useLayoutEffect, useRef } from 'react';
import { ErrorState } from '../../components/layout/ErrorState.js';
import { Time } from '../../components/Time.js';
import classes from './jobs.module.css';
import { useJobLog } from './use-job-log.js';

/** What a job said, and says while it runs. */
export function JobLog({ jobId }: { jobId: string }) {
  const { lines, error } = useJobLog(jobId);
  const scroller = useRef<HTMLElement>(null);
  // What comes is followed until somebody looks back.
  const follows = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it moves with the lines
  useLayoutEffect(() => {
    if (follows.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [lines]);
  if (error && lines.length === 0) return <ErrorState error={error} />;
  if (lines.length === 0) return <p className={classes.note}>It has not said anything.</p>;
  return (
    <section
      ref={scroller}
      className={classes.log}
      aria-label="What the job says"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      <ol aria-label="Log" aria-live="polite">
        {lines.map(({ seq, at, level, text }) => (
          <li key={seq} data-level={level}>
            <Time iso={at} /> {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
