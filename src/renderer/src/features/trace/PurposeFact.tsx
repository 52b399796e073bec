import { Autocomplete, Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { executionModes, type TraceSummary } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { LinkButton } from '../../components/LinkButton.js';
import { RedactedText } from '../../components/RedactedText.js';
import { trpc } from '../../rpc/client.js';

interface Purpose {
  scenario: string;
  mode: string;
}

const longest = 200;

function purposeOf({ metadata }: TraceSummary): Purpose {
  const text = (name: string) => (typeof metadata?.[name] === 'string' ? metadata[name] : '');
  return { scenario: text('scenario'), mode: text('execution_mode') };
}

/** What a trace was made for, and in which mode; opens where it is said. */
export function PurposeFact({ trace }: { trace: TraceSummary }) {
  const [opened, setOpened] = useState(false);
  const purpose = purposeOf(trace);
  const shown = [purpose.scenario, purpose.mode].filter((text) => text !== '').join(' · ');
  return (
    <>
      <LinkButton onClick={() => setOpened(true)} aria-label={`Scenario: ${shown || 'none'}`}>
        <span className="ellipsis" title={shown || undefined}>
          {shown === '' ? 'none' : <RedactedText text={shown} />}
        </span>
      </LinkButton>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Scenario and mode"
        closeButtonProps={{ 'aria-label': 'Close' }}
        transitionProps={{ duration: 0 }}
      >
        {opened && <Editor traceId={trace.trace_id} stood={purpose} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function Editor({ traceId, stood, onClose }: { traceId: string; stood: Purpose; onClose(): void }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(stood);
  const save = useMutation(
    trpc.traces.setPurpose.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.traces.pathFilter());
        onClose();
      },
    }),
  );
  const changed = (field: keyof Purpose) => {
    const text = draft[field].trim();
    return text === stood[field] ? {} : { [field]: text === '' ? null : text };
  };
  const purpose = { ...changed('scenario'), ...changed('mode') };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (Object.keys(purpose).length === 0) onClose();
        else save.mutate({ trace_id: traceId, purpose });
      }}
    >
      <TextInput
        data-autofocus
        label="Scenario"
        description="What the trace was made for; found by scenario:"
        maxLength={longest}
        value={draft.scenario}
        onChange={(event) => setDraft({ ...draft, scenario: event.currentTarget.value })}
      />
      <Autocomplete
        label="Mode"
        description="What kind of run it was; found by mode:"
        mt="sm"
        data={[...executionModes]}
        filter={({ options }) => options}
        maxLength={longest}
        value={draft.mode}
        onChange={(mode) => setDraft({ ...draft, mode })}
      />
      {save.isError && <FailureNotice error={save.error} />}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </Group>
    </form>
  );
}
