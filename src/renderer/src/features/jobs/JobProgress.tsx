import { Progress } from '@mantine/core';
import type { Job } from '../../../../shared/model/index.js';
import classes from './jobs.module.css';

/** Whether anything may still come of it. */
export const isOpen = ({ state }: Pick<Job, 'state'>) => state === 'running' || state === 'queued';

/** How far a job is, as long as it runs or waits for its turn. */
export function JobProgress({ job }: { job: Job }) {
  const { title, state, progress, work, message } = job;
  const counted = work && `${count(work.done)} of ${count(work.total)} ${work.unit}`;
  return (
    <div aria-live="polite">
      <Progress
        value={progress === null ? 100 : progress * 100}
        animated={progress === null && state === 'running'}
        striped={progress === null}
        size="sm"
        aria-label={`Progress of ${title}`}
      />
      <p className={classes.note}>
        {progress !== null && <span className="num">{Math.round(progress * 100)} % </span>}
        {state === 'queued' ? 'Waits for its turn' : message || counted}
      </p>
    </div>
  );
}

const count = (value: number | null) => (value === null ? '?' : value.toLocaleString('en'));
