import { Button, Checkbox, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { trpc } from '../../../rpc/client.js';
import classes from './data.module.css';
import type { Held } from './use-search.js';

interface Props {
  held: Held;
  opened: boolean;
  onClose(): void;
  onStarted(jobId: string): void;
}

/** Says what would go before anything goes. */
export function EraseDialog({ held, opened, onClose, onStarted }: Props) {
  const [whole, setWhole] = useState(false);
  const erase = useMutation({
    ...trpc.privacy.erase.mutationOptions({ onSuccess: ({ job }) => onStarted(job.job_id) }),
    gcTime: 0,
  });
  const { traces, exchanges, values } = held;
  return (
    <Modal opened={opened} onClose={onClose} title="Erase this person’s data" size={560}>
      <div className={classes.dialog}>
        {erase.error && <FailureNotice error={erase.error} />}
        <p>
          {whole
            ? `${traces.length.toLocaleString('en')} traces are deleted with all that is only theirs; elsewhere the values are taken out.`
            : `The values are taken out of ${exchanges.toLocaleString('en')} exchanges in ${traces.length.toLocaleString('en')} traces. A mask stands in their place.`}
        </p>
        <Checkbox
          label="Delete every trace that mentions one of the values"
          checked={whole}
          onChange={(event) => setWhole(event.currentTarget.checked)}
        />
        <p className={classes.remark}>
          Datasets that this studio wrote are rewritten where they lie, sealed bodies with a value in them are deleted,
          and the database is written anew. This cannot be undone. Copies elsewhere are out of reach; the receipt names
          them.
        </p>
        <div className={classes.row}>
          <Button
            color="red.9"
            loading={erase.isPending}
            onClick={() => erase.mutate({ subject: values, ...(whole ? { whole_traces: true } : {}) })}
          >
            Erase
          </Button>
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
        </div>
      </div>
    </Modal>
  );
}
