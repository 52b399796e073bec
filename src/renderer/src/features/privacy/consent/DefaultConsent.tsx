import { Button, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { NewConsent } from '../../../../../shared/model/index.js';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { trpc } from '../../../rpc/client.js';
import { ConsentFields, unstatedConsent } from '../../consent/index.js';
import classes from './tab.module.css';

/** The consent that new traces begin with. */
export function DefaultConsent({ stored }: { stored: NewConsent | null }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(stored);
  const save = useMutation(
    trpc.settings.set.mutationOptions({
      onSuccess: (next) => {
        queries.setQueryData(trpc.settings.get.queryKey(), next);
        notifications.show({ message: 'Default consent saved', color: 'sluice' });
      },
    }),
  );
  const changed = JSON.stringify(draft) !== JSON.stringify(stored);
  return (
    <>
      <Switch
        label="New traces have a default consent"
        checked={draft !== null}
        onChange={(event) => setDraft(event.currentTarget.checked ? (stored ?? unstatedConsent) : null)}
      />
      {draft !== null && <ConsentFields value={draft} onChange={setDraft} />}
      {save.isError && <FailureNotice error={save.error} />}
      {changed && (
        <div className={classes.row}>
          <Button loading={save.isPending} onClick={() => save.mutate({ consent_default: draft })}>
            Save default
          </Button>
          <Button variant="default" onClick={() => setDraft(stored)}>
            Revert
          </Button>
        </div>
      )}
    </>
  );
}
