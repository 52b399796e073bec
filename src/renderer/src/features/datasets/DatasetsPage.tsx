import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { DatasetList } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { Time } from '../../components/Time.js';
import { type Column, VirtualTable } from '../../components/VirtualTable.js';
import { go, hrefTo } from '../../navigation/hash-params.js';
import { bound } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { client, trpc } from '../../rpc/client.js';
import { useCommand } from '../../rpc/use-command.js';
import { usePages } from '../../rpc/use-pages.js';
import { builderPath } from './builder-path.js';
import classes from './datasets.module.css';
import { counted, inWords, some, staleText } from './words.js';

type Dataset = DatasetList['items'][number];
const pageSize = 50;

const columns: Column<Dataset>[] = [
  { id: 'name', header: 'Name', width: 'minmax(120px, 220px)', render: ({ name }) => <strong>{name}</strong> },
  {
    id: 'definition',
    header: 'Made of',
    width: 'minmax(160px, 2fr)',
    render: ({ definition }) => {
      const words = definition === null ? 'Its definition cannot be read' : inWords(definition);
      return (
        <span className="ellipsis" title={words}>
          {words}
        </span>
      );
    },
  },
  {
    id: 'version',
    header: 'Version',
    width: '70px',
    align: 'right',
    hint: 'The newest',
    render: ({ versions }) => <span className="num">{versions.at(-1)?.version ?? '–'}</span>,
  },
  {
    id: 'rows',
    header: 'Rows',
    width: '80px',
    align: 'right',
    render: ({ versions }) => <span className="num">{counted(versions.at(-1)?.rows ?? 0)}</span>,
  },
  {
    id: 'built',
    header: 'Built',
    width: '120px',
    minTableWidth: 760,
    render: ({ versions }) => {
      const newest = versions.at(-1);
      return newest === undefined ? <span className="dim">not yet</span> : <Time iso={newest.created_at} />;
    },
  },
  {
    id: 'stale',
    header: 'Would be others today',
    width: 'minmax(140px, 1fr)',
    hint: 'Rows of the newest version that a build of today would not give as they are',
    render: ({ versions }) => {
      const newest = versions.at(-1);
      if (newest === undefined || newest.stale_rows === 0) return <span className="dim">none</span>;
      const words = staleText(newest.stale);
      return (
        <span className={`${classes.stale} ellipsis`} title={words}>
          {words}
        </span>
      );
    },
  },
];

/** Datasets with names: what each is made of, and how its newest version stands. */
export function DatasetsPage() {
  const list = usePages<Dataset>({
    queryKey: trpc.datasets.list.infiniteQueryKey({ limit: pageSize }),
    fetchPage: (cursor, signal) => client.datasets.list.query({ cursor, limit: pageSize }, { signal }),
    idOf: ({ name }) => name,
    topics: ['jobs', 'traces', 'reviews', 'policy'],
  });
  const create = () => go(hrefTo(builderPath));
  useKeys(bound({ 'dataset.new': create }));
  return (
    <Page
      title="Datasets"
      meta={list.items.length > 0 && `${some(list.items.length, 'dataset')}${list.hasMore ? ', more below' : ''}`}
      actions={
        <Button leftSection={<IconPlus size={14} />} onClick={create} title="New dataset (N)">
          New dataset
        </Button>
      }
    >
      <ListState list={list} label="Loading datasets" empty={<None onCreate={create} />}>
        <VirtualTable
          label="Datasets"
          rows={list.items}
          list={list}
          columns={columns}
          rowId={({ name }) => name}
          onOpen={({ name }) => go(hrefTo(`/datasets/${name}`))}
        />
      </ListState>
    </Page>
  );
}

function None({ onCreate }: { onCreate(): void }) {
  const command = useCommand()('dataset', 'create NAME --definition FILE');
  return (
    <EmptyState title="No dataset yet" actions={<Button onClick={onCreate}>New dataset</Button>}>
      A dataset is a query, what is learned from its traces, and how rows look. Every build of it is a version that
      stays as it is.
      <span className={classes.command}>
        <code>{command}</code>
        <CopyButton value={command} label="Copy the command" />
      </span>
    </EmptyState>
  );
}
