import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetVersion } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Fact, Facts } from '../../components/Facts.js';
import { FileTable } from '../../components/FileTable.js';
import { Answer } from '../../components/layout/Answer.js';
import { Columns } from '../../components/layout/Columns.js';
import { Notice } from '../../components/Notice.js';
import { Time } from '../../components/Time.js';
import { desktop } from '../../host/desktop.js';
import { downloadVersionFile } from '../../host/download.js';
import { trpc } from '../../rpc/client.js';
import { useCommand } from '../../rpc/use-command.js';
import classes from './datasets.module.css';
import { counted, some, staleText } from './words.js';

/** What a version holds, where it lies, and which of its rows would be others today. */
export function VersionTab({ version, busy, onBuild }: { version: DatasetVersion; busy: boolean; onBuild(): void }) {
  const { rows, traces, skipped, sha256, out, created_at, stale, stale_rows } = version;
  const shell = desktop();
  const left = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  return (
    <Columns>
      {stale_rows > 0 && (
        <Notice tone="amber" title={`${some(stale_rows, 'row')} would be others today: ${staleText(stale)}.`}>
          <Button size="compact-xs" disabled={busy} onClick={onBuild}>
            Build again
          </Button>
        </Notice>
      )}
      <section className={classes.block} aria-label="Figures">
        <Facts>
          <Fact name="Rows">
            {counted(rows)} of {some(traces, 'trace')}
          </Fact>
          <Fact name="Built">
            <Time iso={created_at} />
          </Fact>
          <Fact name="Folder">
            <code className={classes.wrap}>{out}</code> <CopyButton value={out} label="Copy folder" size={20} />
            {shell && (
              <Button variant="default" size="compact-xs" onClick={() => void shell.showInFolder(out)}>
                Show
              </Button>
            )}
          </Fact>
          <Fact name="Root of all rows">
            <code title={sha256}>{sha256.slice(0, 24)}…</code> <CopyButton value={sha256} label="Copy root" size={20} />
          </Fact>
          {left.length > 0 && (
            <Fact name="Left out">
              <ul className={classes.reasons}>
                {left.map(([reason, count]) => (
                  <li key={reason}>
                    <span className="num">{counted(count)}</span> {reason}
                  </li>
                ))}
              </ul>
            </Fact>
          )}
        </Facts>
      </section>
      <Files version={version} />
      <Verified version={version} />
    </Columns>
  );
}

/** The data and what stands beside it, as its manifest of today names them. */
function Files({ version: { name, version, out } }: { version: DatasetVersion }) {
  const files = useQuery(trpc.datasets.files.queryOptions({ name, version }));
  return (
    <section className={classes.block} aria-label="Files">
      <h2>Files</h2>
      <Answer query={files} label="Loading the files">
        {(all) => <FileTable files={all} folder={out} download={(file) => downloadVersionFile(name, version, file)} />}
      </Answer>
    </section>
  );
}

/** Signature, files and rows against what was signed; read only when it is asked for, since it reads every row. */
function Verified({ version: { name, version, out } }: { version: DatasetVersion }) {
  const [wanted, setWanted] = useState(false);
  const check = useQuery({ ...trpc.datasets.check.queryOptions({ name, version }), enabled: wanted });
  const command = useCommand()('dataset', `verify ${out}`);
  return (
    <section className={classes.block} aria-label="Verification">
      <h2>Verification</h2>
      <p className={classes.line}>
        <Button
          variant="default"
          size="compact-xs"
          loading={check.isFetching}
          onClick={() => (wanted ? void check.refetch() : setWanted(true))}
        >
          Verify signature, files and rows
        </Button>
        <CopyButton value={command} label="Copy as command line" />
      </p>
      {check.isError && <Notice tone="red" title={check.error.message} next="Build the dataset again." />}
      {check.data?.ok && (
        <Notice tone="gray" title={`${some(check.data.rows, 'row')} as they were written; the manifest is signed.`}>
          <p>
            Key <code className={classes.wrap}>{check.data.key_id}</code>
          </p>
        </Notice>
      )}
      {check.data && !check.data.ok && (
        <Notice
          tone="red"
          title={`Not as it was written: ${some(check.data.problems.length, 'problem')}.`}
          next="An erasure rewrites files and signs them again; anything else changed them. Build the dataset again."
        >
          <ul className={classes.reasons}>
            {check.data.problems.slice(0, 50).map(({ file, row, message }) => (
              <li key={`${file} ${row} ${message}`}>
                <code>{file}</code>
                {row !== null && `, row ${row}`}: {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}
