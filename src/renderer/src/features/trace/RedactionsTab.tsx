import { SegmentedControl } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { StoredFinding } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import classes from './panels.module.css';
import type { TraceData } from './use-trace.js';
import { VirtualRows } from './VirtualRows.js';

type Row =
  | { kind: 'group'; id: string; title: string; exchange_id: string | null; count: number }
  | { kind: 'finding'; id: string; finding: StoredFinding; count: number };

/** One group per entity; the same replacement is one row, however often it stands there. */
function byEntity(findings: StoredFinding[]): Row[] {
  const groups = new Map<string, Map<string, { finding: StoredFinding; count: number }>>();
  for (const finding of findings) {
    const group = groups.get(finding.entity) ?? new Map();
    groups.set(finding.entity, group);
    const key = `${finding.replacement} ${finding.detector}`;
    const row = group.get(key);
    if (row) row.count += 1;
    else group.set(key, { finding, count: 1 });
  }
  return [...groups]
    .map(([title, rows]) => ({ title, rows: [...rows.values()].sort((a, b) => b.count - a.count) }))
    .sort((a, b) => a.title.localeCompare(b.title))
    .flatMap(({ title, rows }) => toRows(title, null, rows));
}

/** One group per exchange, its findings by path. */
function byPlace(findings: StoredFinding[]): Row[] {
  const groups = new Map<string, Map<string, { finding: StoredFinding; count: number }>>();
  for (const finding of findings) {
    const group = groups.get(finding.exchange_id) ?? new Map();
    groups.set(finding.exchange_id, group);
    const key = `${finding.path} ${finding.replacement}`;
    const row = group.get(key);
    if (row) row.count += 1;
    else group.set(key, { finding, count: 1 });
  }
  return [...groups].flatMap(([exchange, rows], at) => toRows(`Exchange ${at + 1}`, exchange, [...rows.values()]));
}

function toRows(title: string, exchange_id: string | null, rows: { finding: StoredFinding; count: number }[]): Row[] {
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  return [
    { kind: 'group', id: `${title}:${exchange_id ?? ''}`, title, exchange_id, count },
    ...rows.map((row): Row => ({ kind: 'finding', id: row.finding.finding_id, ...row })),
  ];
}

/** What redaction took out of this trace, and where it stood. The values themselves were never stored. */
export function RedactionsTab({ data, onRaw }: { data: TraceData; onRaw(exchangeId: string): void }) {
  const { items, complete } = data.findings;
  const [order, setOrder] = useState<'entity' | 'place'>('entity');
  const rows = useMemo(() => (order === 'entity' ? byEntity(items) : byPlace(items)), [items, order]);
  const none = (
    <EmptyState title="Nothing was redacted" icon={IconShieldLock}>
      No secret and no personal data was found in this trace{complete ? '.' : ' so far.'}
    </EmptyState>
  );
  return (
    <ListState list={data.findings} label="Loading findings" lines={10} empty={none}>
      <Page
        tools={
          <>
            <SegmentedControl
              value={order}
              onChange={(value) => setOrder(value === 'place' ? 'place' : 'entity')}
              data={[
                { value: 'entity', label: 'By entity' },
                { value: 'place', label: 'By place' },
              ]}
              aria-label="Order of the findings"
            />
            <span className="dim">
              {items.length.toLocaleString('en')} findings. The values were replaced before anything was stored.
            </span>
          </>
        }
      >
        <VirtualRows items={rows} idOf={(row) => row.id} estimate={30} label="Findings">
          {(row) =>
            row.kind === 'group' ? (
              <div className={classes.group}>
                <h2>{row.title}</h2>
                <span className="num">{row.count}</span>
                {row.exchange_id !== null && (
                  <button type="button" className={classes.link} onClick={() => onRaw(row.exchange_id as string)}>
                    Raw
                  </button>
                )}
              </div>
            ) : (
              <div className={classes.finding}>
                <code className={classes.replacement}>{row.finding.replacement}</code>
                <span className="num dim">{row.count > 1 ? `${row.count}×` : ''}</span>
                <code className="ellipsis" title={row.finding.path}>
                  {row.finding.path}
                  {order === 'entity' && row.count > 1 && <span className="dim"> and {row.count - 1} more</span>}
                </code>
                <span className="ellipsis" title={row.finding.detector}>
                  {row.finding.detector}
                </span>
                <StatusBadge status={row.finding.action} tone={row.finding.action === 'mask' ? 'gray' : 'violet'} />
                <span className="num">{Math.round(row.finding.confidence * 100)} %</span>
              </div>
            )
          }
        </VirtualRows>
      </Page>
    </ListState>
  );
}
