import { Button, Group, Modal, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { client } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';

const atOnce = 100;

/** Asks before traces are deleted: this is the one thing here that undo cannot bring back. */
export function DeleteDialog({
  ids,
  title,
  more = 0,
  opened,
  onClose,
  onDeleted,
}: {
  /** Null while they are being looked for. */
  ids: readonly string[] | null;
  /** Of the one, where it is one. */
  title: string | null;
  /** How many are selected besides, which are too many for once. */
  more?: number;
  opened: boolean;
  onClose(): void;
  onDeleted(ids: ReadonlySet<string>): void;
}) {
  const [failure, setFailure] = useState<string | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const stopped = useRef(false);
  const count = ids?.length ?? 0;
  const them = count === 1 ? 'it' : 'them';

  const close = () => {
    stopped.current = true;
    setFailure(null);
    onClose();
  };
  const remove = async (meant: readonly string[]) => {
    stopped.current = false;
    setFailure(null);
    setDone(0);
    const gone = new Set<string>();
    try {
      for (let at = 0; at < meant.length && !stopped.current; at += atOnce) {
        const trace_ids = meant.slice(at, at + atOnce);
        await client.traces.deleteMany.mutate({ trace_ids });
        for (const id of trace_ids) gone.add(id);
        setDone(gone.size);
      }
    } catch (error) {
      const { message, next } = describeError(error);
      const left = meant.length - gone.size;
      setFailure(
        `${left.toLocaleString('en')} of ${meant.length.toLocaleString('en')} not deleted: ${message} ${next}`,
      );
    }
    setDone(null);
    onDeleted(gone);
    if (gone.size === meant.length) close();
  };

  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={close}
      title={
        ids === null
          ? 'Looking for what is selected…'
          : count === 1
            ? 'Delete this trace?'
            : `Delete ${count.toLocaleString('en')} traces?`
      }
    >
      {title !== null && (
        <Text size="sm" fw={500} lineClamp={2} mb={6}>
          {title || 'Untitled'}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        Steps, calls, tool calls, findings and labels go with {them}. This cannot be undone. Exports already written
        stay as they are.
      </Text>
      {more > 0 && (
        <Text size="sm" mt="sm">
          These are the newest; {more.toLocaleString('en')} more are selected.
        </Text>
      )}
      {done !== null && count > atOnce && (
        <Text size="sm" mt="sm" className="num" role="status">
          {done.toLocaleString('en')} of {count.toLocaleString('en')} deleted
        </Text>
      )}
      {failure !== null && (
        <Text size="sm" c="var(--s-red)" mt="sm" role="alert">
          {failure}
        </Text>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          {done === null ? 'Keep' : 'Stop'}
        </Button>
        <Button
          color="red.9"
          disabled={ids === null || count === 0}
          loading={done !== null}
          onClick={() => ids && void remove(ids)}
        >
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
