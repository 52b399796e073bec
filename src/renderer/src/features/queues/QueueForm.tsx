import { Button, Group, Modal, NumberInput, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { QueueSettings } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { QueryBar } from '../../components/QueryBar.js';
import { trpc } from '../../rpc/client.js';
import { describeError, fieldErrors } from '../../rpc/errors.js';
import { announce, didAct } from '../review/index.js';
import type { QueueRow } from './columns.js';
import classes from './queues.module.css';
import { orders } from './words.js';

interface Props {
  /** Null: a new one is made. */
  queue: QueueRow | null;
  opened: boolean;
  onClose(): void;
  onSaved(name: string): void;
}

/** Makes or changes a queue. */
export function QueueForm({ queue, opened, onClose, onSaved }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={queue === null ? 'New queue' : `Change the queue ${queue.name}`}
      size={680}
      yOffset="5vh"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {opened && <Fields queue={queue} onClose={onClose} onSaved={onSaved} />}
    </Modal>
  );
}

interface Draft {
  name: string;
  query: string;
  order: (typeof orders)[number]['value'];
  score: string;
  seed: number;
  goal: number | null;
  reviewers: string[];
  /** Percent. */
  second: number;
  repeat: number;
  lease: number;
}

function draftOf(queue: QueueRow | null): Draft {
  const score = /^(-?)score\.(.+)$/.exec(queue?.order ?? '');
  return {
    name: queue?.name ?? '',
    query: queue?.query ?? '',
    order: (score ? `${score[1]}score` : (queue?.order ?? 'newest')) as Draft['order'],
    score: score?.[2] ?? 'quality_score',
    seed: queue?.seed ?? 0,
    goal: queue?.goal ?? null,
    reviewers: queue?.reviewers ?? [],
    second: (queue?.second_review ?? 0) * 100,
    repeat: (queue?.self_repeat ?? 0) * 100,
    lease: queue?.lease_minutes ?? 60,
  };
}

function settingsOf({ query, order, score, seed, goal, reviewers, second, repeat, lease }: Draft): QueueSettings {
  return {
    query,
    order: order === 'score' || order === '-score' ? `${order}.${score.trim()}` : order,
    seed,
    goal,
    reviewers,
    second_review: second / 100,
    self_repeat: repeat / 100,
    lease_minutes: lease,
  };
}

