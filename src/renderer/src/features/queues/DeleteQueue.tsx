import { Button, Group, Modal, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FailureNotice } from '../../components/FailureNotice.js';
import { keyHint } from '../../navigation/shortcuts.js';
import { trpc } from '../../rpc/client.js';
import { announce, didAct } from '../review/index.js';
import type { QueueRow } from './columns.js';

/** Takes a queue off the list; an undo brings it back. */
export function DeleteQueue({ queue, opened, onClose }: { queue: QueueRow; opened: boolean; onClose(): void }) {
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.queues.delete.mutationOptions({
      onSuccess: async () => {
        didAct();
        announce({ kind: 'done', text: `Queue ${queue.name} deleted`, undo: true });
        onClose();
        await queries.invalidateQueries(trpc.queues.pathFilter());
      },
    }),
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Delete the queue ${queue.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <Text size="sm">
        What was decided in it stays with its traces. {keyHint('undo')} brings the queue back, with its items.
      </Text>
      {remove.isError && <FailureNotice error={remove.error} />}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          color="red"
          data-autofocus
          loading={remove.isPending}
          onClick={() => remove.mutate({ name: queue.name })}
        >
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
