import { Button, Group, Modal, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { TraceSummary } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';

/** Asks before traces are deleted: this is the one thing here that undo cannot bring back. */
export function DeleteDialog({
  traces,
  opened,
  onClose,
  onDeleted,
}: {
  traces: TraceSummary[];
  opened: boolean;
  onClose(): void;
  onDeleted(ids: ReadonlySet<string>): void;
}) {
  const { mutateAsync, isPending } = useMutation(trpc.traces.delete.mutationOptions());
  const [failure, setFailure] = useState<string | null>(null);
  const one = traces.length === 1 ? traces[0] : undefined;

  const close = () => {
    setFailure(null);
    onClose();
  };
  const remove = async () => {
    setFailure(null);
    const gone = new Set<string>();
    for (const { trace_id } of traces) {
      try {
        await mutateAsync({ trace_id });
        gone.add(trace_id);
      } catch (error) {
        const { message, next } = describeError(error);
        setFailure(`${traces.length - gone.size} of ${traces.length} not deleted: ${message} ${next}`);
        break;
      }
    }
    onDeleted(gone);
    if (gone.size === traces.length) close();
  };

  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={close}
      title={one ? 'Delete this trace?' : `Delete ${traces.length} traces?`}
    >
      {one && (
        <Text size="sm" fw={500} lineClamp={2} mb={6}>
          {one.title || 'Untitled'}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        Steps, calls, tool calls, findings and labels go with {one ? 'it' : 'them'}. This cannot be undone. Exports
        already written stay as they are.
      </Text>
      {failure !== null && (
        <Text size="sm" c="var(--s-red)" mt="sm" role="alert">
          {failure}
        </Text>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          Keep
        </Button>
        <Button color="red.9" loading={isPending} onClick={() => void remove()}>
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
