import { Button, NumberInput, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type RetentionReport, retentionReportSchema } from '../../../../../shared/model/index.js';
import type { Settings } from '../../../../../shared/settings.js';
import { Bytes } from '../../../components/Bytes.js';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { trpc } from '../../../rpc/client.js';
import { JobLine } from './JobLine.js';
import classes from './tab.module.css';

type Rules = Settings['retention'];
const mebibyte = 1024 * 1024;

/** How long and how much is kept; a dry run says what that would delete now. */
export function RetentionForm({ stored }: { stored: Rules }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(stored);
  const save = useMutation(
    trpc.settings.set.mutationOptions({
      onSuccess: (next) => {
        queries.setQueryData(trpc.settings.get.queryKey(), next);
        notifications.show({ message: 'Retention saved', color: 'sluice' });
      },
    }),
  );
  const start = useMutation(trpc.retention.start.mutationOptions());
  const changed = JSON.stringify(draft) !== JSON.stringify(stored);
  const on = stored.max_age_days !== null || stored.max_bytes !== null;
  const failure = save.error ?? start.error;
  return (
    <>
      <div className={classes.row}>
        <NumberInput
          label="Delete traces older than, days"
          description="Since they were last seen. Empty: any age is kept."
          value={draft.max_age_days ?? ''}
          min={1}
          max={36_500}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          onChange={(value) => setDraft({ ...draft, max_age_days: value === '' ? null : Number(value) })}
        />
        <NumberInput
          label="Keep the database below, MiB"
          description="The oldest go first. Empty: any size."
          value={draft.max_bytes === null ? '' : draft.max_bytes / mebibyte}
          min={1}
          allowNegative={false}
          hideControls
          onChange={(value) =>
            setDraft({ ...draft, max_bytes: value === '' ? null : Math.round(Number(value) * mebibyte) })
          }
        />
      </div>
      <Switch
        label="Keep what was reviewed"
        description="Traces with a label, rating, tag or note stay, whatever their age."
        checked={draft.keep_labelled}
        onChange={(event) => setDraft({ ...draft, keep_labelled: event.currentTarget.checked })}
      />
      {failure && <FailureNotice error={failure} />}
      <div className={classes.row}>
        {changed && (
          <>
            <Button loading={save.isPending} onClick={() => save.mutate({ retention: draft })}>
              Save retention
            </Button>
            <Button variant="default" onClick={() => setDraft(stored)}>
              Revert
            </Button>
          </>
        )}
        <Button
          variant="default"
          disabled={!on || changed}
          loading={start.isPending}
          onClick={() => start.mutate({ dry_run: true })}
        >
          What would go now?
        </Button>
      </div>
      {start.data && (
        <JobLine jobId={start.data.job_id}>
          {(result) => {
            const report = retentionReportSchema.safeParse(result);
            return (
              report.success && (
                <>
                  <Report report={report.data} />
                  {report.data.dry_run && !changed && (
                    <Button
                      variant="default"
                      color="red"
                      loading={start.isPending}
                      disabled={report.data.exchanges + report.data.jobs === 0}
                      onClick={() => start.mutate({ dry_run: false })}
                    >
                      Delete it now
                    </Button>
                  )}
                </>
              )
            );
          }}
        </JobLine>
      )}
    </>
  );
}

function Report({ report }: { report: RetentionReport }) {
  const { dry_run, traces, by_age, by_size, exchanges, jobs, kept_labelled, within_size } = report;
  return (
    <p className={classes.remark}>
      {dry_run ? 'Would delete ' : 'Deleted '}
      {traces} {traces === 1 ? 'trace' : 'traces'} ({by_age} for their age, {by_size} for the size) with {exchanges}{' '}
      exchanges, and {jobs} records of jobs. <Bytes value={report.bytes_before} /> before, {dry_run && 'about '}
      <Bytes value={report.bytes_after} /> after.
      {kept_labelled > 0 && ` ${kept_labelled} old ones stay because they were reviewed.`}
      {within_size === false && ' Still larger than asked for: what is left may not be deleted.'}
    </p>
  );
}
