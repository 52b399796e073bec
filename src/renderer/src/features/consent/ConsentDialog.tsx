import { Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConsentState } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Time } from '../../components/Time.js';
import { trpc } from '../../rpc/client.js';
import { ConsentFields } from './ConsentFields.js';
import classes from './consent.module.css';
import { basisTitles, inShort, recordedBy, toForm } from './words.js';

/** Shows, says and takes back the consent of one trace. */
export function ConsentDialog({ state, opened, onClose }: { state: ConsentState; opened: boolean; onClose(): void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Consent" size={620} closeButtonProps={{ 'aria-label': 'Close' }}>
      {opened && <Editor state={state} onClose={onClose} />}
    </Modal>
  );
}

function Editor({ state, onClose }: { state: ConsentState; onClose(): void }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => toForm(state.consent));
  const save = useMutation(
    trpc.consent.set.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.consent.pathFilter());
        notifications.show({ message: 'Consent saved', color: 'sluice' });
        onClose();
      },
    }),
  );
  const { consent, origin, trace_id } = state;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ trace_id, consent: draft });
      }}
    >
      <p className={classes.lead}>
        {consent === null
          ? 'Nobody said anything of the right to use this trace yet.'
          : origin === 'inherited'
            ? `Taken over from what it came of or from ${recordedBy(consent.recorded_by)}. Saving says it of this trace itself.`
            : `Said of this trace by ${recordedBy(consent.recorded_by)}.`}{' '}
        {consent !== null && (
          <>
            Captured from <RedactedText text={consent.source} />.
          </>
        )}
      </p>
      <ConsentFields value={draft} onChange={setDraft} />
      {save.isError && <FailureNotice error={save.error} />}
      <div className={classes.buttons}>
        {origin === 'own' ? (
          <Button variant="default" loading={save.isPending} onClick={() => save.mutate({ trace_id, consent: null })}>
            Forget what was said here
          </Button>
        ) : (
          <span />
        )}
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={save.isPending} data-autofocus>
          Save consent
        </Button>
      </div>
      {state.changes > 0 && <History traceId={trace_id} />}
    </form>
  );
}

const shown = 20;

/** Every state it had, the last first. */
function History({ traceId }: { traceId: string }) {
  const history = useQuery(trpc.consent.history.queryOptions({ trace_id: traceId, limit: shown }));
  return (
    <section aria-label="History of the consent">
      <h2 className={classes.heading}>History</h2>
      <ol className={classes.history}>
        {history.data?.items.map(({ event_id, at, consent, origin }) => (
          <li key={event_id}>
            <Time iso={at} />
            <span>
              {inShort(consent)}
              {consent !== null && `, ${basisTitles[consent.basis].toLowerCase()}`}
              {consent?.subject && (
                <>
                  , <RedactedText text={consent.subject} />
                </>
              )}
            </span>
            <span>
              {origin === 'own' ? 'said of this trace' : 'taken over'}
              {consent !== null && ` by ${recordedBy(consent.recorded_by)}`}
            </span>
          </li>
        ))}
      </ol>
      {history.data?.next_cursor && <p className={classes.lead}>The {shown} latest are shown; the API has them all.</p>}
    </section>
  );
}
