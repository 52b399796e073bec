import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  IconActivity,
  IconArrowBarToUp,
  IconClearAll,
  IconListTree,
  IconPlayerPause,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { ExchangeHit } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { Split } from '../../components/layout/Split.js';
import { QueryBar } from '../../components/QueryBar.js';
import { VirtualTable } from '../../components/VirtualTable.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { bound } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { client, trpc } from '../../rpc/client.js';
import { type HitSource, looksForText, useHits } from '../../rpc/use-hits.js';
import { ExchangePanel } from '../exchange/index.js';
import { liveColumns } from './columns.js';
import { FlightPanel } from './FlightPanel.js';
import classes from './live.module.css';
import { foldNoise } from './noise.js';
import { RefusalBanner } from './RefusalBanner.js';
import { type GroupedRow, groupByTrace, isGroup } from './trace-groups.js';
import { useLive } from './use-live.js';

/** Rows that show what was found in them have two lines. */
const foundRowHeight = 46;
const hitsOfExchanges: HitSource<ExchangeHit> = {
  scope: 'exchanges',
  ask: (query, exchange_ids) => client.exchanges.hits.query({ query, exchange_ids }),
  idOf: ({ exchange_id }) => exchange_id,
};
const rowId = (row: GroupedRow) => row.id;
const rowClass = (row: GroupedRow) => (isGroup(row) ? classes.group : row.flight ? classes.flight : undefined);

