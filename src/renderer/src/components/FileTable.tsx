import { Button } from '@mantine/core';
import { IconDownload, IconFolderOpen } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { desktop } from '../host/desktop.js';
import { Bytes } from './Bytes.js';
import { CopyButton } from './CopyButton.js';
import classes from './FileTable.module.css';
import { Pager } from './Pager.js';
import { Table } from './Table.js';

const pageSize = 50;

interface Props {
  files: readonly { name: string; rows: number | null; bytes: number; sha256: string }[];
  /** Where they lie on the engine’s machine. */
  folder: string;
  download(name: string): Promise<void>;
}

/** Written files with their sizes and hashes, each to be fetched; in the window they are shown where they lie, too. */
export function FileTable({ files, folder, download }: Props) {
  const shell = desktop();
  const [page, setPage] = useState(0);
  const fetching = useMutation({ mutationFn: download });
  return (
    <>
      <Table label="Files" className={classes.files}>
        <thead>
          <tr>
            <th>File</th>
            <th data-number>Rows</th>
            <th data-number>Size</th>
            <th>SHA-256</th>
            <th>
              <span className="sr-only">Download</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.slice(page * pageSize, (page + 1) * pageSize).map(({ name, rows, bytes, sha256 }) => (
            <tr key={name}>
              <td className="mono">{name}</td>
              <td data-number className="num">
                {rows?.toLocaleString('en') ?? '–'}
              </td>
              <td data-number>
                <Bytes value={bytes} />
              </td>
              <td>
                <span className={classes.hash}>
                  <code title={sha256}>{sha256.slice(0, 16)}…</code>
                  <CopyButton value={sha256} label="Copy SHA-256" size={20} />
                </span>
              </td>
              <td>
                <span className={classes.ways}>
                  {shell && (
                    <Button
                      variant="default"
                      size="compact-xs"
                      leftSection={<IconFolderOpen size={13} />}
                      aria-label={`Show ${name} in its folder`}
                      onClick={() => void shell.showInFolder(`${folder}/${name}`)}
                    >
                      Show
                    </Button>
                  )}
                  <Button
                    variant="default"
                    size="compact-xs"
                    leftSection={<IconDownload size={13} />}
                    aria-label={`Download ${name}`}
                    loading={fetching.isPending && fetching.variables === name}
                    onClick={() => fetching.mutate(name)}
                  >
                    Download
                  </Button>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      <Pager page={page} pages={Math.ceil(files.length / pageSize)} onPage={setPage} />
      {fetching.isError && (
        <p className={classes.problem} role="alert">
          {fetching.variables}: {fetching.error.message}
        </p>
      )}
    </>
  );
}
