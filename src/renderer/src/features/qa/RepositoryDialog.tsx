import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { commandProblem } from '../../components/command-text.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { trpc } from '../../rpc/client.js';
import { fieldErrors } from '../../rpc/errors.js';
import { noRepository, type SaidRepository } from './said-repository.js';

interface Props {
  traceId: string;
  said: SaidRepository | null;
  opened: boolean;
  onClose(): void;
}

/** Says by hand which repository a trace worked on. */
export function RepositoryDialog({ traceId, said, opened, onClose }: Props) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title="Repository of this trace"
      size={620}
      yOffset="8vh"
    >
      {opened && <Form traceId={traceId} said={said} onClose={onClose} />}
    </Modal>
  );
}

function Form({ traceId, said, onClose }: Omit<Props, 'opened'>) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(said ?? noRepository);
  const save = useMutation(
    trpc.qa.setRepository.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries(trpc.traces.get.queryFilter({ trace_id: traceId }));
        onClose();
      },
    }),
  );
  const refused = commandProblem(draft.test_command);
  const errors = fieldErrors(save.error);
  const entries = Object.entries(draft).flatMap(([field, value]) =>
    value.trim() === '' ? [] : [[field, value.trim()]],
  );
  const field = (name: keyof SaidRepository, label: string, description: string, placeholder?: string) => (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      value={draft[name]}
      error={(name === 'test_command' ? refused : null) ?? errors[`repo.${name}`]}
      onChange={(event) => {
        const { value } = event.currentTarget;
        save.reset();
        setDraft((before) => ({ ...before, [name]: value }));
      }}
    />
  );
  return (
    <FieldGrid
      onSubmit={() => refused === null && save.mutate({ trace_id: traceId, repo: Object.fromEntries(entries) })}
    >
      {field('name', 'Name', 'As the settings call it.', 'me/project')}
      {field('url', 'Address', 'As it was cloned from.', 'https://example.com/me/project.git')}
      {field('commit_before', 'Commit before', 'What the agent began with.')}
      {field('commit_after', 'Commit after', 'What it left.')}
      <Wide>
        {field('test_command', 'Test command', 'One program and its arguments; no shell runs it.', 'python -m pytest')}
      </Wide>
      {save.isError && Object.keys(errors).length === 0 && (
        <Wide>
          <FailureNotice error={save.error} />
        </Wide>
      )}
      <Wide>
        <Group justify="flex-end" gap="xs">
          <Button
            variant="subtle"
            color="gray"
            mr="auto"
            disabled={said === null}
            onClick={() => save.mutate({ trace_id: traceId, repo: null })}
          >
            Take back what was said
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={entries.length === 0 || refused !== null} loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Wide>
    </FieldGrid>
  );
}
