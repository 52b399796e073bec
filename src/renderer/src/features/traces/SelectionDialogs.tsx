import { Button, Group, Modal, TagsInput, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { WantedTraces } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { trpc } from '../../rpc/client.js';
import { ConsentFields, unstatedConsent } from '../consent/index.js';
import type { MatchingChange } from '../review/index.js';

interface Props {
  /** How many traces it is said of. */
  count: number;
  opened: boolean;
  onClose(): void;
}

const traces = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'trace' : 'traces'}`;

function Dialog({ title, opened, onClose, children }: { title: string; children: ReactNode } & Omit<Props, 'count'>) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title={title}
      size={620}
      yOffset="10vh"
    >
      {opened && children}
    </Modal>
  );
}

function Buttons({
  what,
  disabled,
  loading,
  onClose,
}: {
  what: string;
  disabled: boolean;
  loading: boolean;
  onClose(): void;
}) {
  return (
    <Group justify="flex-end" mt="lg" gap="xs">
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" disabled={disabled} loading={loading}>
        {what}
      </Button>
    </Group>
  );
}

/** One note for all of them. */
export function SelectionNote({
  count,
  noted,
  onSave,
  ...dialog
}: Props & {
  /** How many have a note already; null where nobody has looked. */
  noted: number | null;
  onSave(note: string): void;
}) {
  const [note, setNote] = useState('');
  const replaced =
    noted === null
      ? 'A note that one of them has is replaced.'
      : noted > 0
        ? `${noted.toLocaleString('en')} of them ${noted === 1 ? 'has a note, which' : 'have notes, which'} it replaces.`
        : 'None of them has a note yet.';
  return (
    <Dialog {...dialog} title={`Note on ${traces(count)}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave(note);
          dialog.onClose();
        }}
      >
        <Textarea
          data-autofocus
          label="Note"
          description={replaced}
          autosize
          minRows={4}
          maxRows={14}
          maxLength={20_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Buttons
          what={`Save on ${traces(count)}`}
          disabled={note.trim() === ''}
          loading={false}
          onClose={dialog.onClose}
        />
      </form>
    </Dialog>
  );
}

/** Tags that all of them get, and tags that none of them keeps. */
export function SelectionTags({ count, onSave, ...dialog }: Props & { onSave(change: MatchingChange): void }) {
  const [add_tags, setAdded] = useState<string[]>([]);
  const [remove_tags, setRemoved] = useState<string[]>([]);
  return (
    <Dialog {...dialog} title={`Tags of ${traces(count)}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave({ add_tags, remove_tags });
          dialog.onClose();
        }}
      >
        <TagsInput data-autofocus label="Add" value={add_tags} onChange={setAdded} maxTags={64} maxLength={64} />
        <TagsInput label="Take away" value={remove_tags} onChange={setRemoved} maxTags={64} maxLength={64} mt="sm" />
        <Buttons
          what={`Change ${traces(count)}`}
          disabled={add_tags.length + remove_tags.length === 0}
          loading={false}
          onClose={dialog.onClose}
        />
      </form>
    </Dialog>
  );
}

/** One consent for all of them, as a job. */
export function SelectionConsent({ count, meant, ...dialog }: Props & { meant: WantedTraces }) {
  return (
    <Dialog {...dialog} title={`Consent of ${traces(count)}`}>
      <ConsentForm count={count} meant={meant} onClose={dialog.onClose} />
    </Dialog>
  );
}

function ConsentForm({ count, meant, onClose }: { count: number; meant: WantedTraces; onClose(): void }) {
  const [consent, setConsent] = useState(unstatedConsent);
  const start = useMutation(
    trpc.consent.setAll.mutationOptions({
      onSuccess: () => {
        notifications.show({ message: `Setting the consent of ${traces(count)}`, color: 'sluice' });
        onClose();
      },
    }),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ ...meant, consent });
      }}
    >
      <Text size="sm" c="dimmed" mb="sm">
        It is said of what they spawned too. What stood before stays in their history.
      </Text>
      <ConsentFields value={consent} onChange={setConsent} />
      {start.isError && <FailureNotice error={start.error} />}
      <Buttons what={`Set for ${traces(count)}`} disabled={false} loading={start.isPending} onClose={onClose} />
    </form>
  );
}
