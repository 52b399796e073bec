import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { leakCheckSchema } from '../../../../../shared/model/index.js';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { Notice } from '../../../components/Notice.js';
import { trpc } from '../../../rpc/client.js';
import { isOpen, JobProgress } from '../../jobs/index.js';
import { ruleCounts } from './LeakList.js';
import classes from './leaks.module.css';

/** Looks through the files once more: the rules and the values to look for may be others by now. */
export function CheckAgain({ folder }: { folder: string }) {
  const start = useMutation(trpc.leaks.start.mutationOptions());
  const job_id = start.data?.job_id ?? '';
  const job = useQuery(trpc.jobs.get.queryOptions({ job_id }, { enabled: start.isSuccess }));
  const { data } = job;
  const failure = start.error ?? job.error;
  const found = leakCheckSchema.safeParse(data?.result).data;
  return (
    <div className={classes.again}>
      {failure && <FailureNotice error={failure} />}
      {data && isOpen(data) && <JobProgress job={data} />}
      {data?.error && <Notice tone="red" title={data.error.message} code={data.error.code} />}
      {found && (
        <Notice
          tone={found.leaks_count === 0 && found.unread_count === 0 ? 'gray' : 'amber'}
          title={`Checked again: ${found.leaks_count.toLocaleString('en')} ${found.leaks_count === 1 ? 'leak' : 'leaks'} in ${found.rows.toLocaleString('en')} rows.`}
        >
          {found.leaks_count > 0 && <p>{ruleCounts(found.by_rule)}</p>}
        </Notice>
      )}
      <Button
        variant="default"
        size="compact-xs"
        disabled={data !== undefined && isOpen(data)}
        loading={start.isPending}
        onClick={() => start.mutate({ path: folder })}
      >
        Check again
      </Button>
    </div>
  );
}
