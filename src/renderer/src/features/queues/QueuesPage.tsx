import { Button, Tooltip } from '@mantine/core';
import { IconChecklist, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { Split } from '../../components/layout/Split.js';
import { VirtualTable } from '../../components/VirtualTable.js';
import { go, replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { bound, keyHint } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { queueColumns } from './columns.js';
import { DeleteQueue } from './DeleteQueue.js';
import { hrefOfQueue } from './href.js';
import { QueueForm } from './QueueForm.js';
import { QueuePanel } from './QueuePanel.js';

const columns = queueColumns();

/** The review queues: how far they are, who works on them, how far reviewers agree. */
export function QueuesPage() {
  const queries = useQueryClient();
  const chosen = useHashParams().get('queue');
  const queues = useQuery(trpc.queues.list.queryOptions());
  useTick('reviews', () => void queries.invalidateQueries(trpc.queues.pathFilter()));
  const rows = useMemo(() => queues.data ?? [], [queues.data]);
  const active = rows.find(({ name }) => name === chosen) ?? rows[0];
  const [dialog, setDialog] = useState<'new' | 'edit' | 'delete' | null>(null);
  const close = useCallback(() => setDialog(null), []);

  useKeys(
    bound({
      'queues.new': () => setDialog('new'),
      'queues.edit': () => active && setDialog('edit'),
      'queues.delete': () => active && setDialog('delete'),
      // Where the list itself has not the focus.
      'list.open': () => active && go(hrefOfQueue(active.name)),
    }),
  );
  const list = {
    items: rows,
    loading: queues.isPending,
    error: queues.error,
    reload: () => void queues.refetch(),
  };
  const newButton = (
    <Tooltip label={`New queue (${keyHint('queues.new')})`}>
      <Button leftSection={<IconPlus size={14} />} onClick={() => setDialog('new')}>
        New queue
      </Button>
    </Tooltip>
  );
  return (
    <Page
      title="Review"
      meta={rows.length > 0 && `${rows.length} ${rows.length === 1 ? 'queue' : 'queues'}`}
      actions={newButton}
    >
      <ListState
        list={list}
        label="Loading queues"
        empty={
          <EmptyState title="No review queues yet" icon={IconChecklist} actions={newButton}>
            A queue is a query and an order: its traces are looked at one after the other, by one reviewer or several.
            What is said of them is what datasets are made of.
          </EmptyState>
        }
      >
        <Split
          beside={
            active && (
              <QueuePanel
                key={active.name}
                queue={active}
                onEdit={() => setDialog('edit')}
                onDelete={() => setDialog('delete')}
              />
            )
          }
        >
          <VirtualTable
            label="Review queues"
            rows={rows}
            columns={columns}
            rowId={({ name }) => name}
            rowHeight={40}
            activeId={active?.name ?? null}
            onActive={({ name }) => replaceHashParams({ queue: name })}
            onOpen={({ name }) => go(hrefOfQueue(name))}
          />
        </Split>
      </ListState>
      <QueueForm
        queue={dialog === 'edit' ? (active ?? null) : null}
        opened={dialog === 'new' || dialog === 'edit'}
        onClose={close}
        onSaved={(name) => replaceHashParams({ queue: name })}
      />
      {active && <DeleteQueue queue={active} opened={dialog === 'delete'} onClose={close} />}
    </Page>
  );
}
