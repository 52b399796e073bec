import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type DatasetDefinition, datasetNameSchema } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Page } from '../../components/layout/Page.js';
import { SaveBar } from '../../components/layout/SaveBar.js';
import { Section } from '../../components/layout/Section.js';
import { QueryBar } from '../../components/QueryBar.js';
import { go, hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { useCommand } from '../../rpc/use-command.js';
import {
  AgainstFields,
  ConsentSection,
  ContextFields,
  type DatasetDraft,
  defaultSplit,
  definitionOf,
  definitionWords,
  FileFields,
  fittingLayouts,
  LayoutPicker,
  PackagePicker,
  PrivacySection,
  pairsOf,
  RowFields,
  SplitEditor,
  splitProblem,
  TrainerField,
  useDatasetChoices,
} from '../dataset-options/index.js';
import { BuilderPreview } from './BuilderPreview.js';
import classes from './builder.module.css';

interface Props {
  /** Null: a new one. */
  name: string | null;
  /** The definition as it stands: what is not chosen here stays as it has it. */
  stored: DatasetDefinition | null;
  initial: DatasetDraft;
}

/** Every choice of a dataset, and beside it what it would give today. */
export function BuilderForm({ name: storedName, stored, initial }: Props) {
  const queries = useQueryClient();
  const choices = useDatasetChoices();
  const [name, setName] = useState(storedName ?? '');
  const [draft, setDraft] = useState(initial);
  const set = (patch: Partial<DatasetDraft>) => setDraft((before) => ({ ...before, ...patch }));

  const pairs = useMemo(() => pairsOf(draft, choices), [draft, choices]);
  const written = [...new Set(pairs.map(({ layout }) => layout))];
  const definition = useMemo<DatasetDefinition>(
    () => ({ ...notChosenHere(stored), ...definitionOf(draft) }),
    [draft, stored],
  );
  const splitWrong = draft.split === null ? null : splitProblem(draft.split);
  const nameWrong = name === '' ? 'It needs a name.' : nameProblem(name);
  const wrong =
    nameWrong ?? splitWrong ?? (pairs.length === 0 ? 'Pick a package or a layout: nothing is written yet.' : null);

  const build = useMutation(trpc.datasets.build.mutationOptions({ onSuccess: () => go(hrefTo(`/datasets/${name}`)) }));
  const save = useMutation(
    trpc.datasets.create.mutationOptions({
      onSuccess: () => void queries.invalidateQueries(trpc.datasets.pathFilter()),
    }),
  );
  const failure = save.error ?? build.error;
  const order = { name, definition };
  const command = useCommand()('export', definitionWords(definition, `./${name || 'dataset'}`));

  return (
    <Page
      title={storedName === null ? 'New dataset' : `Edit ${storedName}`}
      meta={storedName !== null && 'Versions that were built stay as they are'}
    >
      <div className={classes.builder}>
        <div className={classes.options}>
          <Section title="Name" text="A folder, and a part of addresses.">
            <TextInput
              label="Name"
              placeholder="tool-use"
              value={name}
              maxLength={64}
              disabled={storedName !== null}
              error={name !== '' && nameProblem(name)}
              onChange={(event) => setName(event.currentTarget.value.toLowerCase())}
            />
          </Section>
          <Section title="Traces" text="What every version is built from, as the query finds it then.">
            <QueryBar
              scope="traces"
              value={draft.query}
              onChange={(query) => set({ query })}
              placeholder="Every trace"
              savedFilters
            />
            <AgainstFields value={draft.against} onChange={(against) => set({ against })} />
          </Section>
          <Section title="Rows" text="What is learned from, how it looks, and who reads it.">
            <PackagePicker
              value={draft.packages}
              onChange={(packages) => {
                const fitting = fittingLayouts(choices, packages);
                set({ packages, layouts: draft.layouts.filter((layout) => fitting.includes(layout)) });
              }}
            />
            <LayoutPicker packages={draft.packages} value={draft.layouts} onChange={(layouts) => set({ layouts })} />
            <TrainerField layouts={written} value={draft.trainer} onChange={(trainer) => set({ trainer })} />
            <ContextFields value={draft.context} onChange={(context) => set({ context })} />
            <RowFields query={draft.query} layouts={written} value={draft} onChange={set} />
          </Section>
          <Section title="Files" text="How rows are written, and which go where. A trace is never torn apart.">
            <FileFields value={draft} onChange={set} />
            <SplitEditor
              rows={draft.split}
              seed={draft.seed}
              problem={splitWrong}
              onToggle={(on) => set({ split: on ? defaultSplit : null })}
              onRows={(split) => set({ split })}
              onSeed={(seed) => set({ seed })}
            />
          </Section>
          <Section title="Privacy" text="Stricter than the project, never laxer.">
            <PrivacySection
              fresh={draft.fresh}
              policy={draft.policy}
              onFresh={(fresh) => set({ fresh })}
              onPolicy={(policy) => set({ policy })}
            />
            <ConsentSection value={draft.consent} onChange={(consent) => set({ consent })} />
          </Section>
        </div>
        <BuilderPreview
          definition={definition}
          nothing={pairs.length === 0}
          waits={splitWrong}
          onOverride={() => set({ consent: { ...draft.consent, override: true } })}
        />
      </div>
      <SaveBar
        failed={failure !== null}
        text={
          failure !== null
            ? `${describeError(failure).message} ${describeError(failure).next}`
            : (wrong ?? 'A build takes what the query finds now.')
        }
      >
        <span className={classes.command}>
          <code className="ellipsis" title={command}>
            {command}
          </code>
          <CopyButton value={command} label="Copy as command line" />
        </span>
        <Button
          variant="default"
          disabled={wrong !== null}
          loading={save.isPending && !build.isPending}
          onClick={() => save.mutate(order, { onSuccess: () => go(hrefTo(`/datasets/${name}`)) })}
        >
          Save
        </Button>
        <Button
          disabled={wrong !== null}
          loading={build.isPending}
          onClick={() => save.mutate(order, { onSuccess: () => build.mutate({ name }) })}
        >
          Save and build
        </Button>
      </SaveBar>
    </Page>
  );
}

/** What the form has no field for stays as the definition has it. */
function notChosenHere(known: DatasetDefinition | null): Partial<DatasetDefinition> {
  if (known === null) return {};
  const { trainer, context, compress, shard_mb, reasoning, subagents, balance, augment, forks, ...rest } = known;
  const { split, against, ...kept } = rest;
  return kept;
}

function nameProblem(name: string): string | null {
  const parsed = datasetNameSchema.safeParse(name);
  return parsed.success ? null : `A name has ${parsed.error.issues[0]?.message}.`;
}
