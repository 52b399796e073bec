import { Button, Group, Modal, Progress, Select, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { entityGroups, entityList } from '../../../../shared/policy.js';
import { knownValueLength } from '../../../../shared/policy-file.js';
import { placeholderSpans } from '../../components/placeholders.js';
import { bound } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { useTick } from '../../rpc/ticks.js';
import { announce } from '../review/index.js';
import classes from './missed.module.css';

const shownChars = 400;

/** The text that is selected in what was captured; null where none is, or it is no value. */
function selectedText(): string | null {
  const selection = getSelection();
  const anchor = selection?.anchorNode;
  const element = anchor instanceof Element ? anchor : (anchor?.parentElement ?? null);
  if (!selection || selection.isCollapsed || element?.closest('main') === null) return null;
  const text = selection.toString().trim();
  return text === '' ? null : text;
}

/** Why a text cannot be put among the values that must never be stored; null where it can. */
function problemOf(text: string): string | null {
  if (placeholderSpans(text).length > 0) return 'A placeholder is selected: that value was replaced already.';
  if (text.length < knownValueLength.least) return `Select at least ${knownValueLength.least} characters.`;
  if (text.length > knownValueLength.most) return 'That is too long to be one value.';
  return null;
}

/**
 * `m` on selected text: a value that redaction missed. It goes to the engine's sealed list and is held nowhere else: not in
 * the address, not in the browser's storage, not in what is kept of requests.
 */
export function MissedValue() {
  const [value, setValue] = useState<string | null>(null);
  useKeys(
    bound({
      'value.missed': () => {
        const text = selectedText();
        const problem = text === null ? 'Select the value that was missed, then press M.' : problemOf(text);
        if (text === null || problem !== null) announce({ kind: 'failed', text: problem ?? '' });
        else setValue(text);
      },
    }),
  );
  return (
    <Modal
      opened={value !== null}
      onClose={() => setValue(null)}
      title="Never store this value"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {value !== null && <MissedForm value={value} onClose={() => setValue(null)} />}
    </Modal>
  );
}

const choices = entityGroups.map(({ id, title }) => ({
  group: title,
  items: entityList.filter(({ group }) => group === id).map(({ entity, title: label }) => ({ value: entity, label })),
}));
type Entity = (typeof entityList)[number]['entity'];

function MissedForm({ value, onClose }: { value: string; onClose(): void }) {
  const [entity, setEntity] = useState<Entity>('CUSTOM');
  // Nothing keeps the value when the dialog is closed.
  const missed = useMutation({ ...trpc.findings.missed.mutationOptions(), gcTime: 0 });
  const failure = missed.isError ? describeError(missed.error) : null;
  if (missed.isSuccess) {
    return (
      <>
        <Text size="sm">It is replaced from now on, wherever it comes.</Text>
        {missed.data.job === null ? (
          <Text size="sm" c="dimmed" mt={6}>
            It was known already, so what is stored was not searched again.
          </Text>
        ) : (
          <Rescan jobId={missed.data.job.job_id} />
        )}
        <Group justify="flex-end" mt="lg">
          <Button onClick={onClose} data-autofocus>
            Close
          </Button>
        </Group>
      </>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        missed.mutate({ value, entity });
      }}
    >
      <pre className={classes.value}>
        {value.slice(0, shownChars)}
        {value.length > shownChars && <span className="dim"> … {value.length - shownChars} characters more</span>}
      </pre>
      <Select
        label="What it is"
        data={choices}
        value={entity}
        onChange={(chosen) => chosen !== null && setEntity(chosen as Entity)}
        allowDeselect={false}
        searchable
        mt="sm"
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
      <Text size="sm" c="dimmed" mt="sm">
        It goes to the sealed list of values that are never stored, and what is stored is searched for it and rewritten.
        Files that were exported before keep it.
      </Text>
      {failure && (
        <Text size="sm" c="var(--s-red)" mt="sm" role="alert">
          {failure.message} {failure.next}
        </Text>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={missed.isPending} data-autofocus>
          Never store it
        </Button>
      </Group>
    </form>
  );
}

/** The job that searches what is stored; it goes on when the dialog is closed. */
function Rescan({ jobId }: { jobId: string }) {
  const queries = useQueryClient();
  const job = useQuery(trpc.jobs.get.queryOptions({ job_id: jobId }));
  useTick('jobs', () => void queries.invalidateQueries(trpc.jobs.get.queryFilter({ job_id: jobId })));
  if (!job.data) return null;
  const { state, progress, message, error } = job.data;
  const over = state !== 'queued' && state !== 'running';
  return (
    <div className={classes.job} aria-live="polite">
      <Progress
        value={progress === null ? 100 : progress * 100}
        animated={progress === null && !over}
        size="sm"
        aria-label="Progress of the search of what is stored"
      />
      <Text size="sm" c={error ? 'var(--s-red)' : 'dimmed'} mt={6}>
        {error ? error.message : over ? `What is stored was searched: ${state}. ${message}` : message}
      </Text>
    </div>
  );
}
