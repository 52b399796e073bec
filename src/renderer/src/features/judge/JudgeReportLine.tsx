import { type Job, judgeReportSchema } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { Notice } from '../../components/Notice.js';
import classes from './judge.module.css';

/** What a job of judging came to. */
export function JudgeReportLine({ job }: { job: Job }) {
  if (job.error !== null) return <Notice tone="red" title={job.error.message} code={job.error.code} />;
  const report = judgeReportSchema.safeParse(job.result);
  if (!report.success) return null;
  const { judged, unscored, cached, cost_usd, stopped, reasons } = report.data;
  return (
    <div className={classes.note} role="status">
      <p>
        {judged.toLocaleString('en')} judged, {unscored.toLocaleString('en')} without a score,{' '}
        {cached.toLocaleString('en')} from the cache, <Cost usd={cost_usd} />
        {stopped === 'budget' && '. It ended where the budget did: raise it and judge again'}.
      </p>
      {Object.entries(reasons).map(([reason, count]) => (
        <p key={reason}>
          {count.toLocaleString('en')}: {reason}
        </p>
      ))}
    </div>
  );
}
