import type { ReactNode } from 'react';
import type { ExchangeHit } from '../../../../shared/model/index.js';
import { addUsd } from '../../../../shared/usd.js';
import { Bytes } from '../../components/Bytes.js';
import { Cost } from '../../components/Cost.js';
import { Duration } from '../../components/Duration.js';
import { Missing } from '../../components/Missing.js';
import { ModelName } from '../../components/ModelName.js';
import { Snippet } from '../../components/Snippet.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { Tokens } from '../../components/Tokens.js';
import type { Column } from '../../components/VirtualTable.js';
import { Elapsed } from './Elapsed.js';
import classes from './live.module.css';
import { type LiveRow, splitUrl } from './live-row.js';
import { TraceTitle } from './TraceTitle.js';
import { type GroupedRow, type GroupRow, isGroup } from './trace-groups.js';

const of = (row: LiveRow) => row.flight ?? row.done;

function Address({ row }: { row: LiveRow }) {
  const { method, url } = of(row);
  const { host, path } = splitUrl(url);
  return (
    <span title={`${method} ${url}`}>
      <span className={classes.method}>{method}</span>
      {host}
      <span className="dim">{path.split('?', 1)[0]}</span>
    </span>
  );
}

function State({ row }: { row: LiveRow }) {
  if (row.flight) return <StatusBadge status={row.flight.phase} />;
  const { status, state, error } = row.done;
  if (state !== 'complete') return <StatusBadge status={state} title={error?.message ?? state} />;
  return status === null ? <Missing /> : <StatusBadge status={status} title={error?.message} quiet={error === null} />;
}

const exchangeColumns: Column<LiveRow>[] = [
  {
    id: 'time',
    header: 'Time',
    width: '102px',
    minTableWidth: 390,
    render: (row) => <Time iso={row.startedAt} as="precise" />,
  },
  {
    id: 'client',
    header: 'Client',
    width: 'minmax(96px, 0.75fr)',
    minTableWidth: 700,
    render: (row) => <span title={of(row).client}>{of(row).client}</span>,
  },
  { id: 'url', header: 'Request', width: 'minmax(150px, 1.5fr)', render: (row) => <Address row={row} /> },
  {
    id: 'model',
    header: 'Model',
    width: 'minmax(110px, 0.75fr)',
    minTableWidth: 520,
    render: (row) => <ModelName name={of(row).model} />,
  },
  {
    id: 'tools',
    header: 'Tools',
    hint: 'Tools that the response asked for',
    width: 'minmax(70px, 0.6fr)',
    minTableWidth: 1160,
    render: (row) => {
      const names = row.done?.tool_names ?? [];
      return names.length > 0 ? <span title={names.join(', ')}>{names.join(', ')}</span> : <Missing label="none" />;
    },
  },
  {
    id: 'ttft',
    header: 'TTFT',
    hint: 'Time to the first token; while in flight to the first byte',
    width: '72px',
    align: 'right',
    minTableWidth: 780,
    render: (row) => <Duration ms={row.done ? (row.done.ttft_ms ?? row.done.ttfb_ms) : row.flight?.ttfb_ms} />,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: '74px',
    align: 'right',
    minTableWidth: 400,
    render: (row) => (row.done ? <Duration ms={row.done.duration_ms} /> : <Elapsed since={row.startedAt} />),
  },
  {
    id: 'bytes',
    header: 'Up / down',
    hint: 'Body bytes sent and received',
    width: '118px',
    align: 'right',
    minTableWidth: 1080,
    render: (row) => (
      <>
        <Bytes value={of(row).request_bytes} />
        <span className="dim"> / </span>
        <Bytes value={of(row).response_bytes} />
      </>
    ),
  },
  {
    id: 'tokens',
    header: 'Tokens in / out',
    width: '110px',
    align: 'right',
    minTableWidth: 900,
    render: (row) => <Tokens usage={row.done?.usage} />,
  },
  {
    id: 'cost',
    header: 'Cost',
    width: '70px',
    align: 'right',
    minTableWidth: 980,
    render: (row) => <Cost usd={row.done?.cost_usd} />,
  },
  { id: 'status', header: 'Status', width: '98px', render: (row) => <State row={row} /> },
];

/** What a trace's head shows in the columns of its exchanges. */
const groupCells: Record<string, (row: GroupRow) => ReactNode> = {
  time: (row) => <Time iso={row.startedAt} as="precise" />,
  client: ({ group }) => {
    const clients = new Set(group.rows.map((row) => of(row).client));
    return <span className="dim">{[...clients].join(', ')}</span>;
  },
  url: ({ group }) => <TraceTitle group={group} />,
  duration: ({ group }) => <span className="dim">{group.count}×</span>,
  cost: ({ group }) => {
    const costs = group.rows.flatMap((row) => row.done?.cost_usd ?? []);
    return <Cost usd={costs.length === 0 ? null : addUsd(...costs)} />;
  },
};

/** The columns of the live view; under the address of an exchange what was found in it. */
export function liveColumns(hits: ReadonlyMap<string, ExchangeHit | null>): Column<GroupedRow>[] {
  return exchangeColumns.map((column) => ({
    ...column,
    render(row) {
      if (isGroup(row)) return groupCells[column.id]?.(row);
      const hit = column.id === 'url' ? hits.get(row.id) : null;
      if (!hit) return column.render(row);
      return (
        <>
          <div className={classes.found}>{column.render(row)}</div>
          <div className={classes.found}>
            <Snippet {...hit} />
          </div>
        </>
      );
    },
  }));
}
