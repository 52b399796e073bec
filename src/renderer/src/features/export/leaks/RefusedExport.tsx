import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import * as z from 'zod';
import { exportOptionsSchema, type Job, leakReportSchema } from '../../../../../shared/model/index.js';
import { Notice } from '../../../components/Notice.js';
import { trpc } from '../../../rpc/client.js';
import { describeError } from '../../../rpc/errors.js';
import { LeakList, ruleCounts } from './LeakList.js';
import classes from './leaks.module.css';

const detailsSchema = leakReportSchema.pick({
  leaks_count: true,
  by_rule: true,
  rows: true,
  leaks: true,
  unread: true,
});
const paramsSchema = z.object({ options: exportOptionsSchema, out: z.string() });

/** An export in whose files something was found: where, and the way to write it all the same, by name. */
export function RefusedExport({ job, onStarted }: { job: Job; onStarted(jobId: string): void }) {
  const details = detailsSchema.safeParse(job.error?.details);
  const params = paramsSchema.safeParse(job.params);
  const found = details.success ? details.data : null;
  return (
    <section className={classes.refused} aria-label="Refused export">
      <Notice tone="red" title={job.error?.message ?? 'The export was refused.'} code="export_leaks">
        <p>
          A second look at the written files, by rules of its own, found what should not be in them. Nothing was left at
          the target.{found !== null && ` ${ruleCounts(found.by_rule)} in ${found.rows.toLocaleString('en')} rows.`}
        </p>
      </Notice>
      {found !== null && <LeakList leaks={found.leaks} count={found.leaks_count} />}
      {params.success && <TakeOn params={params.data} onStarted={onStarted} />}
    </section>
  );
}

function TakeOn({ params, onStarted }: { params: z.infer<typeof paramsSchema>; onStarted(jobId: string): void }) {
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const start = useMutation(trpc.exports.start.mutationOptions({ onSuccess: (job) => onStarted(job.job_id) }));
  const complete = name.trim() !== '' && reason.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (complete)
      start.mutate({ ...params.options, out: params.out, allow_leaks: { name: name.trim(), reason: reason.trim() } });
  };
  return (
    <form className={classes.takeOn} onSubmit={submit}>
      <TextInput
        label="Your name"
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Why it may be exported all the same"
        value={reason}
        maxLength={2000}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button type="submit" color="red" variant="default" disabled={!complete} loading={start.isPending}>
        Export with leaks
      </Button>
      <p className={classes.hint}>Name and reason go to the audit log and into leaks.json beside the data.</p>
      {start.isError && (
        <p className={classes.problem} role="alert">
          {describeError(start.error).message}
        </p>
      )}
    </form>
  );
}
