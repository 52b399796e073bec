import { Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PolicyFile, RedactionPolicy } from '../../../../../shared/policy-file.js';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { LoadingState } from '../../../components/layout/LoadingState.js';
import { trpc } from '../../../rpc/client.js';
import { changeLines } from './draft.js';
import { NextExport } from './NextExport.js';
import classes from './policy.module.css';

interface Props {
  before: RedactionPolicy;
  file: PolicyFile;
  opened: boolean;
  onClose(): void;
  onSaved(): void;
}

/** What saving would change, in words; nothing is written before it is confirmed. */
export function SaveDialog({ before, file, opened, onClose, onSaved }: Props) {
  const queries = useQueryClient();
  const check = useQuery(trpc.policy.check.queryOptions({ file }, { enabled: opened, gcTime: 0, staleTime: 0 }));
  const save = useMutation(
    trpc.policy.set.mutationOptions({
      onSuccess: async ({ job }) => {
        await queries.invalidateQueries(trpc.policy.pathFilter());
        const message = job ? 'Policy saved. What is stored is being redacted anew.' : 'Policy saved';
        notifications.show({ message, color: 'sluice' });
        onSaved();
      },
    }),
  );
  const failure = save.error ?? check.error;
  const lines = check.data ? changeLines(before, check.data.policy, check.data.changed) : [];
  return (
    <Modal
      opened={opened}
      onClose={() => {
        save.reset();
        onClose();
      }}
      title="Save the policy"
      size={620}
    >
      <div className={classes.dialog}>
        {failure && <FailureNotice error={failure} />}
        {check.isPending && <LoadingState label="Comparing" lines={4} />}
        {check.data &&
          (lines.length === 0 ? (
            <p>Nothing changes: the file will say what holds already.</p>
          ) : (
            <dl className={classes.changes}>
              {lines.map(({ field, label, text }) => (
                <div key={field}>
                  <dt>{label}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          ))}
        {check.data && (
          <p>
            {check.data.stricter
              ? 'It holds from the next exchange on. It is stricter in part: what is stored is redacted anew.'
              : 'It holds from the next exchange on. What was replaced before stays replaced.'}
          </p>
        )}
        {check.data && <NextExport before={before.consent.required} after={check.data.policy.consent.required} />}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button disabled={!check.data} loading={save.isPending} onClick={() => save.mutate({ file })}>
            Save policy
          </Button>
        </div>
      </div>
    </Modal>
  );
}
