import { Alert, Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDownload, IconFolder } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ExportOptions, WantedTraces } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { QueryBar } from '../../components/QueryBar.js';
import { desktop } from '../../host/desktop.js';
import { saveText } from '../../host/save-file.js';
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
  emptyDraft,
  exportWords,
  FileFields,
  fittingLayouts,
  idsFile,
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
import { ExportPreview } from './ExportPreview.js';
import classes from './export.module.css';
import { folderInside } from './folder.js';

/** What to export, how and where to; beside it the rows as the file will hold them, and what a trainer would do to them. */
export function ExportForm({ meant, onStarted }: { meant: WantedTraces; onStarted(jobId: string): void }) {
  const choices = useDatasetChoices();
  const [{ query, trace_ids }, setMeant] = useState(meant);
  const [draft, setDraft] = useState<DatasetDraft>(() => ({ ...emptyDraft(), layouts: ['tool-calls'] }));
  const [folder, setFolder] = useState<string | null>(null);
  const start = useMutation(trpc.exports.start.mutationOptions({ onSuccess: (job) => onStarted(job.job_id) }));
  const set = (patch: Partial<DatasetDraft>) => setDraft((before) => ({ ...before, ...patch }));

  const splitWrong = draft.split === null ? null : splitProblem(draft.split);
  const { packages: _, layouts: __, split, ...definition } = definitionOf(draft);
  // Without a package the layout stands alone; a package without a layout has its own.
  const pair = pairsOf(draft, choices)[0] ?? null;
  const options: ExportOptions | null = pair && {
    ...definition,
    ...(pair.package !== null && { package: pair.package }),
    layout: pair.layout,
    query,
    ...(trace_ids && { trace_ids }),
    ...(split !== undefined && splitWrong === null && { split }),
  };
  const [previewed] = useDebouncedValue(options && forPreview(options), 150);
  const shell = desktop();
  const named = useCommand();
  const command = options && named('export', exportWords(options, folder));
  const written = pair === null ? [] : [pair.layout];

  return (
    <div className={classes.form}>
      <div className={classes.options}>
        <Field label="Traces">
          {trace_ids === undefined ? (
            <QueryBar
              scope="traces"
              value={query}
              onChange={(next) => setMeant({ query: next })}
              placeholder="Every trace"
            />
          ) : (
            <PickedTraces ids={trace_ids} onQuery={() => setMeant({ query })} />
          )}
        </Field>
        <LayoutPicker single packages={draft.packages} value={draft.layouts} onChange={(layouts) => set({ layouts })} />
        <PackagePicker
          single
          value={draft.packages}
          onChange={(packages) => {
            const fitting = fittingLayouts(choices, packages);
            set({ packages, layouts: draft.layouts.filter((layout) => fitting.includes(layout)) });
          }}
        />
        <TrainerField layouts={written} value={draft.trainer} onChange={(trainer) => set({ trainer })} />
        <ContextFields value={draft.context} onChange={(context) => set({ context })} />
        <RowFields query={null} layouts={written} value={draft} onChange={set} />
        <AgainstFields value={draft.against} onChange={(against) => set({ against })} />
        <FileFields value={draft} onChange={set} />
        <SplitEditor
          rows={draft.split}
          seed={draft.seed}
          problem={splitWrong}
          onToggle={(on) => set({ split: on ? defaultSplit : null })}
          onRows={(rows) => set({ split: rows })}
          onSeed={(seed) => set({ seed })}
        />
        <PrivacySection
          fresh={draft.fresh}
          policy={draft.policy}
          onFresh={(fresh) => set({ fresh })}
          onPolicy={(policy) => set({ policy })}
        />
        <ConsentSection value={draft.consent} onChange={(consent) => set({ consent })} />
        <Field label="Folder">
          {shell ? (
            <div className={classes.folder}>
              <TextInput
                readOnly
                aria-label="Folder"
                value={folder ?? 'A new folder in the data folder’s exports'}
                style={{ flex: 1 }}
              />
              <Button
                variant="default"
                leftSection={<IconFolder size={14} />}
                disabled={pair === null}
                onClick={async () => {
                  const picked = await shell.pickFolder();
                  if (picked !== null && pair !== null) setFolder(folderInside(picked, pair.layout));
                }}
              >
                Choose
              </Button>
            </div>
          ) : (
            <p className={classes.hint}>A new folder among the engine’s exports; the files can be downloaded here.</p>
          )}
        </Field>
      </div>
      <ExportPreview options={previewed} onOverride={() => set({ consent: { ...draft.consent, override: true } })} />
      {start.isError && (
        <Alert color="red" className={classes.wide} title={describeError(start.error).message}>
          {describeError(start.error).next} <code>{describeError(start.error).code}</code>
        </Alert>
      )}
      <footer className={classes.footer}>
        {command !== null && (
          <div className={classes.command}>
            <code className="ellipsis" title={command}>
              {command}
            </code>
            <CopyButton value={command} label="Copy as command line" />
          </div>
        )}
        <Button
          data-autofocus
          leftSection={<IconDownload size={14} />}
          disabled={options === null || splitWrong !== null}
          loading={start.isPending}
          onClick={() => options && start.mutate({ ...options, out: folder })}
        >
          Export
        </Button>
      </footer>
    </div>
  );
}

/** What rows and counts depend on: how files are packed, split, balanced and held against others shows only when they are written. */
function forPreview(options: ExportOptions): ExportOptions {
  const { compress: _, shard_mb: __, balance: ___, split: ____, against: _____, ...rest } = options;
  return { ...rest, seed: 0 };
}

/** What was picked one by one is more than a query could name. */
function PickedTraces({ ids, onQuery }: { ids: readonly string[]; onQuery(): void }) {
  return (
    <div className={classes.folder}>
      <span className="num">{ids.length.toLocaleString('en')} picked traces</span>
      <Button variant="default" size="compact-xs" onClick={() => saveText(idsFile, `${ids.join('\n')}\n`)}>
        Save their ids
      </Button>
      <Button variant="default" size="compact-xs" onClick={onQuery}>
        Use a query instead
      </Button>
    </div>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label}>
      <div className={classes.label}>{label}</div>
      {children}
    </div>
  );
}
