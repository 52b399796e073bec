import { Button } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { FindingFilter } from '../../../../../shared/model/index.js';
import { EmptyState } from '../../../components/layout/EmptyState.js';
import { ListState } from '../../../components/layout/ListState.js';
import { Page } from '../../../components/layout/Page.js';
import { Split } from '../../../components/layout/Split.js';
import { VirtualTable } from '../../../components/VirtualTable.js';
import { replaceHashParams, useHashParams } from '../../../navigation/hash-params.js';
import { bound } from '../../../navigation/shortcuts.js';
import { useKeys } from '../../../navigation/use-keys.js';
import { trpc } from '../../../rpc/client.js';
import { useTick } from '../../../rpc/ticks.js';
import { ExchangePanel } from '../../exchange/index.js';
import { findingColumns } from './columns.js';
import { Facets } from './Facets.js';
import { FindingPanel } from './FindingPanel.js';
import classes from './findings.module.css';
import { MarkBar } from './MarkBar.js';
import { Quality } from './Quality.js';
import { idOfFinding, setFilter, showAll, useFilter, useFindings } from './use-findings.js';
import { useMarks } from './use-marks.js';

/** What redaction found in everything that is stored: to be looked through, and put right where it is wrong. */
export function FindingsTab() {
  const queries = useQueryClient();
  const filter = useFilter();
  const params = useHashParams();
  const summary = useQuery({ ...trpc.findings.summary.queryOptions(filter), placeholderData: keepPreviousData });
  useTick(['exchanges', 'traces'], () => void queries.invalidateQueries(trpc.findings.summary.pathFilter()));
  const pages = useFindings(filter);
  const marks = useMarks();
  const [activeId, setActiveId] = useState<string | null>(null);
  const columns = useMemo(() => findingColumns(marks.allowed), [marks.allowed]);

  const open = pages.items.find((finding) => idOfFinding(finding) === params.get('finding'));
  const active = open ?? pages.items.find((finding) => idOfFinding(finding) === activeId);
  const exchange = params.get('exchange');
  useKeys(
    bound({
      'finding.allow': () => void (active && marks.allowFinding(active)),
      'finding.undo': () => void marks.undo(),
    }),
  );

  return (
    <Page>
      <div className={classes.head}>
        <Chosen filter={filter} total={summary.data?.total ?? null} />
        <Quality />
      </div>
      <Split
        before={summary.data && <Facets summary={summary.data} filter={filter} />}
        beside={
          exchange !== null ? (
            <ExchangePanel exchangeId={exchange} onClose={() => replaceHashParams({ exchange: null })} />
          ) : (
            open && (
              <FindingPanel
                key={idOfFinding(open)}
                finding={open}
                allowed={marks.allowed.has(open.replacement)}
                onAllow={() => void marks.allowFinding(open)}
                onExchange={() => replaceHashParams({ exchange: open.exchange_id })}
                onClose={() => replaceHashParams({ finding: null })}
              />
            )
          )
        }
      >
        <ListState list={pages} label="Loading findings" empty={<None filtered={Object.keys(filter).length > 0} />}>
          <VirtualTable
            label="Findings"
            rows={pages.items}
            columns={columns}
            rowId={idOfFinding}
            selectedId={open ? idOfFinding(open) : null}
            activeId={open ? idOfFinding(open) : activeId}
            onActive={(finding) => setActiveId(idOfFinding(finding))}
            onOpen={(finding) => replaceHashParams({ finding: idOfFinding(finding), exchange: null })}
            list={pages}
          />
        </ListState>
      </Split>
      <MarkBar mark={marks.mark} onUndo={() => void marks.undo()} onDismiss={marks.dismiss} />
    </Page>
  );
}

/** What the list is narrowed to besides what the facets show, and how much of everything that is. */
function Chosen({ filter, total }: { filter: FindingFilter; total: number | null }) {
  return (
    <p className={classes.chosen}>
      {total !== null && (
        <span>
          <strong className="num">{total.toLocaleString('en')}</strong> {total === 1 ? 'value was' : 'values were'}{' '}
          replaced before anything was stored
        </span>
      )}
      {filter.replacement !== undefined && (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Stop showing only ${filter.replacement}`}
          onClick={() => setFilter({ replacement: null })}
        >
          <code>{filter.replacement}</code>&nbsp;×
        </Button>
      )}
      {filter.trace_id !== undefined && (
        <Button
          variant="default"
          size="compact-xs"
          aria-label="Stop showing only one trace"
          onClick={() => setFilter({ trace_id: null })}
        >
          one trace&nbsp;×
        </Button>
      )}
    </p>
  );
}

function None({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <EmptyState
      title="No finding matches"
      icon={IconShieldLock}
      actions={
        <Button variant="default" onClick={() => showAll()}>
          Show all
        </Button>
      }
    />
  ) : (
    <EmptyState title="Nothing was redacted yet" icon={IconShieldLock}>
      Secrets and personal data that are found in traffic are replaced before anything is stored, and listed here.
    </EmptyState>
  );
}
