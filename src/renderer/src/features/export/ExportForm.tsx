import { Alert, Button, Radio, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDownload, IconFolder } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  type ConsentOptions,
  consentOptionsSchema,
  type ExportOptions,
  type ExportPolicy,
  type WantedTraces,
} from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { QueryBar } from '../../components/QueryBar.js';
import { desktop } from '../../host/desktop.js';
import { saveText } from '../../host/save-file.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { useList } from '../../rpc/titles.js';
import { useCommand } from '../../rpc/use-command.js';
import {
  ConsentSection,
  defaultSplit,
  exportWords,
  idsFile,
  PrivacySection,
  SplitEditor,
  type SplitRow,
  splitProblem,
  toShares,
} from '../dataset-options/index.js';
import { ExportPreview } from './ExportPreview.js';
import classes from './export.module.css';
import { folderInside } from './folder.js';

type Layout = ExportOptions['layout'];
type FileFormat = ExportOptions['format'];

/** What to export, how and where to; beside it the rows as the file will hold them. */
export function ExportForm({ meant, onStarted }: { meant: WantedTraces; onStarted(jobId: string): void }) {
  const layouts = useList('layouts');
  const formats = useList('file_formats');
  const [{ query, trace_ids }, setMeant] = useState(meant);
  const [layout, setLayout] = useState<Layout>('tool-calls');
  const [format, setFormat] = useState<FileFormat>('jsonl');
  const [split, setSplit] = useState<SplitRow[] | null>(null);
  const [seed, setSeed] = useState(0);
  const [fresh, setFresh] = useState(true);
  const [policy, setPolicy] = useState<ExportPolicy>({});
  const [consent, setConsent] = useState<ConsentOptions>(() => consentOptionsSchema.parse({}));
  const [folder, setFolder] = useState<string | null>(null);
  const start = useMutation(trpc.exports.start.mutationOptions({ onSuccess: (job) => onStarted(job.job_id) }));

  const problem = split === null ? null : splitProblem(split);
  const privacy = { policy, pseudonyms: fresh ? ('fresh' as const) : ('project' as const) };
  const options: ExportOptions = {
    layout,
    format,
    query,
    ...(trace_ids && { trace_ids }),
    seed,
    ...(split !== null && problem === null && { split: toShares(split) }),
    ...privacy,
    consent,
  };
  const [previewed] = useDebouncedValue({ layout, format, query, trace_ids, ...privacy, consent }, 150);
  const shell = desktop();
  const command = useCommand()('export', exportWords(options, folder));

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
        <Radio.Group label="Rows" value={layout} onChange={(value) => setLayout(value as Layout)}>
          <div className={`${classes.cards} ${classes.many}`}>
            {layouts.map(({ id, title, description }) => (
              <Radio.Card key={id} value={id} className={classes.card}>
                <Radio.Indicator size="xs" />
                <span>
                  <strong>{title}</strong>
                  <span>{description}</span>
                </span>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
        <Radio.Group label="File format" value={format} onChange={(value) => setFormat(value as FileFormat)}>
          <div className={classes.cards}>
            {formats.map(({ id, title, description }) => (
              <Radio.Card key={id} value={id} className={classes.card}>
                <Radio.Indicator size="xs" />
                <span>
                  <strong>{title}</strong>
                  <span>{description}</span>
                </span>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
        <SplitEditor
          rows={split}
          seed={seed}
          problem={problem}
          onToggle={(on) => setSplit(on ? defaultSplit : null)}
          onRows={setSplit}
          onSeed={setSeed}
        />
        <PrivacySection fresh={fresh} policy={policy} onFresh={setFresh} onPolicy={setPolicy} />
        <ConsentSection value={consent} onChange={setConsent} />
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
                onClick={async () => {
                  const picked = await shell.pickFolder();
                  if (picked !== null) setFolder(folderInside(picked, layout));
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
      <ExportPreview options={previewed} onOverride={() => setConsent({ ...consent, override: true })} />
      {start.isError && (
        <Alert color="red" className={classes.wide} title={describeError(start.error).message}>
          {describeError(start.error).next} <code>{describeError(start.error).code}</code>
        </Alert>
      )}
      <footer className={classes.footer}>
        <div className={classes.command}>
          <code className="ellipsis" title={command}>
            {command}
          </code>
          <CopyButton value={command} label="Copy as command line" />
        </div>
        <Button
          data-autofocus
          leftSection={<IconDownload size={14} />}
          disabled={problem !== null}
          loading={start.isPending}
          onClick={() => start.mutate({ ...options, out: folder })}
        >
          Export
        </Button>
      </footer>
    </div>
  );
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
