import { Button, TextInput } from '@mantine/core';
import { IconFileImport, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { FailureNotice } from '../../components/FailureNotice.js';
import { Answer } from '../../components/layout/Answer.js';
import { Card } from '../../components/layout/Card.js';
import { Columns } from '../../components/layout/Columns.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Notice } from '../../components/Notice.js';
import { desktop } from '../../host/desktop.js';
import { trpc } from '../../rpc/client.js';
import { useCommand } from '../../rpc/use-command.js';
import { ImportJobs } from './ImportJobs.js';
import classes from './import.module.css';
import { sendFiles, useUploads } from './uploads.js';

/** Brings in what others captured: drop a file, pick one, or name a path on the engine's machine. */
export function ImportPage() {
  const [path, setPath] = useState('');
  const start = useMutation(trpc.imports.start.mutationOptions({ onSuccess: () => setPath('') }));
  const uploads = useUploads();
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const shell = desktop();

  const pick = async () => {
    if (!shell) return picker.current?.click();
    const picked = await shell.pickFile();
    if (picked !== null) start.mutate({ path: picked });
  };

  return (
    <Page title="Import">
      <Scroll>
        <Columns aside={<Readable />}>
          <section
            className={classes.drop}
            data-over={over || undefined}
            aria-label="Drop files"
            onDragOver={() => setOver(true)}
            onDragLeave={() => setOver(false)}
            onDrop={() => setOver(false)}
          >
            <IconUpload size={22} stroke={1.5} aria-hidden="true" />
            <p className={classes.dropTitle}>Drop files here, or on any page</p>
            <p className={classes.note}>
              Recognised by their content. Redacted like captured traffic before anything of them is stored.
            </p>
            <Button variant="default" onClick={() => void pick()}>
              Choose a file
            </Button>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              aria-label="Files to import"
              onChange={(event) => {
                sendFiles([...(event.currentTarget.files ?? [])]);
                event.currentTarget.value = '';
              }}
            />
          </section>
          <form
            className={classes.path}
            onSubmit={(event) => {
              event.preventDefault();
              if (path.trim() !== '') start.mutate({ path: path.trim() });
            }}
          >
            <TextInput
              label="Or a file on the engine’s machine"
              description="Its absolute path. A job that is interrupted goes on where it stopped."
              placeholder="/home/me/captures/session.har"
              value={path}
              onChange={(event) => setPath(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <Button type="submit" disabled={path.trim() === ''} loading={start.isPending}>
              Import
            </Button>
          </form>
          {start.error && <FailureNotice error={start.error} />}
          {uploads.failures.map(({ name, message }) => (
            <Notice key={name} tone="red" title={`${name}: ${message}`} />
          ))}
          {uploads.sending.length > 0 && (
            <p className={classes.note} role="status">
              Sending {uploads.sending.join(', ')} …
            </p>
          )}
          <ImportJobs />
        </Columns>
      </Scroll>
    </Page>
  );
}

/** What the engine knows to read. */
function Readable() {
  const importers = useQuery(trpc.imports.list.queryOptions());
  const command = useCommand();
  return (
    <Card title="What can be read" icon={IconFileImport}>
      <Answer query={importers} label="Loading what can be read">
        {(all) => (
          <dl className={classes.sources}>
            {all.map(({ id, title, description }) => (
              <div key={id}>
                <dt>{title}</dt>
                <dd>{description}</dd>
              </div>
            ))}
          </dl>
        )}
      </Answer>
      <p className={classes.note}>
        On the command line: <code>{command('import', 'FILE…')}</code>. <code>{command('watch')}</code> follows the
        session files of running agents.
      </p>
    </Card>
  );
}
