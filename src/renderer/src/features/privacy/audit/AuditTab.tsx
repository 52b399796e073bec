import { Button, MultiSelect } from '@mantine/core';
import { IconHistory, IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AuditAction, type AuditEntry, auditActions } from '../../../../../shared/model/index.js';
import { EmptyState } from '../../../components/layout/EmptyState.js';
import { ErrorState } from '../../../components/layout/ErrorState.js';
import { ListState } from '../../../components/layout/ListState.js';
import { Page } from '../../../components/layout/Page.js';
import { Split } from '../../../components/layout/Split.js';
import { VirtualTable } from '../../../components/VirtualTable.js';
import { client, trpc } from '../../../rpc/client.js';
import { usePages } from '../../../rpc/use-pages.js';
import classes from './audit-log.module.css';
import { columns } from './columns.js';
import { EntryPanel } from './EntryPanel.js';
import { Verdict } from './Verdict.js';
import { titles } from './words.js';

const pageSize = 100;
const idOf = (entry: AuditEntry) => String(entry.seq);

/** What was done to the data and by whom, newest first, in a log that shows when it was changed. */
export function AuditTab() {
  const [actions, setActions] = useState<AuditAction[]>([]);
  const [openId, setOpenId] = useState<string | null>(null);
  const input = { limit: pageSize, ...(actions.length > 0 && { actions }) };
  const pages = usePages<AuditEntry>({
    queryKey: trpc.auditLog.list.infiniteQueryKey(input),
    fetchPage: (cursor, signal) => client.auditLog.list.query({ ...input, cursor }, { signal }),
    idOf,
    topics: ['audit'],
  });
  // Asked for, never by itself: it reads the whole log.
  const verify = useQuery({ ...trpc.auditLog.verify.queryOptions(), enabled: false, gcTime: 0 });
  const open = pages.items.find((entry) => idOf(entry) === openId);

  return (
    <Page
      tools={
        <>
          <MultiSelect
            aria-label="Actions"
            placeholder={actions.length === 0 ? 'Every action' : ''}
            data={auditActions.map((action) => ({ value: action, label: titles[action] }))}
            value={actions}
            onChange={(chosen) => setActions(chosen as AuditAction[])}
            clearable
            searchable
            className={classes.filter}
          />
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={14} stroke={1.7} />}
            loading={verify.isFetching}
            onClick={() => void verify.refetch()}
          >
            Verify
          </Button>
        </>
      }
    >
      <div aria-live="polite">
        {verify.isError && !verify.isFetching ? (
          <ErrorState error={verify.error} onRetry={() => void verify.refetch()} />
        ) : (
          verify.data && !verify.isFetching && <Verdict verdict={verify.data} />
        )}
      </div>
      <Split beside={open && <EntryPanel key={openId} entry={open} onClose={() => setOpenId(null)} />}>
        <ListState
          list={pages}
          label="Loading the audit log"
          empty={<NoEntries filtered={actions.length > 0} onClear={() => setActions([])} />}
        >
          <VirtualTable
            label="Audit log"
            rows={pages.items}
            columns={columns}
            rowId={idOf}
            selectedId={open ? openId : null}
            onOpen={(entry) => setOpenId(idOf(entry))}
            list={pages}
          />
        </ListState>
      </Split>
    </Page>
  );
}

function NoEntries({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return filtered ? (
    <EmptyState
      title="No entry of this kind"
      icon={IconHistory}
      actions={
        <Button variant="default" onClick={onClear}>
          Show every action
        </Button>
      }
    />
  ) : (
    <EmptyState title="Nothing yet" icon={IconHistory}>
      Exports, deletions, and changes of policy, tokens and settings are written down here.
    </EmptyState>
  );
}
