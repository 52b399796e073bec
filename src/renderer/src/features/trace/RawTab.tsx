import { IconFileCode } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { Call } from '../../../../shared/model/index.js';
import { Duration } from '../../components/Duration.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Split } from '../../components/layout/Split.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { type Column, VirtualTable } from '../../components/VirtualTable.js';
import { ExchangeDetail } from '../exchange/index.js';
import type { TraceData } from './use-trace.js';

type RawCall = Call & { exchange_id: string };

const columns: Column<RawCall>[] = [
  { id: 'time', header: 'Time', width: '76px', render: (call) => <Time iso={call.started_at} /> },
  {
    id: 'model',
    header: 'Model',
    width: 'minmax(60px, 1fr)',
    render: (call) => <span className="ellipsis">{call.model ?? call.format}</span>,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: '64px',
    align: 'right',
    render: (call) => <Duration ms={call.duration_ms} />,
  },
  {
    id: 'state',
    header: 'State',
    width: '62px',
    render: (call) =>
      call.error ? <StatusBadge status="failed" /> : call.partial ? <StatusBadge status="aborted" label="cut" /> : null,
  },
];

/** The exchanges behind the calls, as they went over the wire after redaction. */
export function RawTab({
  data,
  exchangeId,
  onExchange,
}: {
  data: TraceData;
  exchangeId: string | null;
  onExchange(exchangeId: string): void;
}) {
  const rows = useMemo(
    () => data.calls.items.filter((call): call is RawCall => call.exchange_id !== null),
    [data.calls.items],
  );
  const open = rows.find((call) => call.exchange_id === exchangeId)?.exchange_id ?? rows[0]?.exchange_id;
  const none = (
    <EmptyState title="No raw exchanges" icon={IconFileCode}>
      This trace did not come through the proxy.
    </EmptyState>
  );
  return (
    <ListState list={{ ...data.calls, items: rows }} label="Loading exchanges" lines={10} empty={none}>
      <Split list="28%" beside={open !== undefined && <ExchangeDetail key={open} exchangeId={open} />}>
        <VirtualTable
          label="Exchanges"
          rows={rows}
          columns={columns}
          rowId={(call) => call.exchange_id}
          selectedId={open ?? null}
          onOpen={(call) => onExchange(call.exchange_id)}
        />
      </Split>
    </ListState>
  );
}