/** Exchanges in flight and done, newest first, as they happen. */
export function LivePage() {
  const params = useHashParams();
  const query = params.get('q') ?? '';
  const openId = params.get('exchange');
  const [pausedAt, setPausedAt] = useState<number | null>(null);
  const [clearedAt, setClearedAt] = useState<string | null>(null);
  const [follow, setFollow] = useState(true);
  const paused = pausedAt !== null;
  const status = useQuery(trpc.status.get.queryOptions());
  const captured = status.data?.exchanges.stored ?? 0;
  const { rows, stored, flights, hasMore } = useLive({ query, paused, clearedAt });
  const togglePause = useCallback(() => {
    setPausedAt((before) => (before === null ? captured : null));
    if (paused) void stored.refresh();
  }, [captured, paused, stored.refresh]);
  const clear = useCallback(() => setClearedAt(new Date().toISOString()), []);
  const toggleFollow = useCallback(() => setFollow((before) => !before), []);
  const grouped = params.get('by') === 'trace';
  // Heads that were clicked: traces are open until then, requests beside the work are closed.
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo<GroupedRow[]>(
    () => (grouped ? groupByTrace(rows, turned) : foldNoise(rows, turned)),
    [grouped, rows, turned],
  );
  const [[first, last], setInSight] = useState([0, -1]);
  const onInSight = useCallback((from: number, to: number) => setInSight([from, to]), []);
  const inSight = shown.slice(first, last + 1).flatMap((row) => (isGroup(row) || row.flight ? [] : [row.id]));
  const hits = useHits(hitsOfExchanges, query, inSight);
  const columns = useMemo(() => liveColumns(hits), [hits]);
  const searching = useMemo(() => looksForText(query, 'exchanges'), [query]);
  const toggleGrouped = useCallback(() => replaceHashParams({ by: grouped ? null : 'trace' }), [grouped]);
  const setQuery = useCallback((next: string) => replaceHashParams({ q: next }), []);
  const open = useCallback((row: GroupedRow) => {
    if (!isGroup(row)) return replaceHashParams({ exchange: row.id });
    const key = row.group.noise === undefined ? (row.group.trace_id ?? '') : row.id;
    setTurned((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);
  const close = useCallback(() => replaceHashParams({ exchange: null }), []);
  useKeys(
    bound({
      'live.pause': togglePause,
      'live.follow': toggleFollow,
      'live.clear': clear,
      'live.group': toggleGrouped,
    }),
  );

  const openRow = openId === null ? null : (rows.find((row) => row.id === openId) ?? null);
  const missed = paused ? Math.max(0, captured - pausedAt) : 0;
  return (
    <Page
      title="Live"
      meta={
        <span role="status">
          {paused
            ? `Paused${missed > 0 ? ` · ${missed.toLocaleString('en')} new` : ''}`
            : flights > 0
              ? `${flights.toLocaleString('en')} in flight`
              : 'Listening'}
        </span>
      }
      actions={
        <>
          <Tooltip label={grouped ? 'Grouped by trace (v)' : 'Group by trace (v)'}>
            <ActionIcon
              className={classes.follow}
              aria-label="Group by trace"
              aria-pressed={grouped}
              onClick={toggleGrouped}
            >
              <IconListTree size={17} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={follow ? 'Following the newest (f)' : 'Follow the newest (f)'}>
            <ActionIcon
              className={classes.follow}
              aria-label="Follow newest"
              aria-pressed={follow}
              onClick={toggleFollow}
            >
              <IconArrowBarToUp size={17} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Clear: hide everything up to now (x)">
            <ActionIcon aria-label="Clear" onClick={clear}>
              <IconClearAll size={17} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          <Button
            variant={paused ? 'filled' : 'default'}
            leftSection={
              paused ? <IconPlayerPlay size={14} stroke={1.7} /> : <IconPlayerPause size={14} stroke={1.7} />
            }
            onClick={togglePause}
          >
            {paused ? 'Resume' : 'Pause'}
          </Button>
        </>
      }
      tools={<QueryBar scope="exchanges" value={query} onChange={setQuery} error={stored.error} savedFilters />}
    >
      <RefusalBanner />
      <Split
        beside={
          openId !== null &&
          (openRow?.flight ? (
            <FlightPanel flight={openRow.flight} onClose={close} />
          ) : (
            <ExchangePanel exchangeId={openId} onClose={close} />
          ))
        }
      >
        <ListState
          list={{ ...stored, items: rows }}
          label="Loading exchanges"
          empty={
            <NoRows
              query={query}
              cleared={clearedAt !== null}
              onQuery={setQuery}
              onRestore={() => setClearedAt(null)}
            />
          }
        >
          <VirtualTable
            label="Exchanges"
            rows={shown}
            columns={columns}
            rowHeight={searching ? foundRowHeight : undefined}
            onInSight={onInSight}
            rowId={rowId}
            rowClassName={rowClass}
            selectedId={openId}
            onOpen={open}
            list={{ ...stored, hasMore }}
            follow={follow && !paused}
            onFollowChange={setFollow}
            footer={
              clearedAt !== null && (
                <button type="button" className={classes.linkButton} onClick={() => setClearedAt(null)}>
                  Show earlier exchanges
                </button>
              )
            }
          />
        </ListState>
      </Split>
    </Page>
  );
}

interface NoRowsProps {
  query: string;
  cleared: boolean;
  onQuery: (query: string) => void;
  onRestore: () => void;
}

function NoRows({ query, cleared, onQuery, onRestore }: NoRowsProps) {
  if (query !== '') {
    return (
      <EmptyState
        title="No exchange matches"
        actions={
          <Button variant="default" onClick={() => onQuery('')}>
            Clear the query
          </Button>
        }
      >
        New exchanges that match appear here by themselves.
      </EmptyState>
    );
  }
  if (cleared) {
    return (
      <EmptyState
        title="Cleared"
        icon={IconActivity}
        actions={
          <Button variant="default" onClick={onRestore}>
            Show earlier exchanges
          </Button>
        }
      >
        What comes next appears here.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Nothing captured yet"
      icon={IconActivity}
      actions={
        <Button component={Link} href="/connect">
          Connect an agent
        </Button>
      }
    >
      Point an agent at the proxy. Its requests appear here while they happen.
    </EmptyState>
  );
}
