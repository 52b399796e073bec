import { useQuery } from '@tanstack/react-query';
import type { LeakSummary } from '../../../../../shared/model/index.js';
import { Answer } from '../../../components/layout/Answer.js';
import { Notice } from '../../../components/Notice.js';
import { trpc } from '../../../rpc/client.js';
import { CheckAgain } from './CheckAgain.js';
import { LeakList, ruleCounts } from './LeakList.js';
import classes from './leaks.module.css';
import { SampleReview } from './SampleReview.js';

/** What the second look at a finished export found, and rows of it for people to look at. */
export function LeakCheck({ jobId, folder, summary }: { jobId: string; folder: string; summary: LeakSummary }) {
  const report = useQuery(trpc.leaks.report.queryOptions({ job_id: jobId }));
  const { leaks_count, by_rule, rows, overridden } = summary;
  return (
    <section className={classes.check} aria-label="Leak check">
      {leaks_count === 0 && overridden === null ? (
        <Notice tone="gray" title={`No leak found in ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}.`}>
          <p>Rules find what has a known form. Look at some rows yourself:</p>
        </Notice>
      ) : (
        <Notice
          tone="amber"
          title={`${leaks_count.toLocaleString('en')} ${leaks_count === 1 ? 'leak' : 'leaks'}, taken on by ${overridden?.name}.`}
        >
          <p>
            {ruleCounts(by_rule)}. Reason: {overridden?.reason}
          </p>
        </Notice>
      )}
      <Answer query={report} label="Loading the report" lines={2}>
        {({ leaks, leaks_count: count, sample }) => (
          <>
            {count > 0 && <LeakList leaks={leaks} count={count} />}
            {sample.rows.length > 0 && <SampleReview jobId={jobId} sample={sample.rows} />}
          </>
        )}
      </Answer>
      <CheckAgain folder={folder} />
    </section>
  );
}
