import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { QueryBar } from '../../../components/QueryBar.js';
import { useHashParams } from '../../../navigation/hash-params.js';
import { trpc } from '../../../rpc/client.js';
import { ConsentFields, unstatedConsent } from '../../consent/index.js';
import { JobLine } from './JobLine.js';
import classes from './tab.module.css';

/** One consent for everything that a query finds, as a job. */
export function BulkConsent() {
  const wanted = useHashParams().get('set');
  const [opened, setOpened] = useState(wanted !== null);
  const [query, setQuery] = useState(wanted ?? 'consent:no');
  const [draft, setDraft] = useState(unstatedConsent);
  const start = useMutation(trpc.consent.setAll.mutationOptions());
  if (!opened) {
    return (
      <div className={classes.row}>
        <Button variant="default" onClick={() => setOpened(true)}>
          Set consents of many traces
        </Button>
        {start.data && <JobLine jobId={start.data.job_id} />}
      </div>
    );
  }
  return (
    <form
      aria-label="Consent of many traces"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ query, consent: draft }, { onSuccess: () => setOpened(false) });
      }}
    >
      <QueryBar scope="traces" value={query} onChange={setQuery} placeholder="Every trace" />
      <p className={classes.remark}>
        What was said of these traces before is replaced; it stays in the history of each.
      </p>
      <ConsentFields value={draft} onChange={setDraft} />
      {start.isError && <FailureNotice error={start.error} />}
      <div className={classes.row}>
        <Button type="submit" loading={start.isPending}>
          Set for all of them
        </Button>
        <Button variant="default" onClick={() => setOpened(false)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
