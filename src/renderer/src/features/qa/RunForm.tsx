import { Button, Checkbox, Group, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type Job, qaFrameworks, type WantedTraces } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { LinkButton } from '../../components/LinkButton.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { Notice } from '../../components/Notice.js';
import { trpc } from '../../rpc/client.js';
import { fieldErrors } from '../../rpc/errors.js';
import { type Draft, emptyDraft, optionsOf, problemsOf } from './draft.js';
import classes from './qa.module.css';

interface Props {
  /** Traces whose tests run; null: a repository alone, which has to be named then. */
  meant: WantedTraces | null;
  /** One trace or repository: commits and command may be said; of many they are each trace’s own. */
  single: boolean;
  /** What stands under the form, before its button. */
  note?: ReactNode;
  onStarted(job: Job): void;
  onCancel(): void;
}

/** What is tested, by which command, in what; whatever is left empty is the repository’s, else the settings’. */
export function RunForm({ meant, single, note, onStarted, onCancel }: Props) {
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [more, setMore] = useState(false);
  const settings = useQuery(trpc.settings.get.queryOptions());
  const defaults = settings.data?.settings.qa;
  const start = useMutation(trpc.qa.start.mutationOptions({ onSuccess: onStarted }));
  const set = <F extends keyof Draft>(field: F, value: Draft[F]) => {
    start.reset();
    setDraft((before) => ({ ...before, [field]: value }));
  };
  const problems = problemsOf(draft);
  const errors: Record<string, string> = { ...fieldErrors(start.error), ...problems };
  const text = (
    field: 'repo' | 'commit_before' | 'commit_after' | 'test_command' | 'image' | 'runtime',
    label: string,
    description: string,
    placeholder?: string,
  ) => (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      value={draft[field]}
      error={errors[field]}
      onChange={(event) => set(field, event.currentTarget.value)}
    />
  );
  const number = (
    field: 'base' | 'fixed' | 'timeout_s' | 'memory_mb' | 'cpus',
    label: string,
    description: string,
    { max, fallback, min = 1 }: { max: number; min?: number; fallback: number | undefined },
  ) => (
    <NumberInput
      label={label}
      description={description}
      min={min}
      max={max}
      allowDecimal={field === 'cpus'}
      placeholder={fallback?.toLocaleString('en')}
      value={draft[field]}
      onChange={(value) => set(field, typeof value === 'number' ? value : '')}
    />
  );
  const ready = Object.keys(problems).length === 0 && (meant !== null || draft.repo.trim() !== '');
  return (
    <FieldGrid
      onSubmit={() => {
        if (ready) start.mutate({ ...meant, ...optionsOf(draft) });
      }}
    >
      {single && (
        <>
          <Wide>
            {text(
              'repo',
              'Repository',
              meant === null
                ? 'Absolute path on the engine’s machine: a clone, a folder, or a tar.'
                : 'Absolute path of a clone, a folder or a tar. Empty: the one that the settings have for this trace.',
              '/home/me/code/project',
            )}
          </Wide>
          {text('commit_before', 'Commit before', 'Any name that git knows. Empty: the trace’s own.', 'main~1')}
          {text('commit_after', 'Commit after', 'Empty: the trace’s own, else the folder as it is.', 'main')}
          <Wide>
            {text(
              'test_command',
              'Test command',
              'One program and its arguments; no shell runs it. Empty: the trace’s own, else the settings’.',
              'python -m pytest',
            )}
          </Wide>
        </>
      )}
      <NativeSelect
        label="Framework"
        description="Whose report is asked for and read."
        value={draft.framework}
        onChange={(event) => set('framework', event.currentTarget.value)}
        data={[{ value: '', label: 'Detected' }, ...qaFrameworks]}
      />
      {text('image', 'Image', 'One that the engine of containers has.', defaults?.image ?? 'as the settings say')}
      {number('base', 'Times before the change', 'More than once shows which tests are flaky.', {
        max: 20,
        fallback: defaults?.repeat.base,
      })}
      {number('fixed', 'Times after the change', 'The verdict needs all of them to agree.', {
        max: 20,
        fallback: defaults?.repeat.fixed,
      })}
      <Wide>
        <Textarea
          label="Prepare"
          description="Commands that lay what tests need into the image, one a line. Empty: the settings’."
          placeholder="pip install -r requirements.txt"
          autosize
          minRows={1}
          maxRows={6}
          value={draft.prepare}
          error={errors['prepare']}
          onChange={(event) => set('prepare', event.currentTarget.value)}
        />
      </Wide>
      <Wide>
        <Checkbox
          label="Let these commands reach the network"
          description="For the preparation of this run alone. Tests never reach it."
          checked={draft.allow_network_in_prepare}
          onChange={(event) => set('allow_network_in_prepare', event.currentTarget.checked)}
        />
        {draft.allow_network_in_prepare && (
          <div className={classes.remark}>
            <Notice tone="amber" title="What is prepared comes from the repository">
              <p>
                Its install scripts run inside the container, and can then send what lies there anywhere. Allow it for
                repositories that you trust.
              </p>
            </Notice>
          </div>
        )}
      </Wide>
      <Wide>
        <Checkbox
          label="Make a Harbor task of it, and prove that"
          description="Two more runs: its tests have to fail before the change, and to pass with its solution."
          checked={draft.prove_task}
          onChange={(event) => set('prove_task', event.currentTarget.checked)}
        />
      </Wide>
      <Wide>
        <LinkButton aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? 'Fewer settings' : 'Limits, runtime and what to do without an engine'}
        </LinkButton>
      </Wide>
      {more && (
        <>
          {number('timeout_s', 'Seconds at most', 'Then a run is ended, and its output kept.', {
            max: 86_400,
            fallback: defaults?.limits.seconds,
          })}
          {number('memory_mb', 'Memory, MB', 'Without swap.', {
            min: 64,
            max: 262_144,
            fallback: defaults?.limits.memory_mb,
          })}
          {number('cpus', 'CPUs', 'Parts of one are possible.', {
            min: 0.1,
            max: 256,
            fallback: defaults?.limits.cpus,
          })}
          {text('runtime', 'Runtime', 'One that the engine of containers knows.', defaults?.runtime ?? 'its own')}
          <NativeSelect
            label="Without an engine"
            description="Where no engine of containers answers."
            value={draft.missing_engine}
            onChange={(event) => set('missing_engine', event.currentTarget.value as Draft['missing_engine'])}
            data={[
              { value: '', label: `As the settings say (${defaults?.missing_engine ?? 'fail'})` },
              { value: 'fail', label: 'Fail, and say what to do' },
              { value: 'wait', label: 'Wait until there is one' },
            ]}
          />
        </>
      )}
      {start.isError && !Object.keys(fieldErrors(start.error)).some((path) => path in draft) && (
        <Wide>
          <FailureNotice error={start.error} />
        </Wide>
      )}
      {note !== undefined && <Wide>{note}</Wide>}
      <Wide>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" leftSection={<IconPlayerPlay size={14} />} disabled={!ready} loading={start.isPending}>
            Run tests
          </Button>
        </Group>
      </Wide>
    </FieldGrid>
  );
}