function Fields({ queue, onClose, onSaved }: Omit<Props, 'opened'>) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(queue));
  const change = (patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch }));
  const saved = async (text: string) => {
    didAct();
    announce({ kind: 'done', text, undo: true });
    await queries.invalidateQueries(trpc.queues.pathFilter());
    onSaved(draft.name);
    onClose();
  };
  const create = useMutation(
    trpc.queues.create.mutationOptions({ onSuccess: () => saved(`Queue ${draft.name} made`) }),
  );
  const edit = useMutation(
    trpc.queues.change.mutationOptions({ onSuccess: () => saved(`Queue ${draft.name} changed`) }),
  );
  const count = useQuery(
    trpc.traces.count.queryOptions({ query: draft.query }, { placeholderData: (before) => before, staleTime: 0 }),
  );
  const settings = useQuery(trpc.settings.get.queryOptions());
  const me = settings.data?.settings.reviewer_name;
  const failure = create.error ?? edit.error;
  const wrong = fieldErrors(failure);
  const badName = draft.name !== '' && !/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/.test(draft.name);
  const drawn = draft.order === 'random' || draft.second > 0 || draft.repeat > 0;

  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.name === '' || badName) return;
        if (queue === null) create.mutate({ name: draft.name, ...settingsOf(draft) });
        else edit.mutate({ name: queue.name, settings: settingsOf(draft) });
      }}
    >
      <TextInput
        {...(queue === null && { 'data-autofocus': true })}
        label="Name"
        value={draft.name}
        disabled={queue !== null}
        maxLength={64}
        error={
          badName ? 'Letters, digits, spaces, dots, dashes and underscores; a letter or digit first.' : wrong['name']
        }
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <div>
        <Text component="div" size="sm" fw={500} mb={4}>
          Which traces
        </Text>
        <QueryBar
          scope="traces"
          value={draft.query}
          onChange={(query) => change({ query })}
          error={count.error}
          savedFilters
        />
        <Text size="xs" c="dimmed" mt={4} role="status">
          {count.data === undefined
            ? 'Counting…'
            : `${count.data.traces.toLocaleString('en')} ${count.data.traces === 1 ? 'trace matches' : 'traces match'} now; what comes later is taken too.`}
        </Text>
      </div>
      <div className={classes.two}>
        <Select
          label="Order"
          description="What comes first"
          data={[...orders]}
          value={draft.order}
          allowDeselect={false}
          onChange={(order) => order !== null && change({ order: order as Draft['order'] })}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
        {draft.order === 'score' || draft.order === '-score' ? (
          <TextInput
            label="Score"
            description="By its name, e.g. quality_score"
            value={draft.score}
            error={wrong['order'] ?? wrong['settings.order']}
            onChange={(event) => change({ score: event.currentTarget.value })}
          />
        ) : (
          <NumberInput
            label="Goal"
            description="Items to decide; empty: all"
            min={1}
            max={10_000_000}
            allowDecimal={false}
            value={draft.goal ?? ''}
            onChange={(goal) => change({ goal: typeof goal === 'number' ? goal : null })}
          />
        )}
      </div>
      {(draft.order === 'score' || draft.order === '-score') && (
        <NumberInput
          label="Goal"
          description="Items to decide; empty: all"
          min={1}
          max={10_000_000}
          allowDecimal={false}
          value={draft.goal ?? ''}
          onChange={(goal) => change({ goal: typeof goal === 'number' ? goal : null })}
        />
      )}
      <TagsInput
        label="Reviewers"
        description={`Names of tokens${me === undefined ? '' : `, and ${me} for this studio`}. Empty: everybody with the scope review.`}
        value={draft.reviewers}
        maxTags={100}
        maxLength={120}
        onChange={(reviewers) => change({ reviewers })}
        data={me === undefined ? [] : [me]}
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
      <div className={classes.two}>
        <NumberInput
          label="Second review"
          description="Share of items that another reviewer decides too, blind"
          suffix=" %"
          min={0}
          max={100}
          value={draft.second}
          onChange={(second) => change({ second: Number(second) || 0 })}
        />
        <NumberInput
          label="Shown again"
          description="Share of items that their reviewer decides twice, blind"
          suffix=" %"
          min={0}
          max={100}
          value={draft.repeat}
          onChange={(repeat) => change({ repeat: Number(repeat) || 0 })}
        />
        <NumberInput
          label="Kept for its reviewer"
          description="Minutes until others may take an open item"
          min={1}
          max={10_080}
          allowDecimal={false}
          value={draft.lease}
          onChange={(lease) => change({ lease: Number(lease) || 60 })}
        />
        {drawn && (
          <NumberInput
            label="Seed"
            description="The same seed draws the same items"
            min={0}
            max={2 ** 31 - 1}
            allowDecimal={false}
            value={draft.seed}
            onChange={(seed) => change({ seed: Number(seed) || 0 })}
          />
        )}
      </div>
      {queue !== null && queue.second_review > 0 && draft.second === 0 && (
        <Text size="sm" c="var(--s-amber)">
          Decisions that wait for a second reviewer become the reviews of their traces.
        </Text>
      )}
      {failure && describeError(failure).code !== 'query_invalid' && <FailureNotice error={failure} />}
      <Group justify="flex-end" mt="sm" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          loading={create.isPending || edit.isPending}
          disabled={draft.name === '' || badName || count.isError}
        >
          {queue === null ? 'Make the queue' : 'Save'}
        </Button>
      </Group>
    </form>
  );
}
