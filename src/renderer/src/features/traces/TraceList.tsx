import { Button } from '@mantine/core';
import { IconArrowUp, IconFilterOff, IconPlugConnected, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ListHit, WantedTraces } from '../../../../shared/model/index.js';
import { JumpButton } from '../../components/JumpButton.js';
import { KeyHints } from '../../components/KeyHints.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListEnd, ListState } from '../../components/layout/ListState.js';
import { useEscape } from '../../components/use-escape.js';
import { compareHref } from '../../navigation/compare-href.js';
import { go, hrefTo, useHashParams } from '../../navigation/hash-params.js';
import { bound, keyHint } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { client, trpc } from '../../rpc/client.js';
import { type HitSource, useHits } from '../../rpc/use-hits.js';
import { BulkJudgeDialog } from '../judge/index.js';
import { BulkRunDialog } from '../qa/index.js';
import { useQualityValues } from '../quality/index.js';
import {
  ChangeDialog,
  type MatchingChange,
  NoteDialog,
  type ReviewPatch,
  reviewKeys,
  TagsDialog,
  usePickedReview,
  useReview,
} from '../review/index.js';
import { BulkBar } from './BulkBar.js';
import { DeleteDialog } from './DeleteDialog.js';
import { SelectionConsent, SelectionNote, SelectionTags } from './SelectionDialogs.js';
import { justThese, matchingQuery, mostInQuery } from './selection-query.js';
import { TraceRow } from './TraceRow.js';
import classes from './traces.module.css';
import { rememberedScroll, rememberScroll, useCursor } from './use-cursor.js';
import { useMatchingIds } from './use-matching-ids.js';
import { useSelection } from './use-selection.js';
import { useTraces } from './use-trace-list.js';

const rowHeight = 48;
const headHeight = 28;
const columns = [
  ['', 'check', classes.check],
  ['Trace', 'main', classes.main],
  ['Started', 'started', classes.cell],
  ['Duration', 'duration', classes.number],
  ['Calls', 'calls', classes.number],
  ['Steps', 'steps', classes.number],
  ['Tools', 'tools', classes.number],
  ['Errors', 'errors', classes.number],
  ['Tokens', 'tokens', classes.number],
  ['Cost', 'cost', classes.number],
  ['Redacted', 'redacted', classes.number],
  ['Quality', 'quality', classes.number],
  ['Review', 'review', classes.cell],
] as const;

const hitsOfTraces: HitSource<ListHit> = {
  scope: 'traces',
  ask: (query, trace_ids) => client.traces.hits.query({ query, trace_ids }),
  idOf: ({ trace_id }) => trace_id,
};

/** What is selected, and how much it is; null while that is being counted. */
export interface Selection {
  meant: WantedTraces;
  count: number | null;
}

interface Props {
  query: string;
  onQuery(query: string): void;
  onExport(): void;
  /** Told what is selected; null for nothing. */
  onSelected(selected: Selection | null): void;
}

/** The traces of one query: a grid that draws only what is in sight, labelled by keyboard, current by ticks. */
export function TraceList({ query, onQuery, onExport, onSelected }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const firstVisible = useRef(0);
  const view = useMemo(
    () => ({ atTop: () => (scroller.current?.scrollTop ?? 0) < rowHeight / 2, row: () => firstVisible.current }),
    [],
  );
  const list = useTraces(query, view);
  const { items: traces, hasMore, loadMore, remove, showNew, newCount } = list;

  const { index, active, setIndex } = useCursor(query, traces);
  const selection = useSelection(traces);
  const { ids, shown, matching } = selection;
  const matchingText = matching === null ? null : matchingQuery(query, matching.until);
  const meant = useMemo(
    () => (matchingText === null ? justThese([...ids]) : { query: matchingText }),
    [matchingText, ids],
  );
  const chosen = matching !== null || ids.size > 0;
  // Of rows that are not read nobody knows whether they are there.
  const unread = matching !== null || ids.size > shown.length;
  const counted = useQuery(trpc.traces.count.queryOptions(meant, { enabled: chosen && unread, staleTime: 0 }));
  const count = unread ? (counted.data?.traces ?? null) : shown.length;
  const many = unread || ids.size > mostInQuery;
  useEffect(() => onSelected(chosen ? { meant, count } : null), [chosen, meant, count, onSelected]);
  useEffect(() => () => onSelected(null), [onSelected]);
  const { apply } = useReview();
  const applyPicked = usePickedReview();
  const [asked, setAsked] = useState<MatchingChange | null>(null);
  const dontChange = useCallback(() => setAsked(null), []);
  const [dialog, setDialog] = useState<'tags' | 'note' | 'consent' | 'tests' | 'judge' | 'delete' | null>(null);
  const close = useCallback(() => setDialog(null), []);

  const virtual = useVirtualizer({
    count: traces.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    initialOffset: () => rememberedScroll(query),
  });
  const rows = virtual.getVirtualItems();
  firstVisible.current = Math.floor((virtual.scrollOffset ?? 0) / rowHeight);

  const lastRow = rows.at(-1)?.index ?? 0;
  const failed = Boolean(list.error);
  useEffect(() => {
    if (hasMore && !failed && lastRow >= traces.length - 30) loadMore();
  }, [hasMore, failed, loadMore, lastRow, traces.length]);

  // The keyboard works from the first moment, without a click into the list.
  const loaded = traces.length > 0;
  useEffect(() => {
    if (loaded && (document.activeElement === document.body || document.activeElement === null)) {
      scroller.current?.focus({ preventScroll: true });
    }
  }, [loaded]);

  const targets = chosen ? shown : active ? [active] : [];
  const found = useMatchingIds(meant.query, dialog === 'delete' && matching !== null);
  const doomed = matching !== null ? (found.data ?? null) : ids.size > 0 ? [...ids] : active ? [active.trace_id] : [];
  // Rows that are picked are seen; what only a query names is shown first.
  const change = (patch: MatchingChange) => {
    if (matching !== null) setAsked(patch);
    else void applyPicked([...ids], patch);
  };
  const label = (patch: Omit<ReviewPatch, 'tags'>) => {
    if (many) return change(patch);
    void apply(
      targets.map((trace) => trace.trace_id),
      patch,
    );
  };
  const link = useHashParams().get('sel');
  const inSight = traces.slice(rows[0]?.index ?? 0, lastRow + 1).map(({ trace_id }) => trace_id);
  const hits = useHits(hitsOfTraces, query, inSight);
  const quality = useQualityValues(inSight);
  const hrefOf = (id: string) => {
    const hit = hits.get(id);
    const found = hit && { step: hit.step_id, find: hit.text, whole: hit.whole ? '1' : null };
    return hrefTo(`/traces/${id}`, { q: query, sel: link, ...found });
  };
  const move = (to: number) => {
    const next = Math.max(0, Math.min(to, traces.length - 1));
    setIndex(next);
    virtual.scrollToIndex(next);
  };
  const pageRows = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1);

  // Two that are picked, or what one can be compared with.
  const pair = matching === null && ids.size === 2 ? [...ids].map((trace_id) => ({ trace_id, call_id: null })) : null;
  const compare = () => {
    const [a, b] = pair ?? (active && ids.size === 0 ? [{ trace_id: active.trace_id, call_id: null }] : []);
    if (a) go(compareHref(a, b));
  };

  useKeys({
    ...reviewKeys({
      apply: label,
      editTags: () => (many || targets.length > 0) && setDialog('tags'),
      editNote: () => (many || targets.length > 0) && setDialog('note'),
    }),
    ...bound({
      'list.next': () => move(index + 1),
      'list.previous': () => move(index - 1),
      'list.pageDown': () => move(index + pageRows()),
      'list.pageUp': () => move(index - pageRows()),
      'list.first': () => move(0),
      'list.last': () => move(traces.length - 1),
      'list.open': () => active && go(hrefOf(active.trace_id)),
      'select.row': () => selection.toggle(index),
      'select.range': () => selection.extendTo(index),
      'select.all': selection.all,
      'selection.delete': () => (chosen || active) && setDialog('delete'),
      'selection.export': onExport,
      'trace.compare': compare,
    }),
  });
  useEscape('page', chosen ? selection.clear : null);

  const onToggle = useCallback(
    (at: number, extend: boolean) => (extend ? selection.extendTo(at) : selection.toggle(at)),
    [selection.extendTo, selection.toggle],
  );

  return (
    <>
      {chosen && (
        <BulkBar
          count={count}
          more={hasMore}
          matching={matching !== null}
          apply={label}
          onMatching={selection.allMatching}
          onNote={() => setDialog('note')}
          onConsent={() => setDialog('consent')}
          onTests={() => setDialog('tests')}
          onJudge={() => setDialog('judge')}
          onTags={() => setDialog('tags')}
          onExport={onExport}
          onCompare={pair && compare}
          onDelete={() => setDialog('delete')}
          onClear={selection.clear}
        />
      )}
      <div className={classes.listArea}>
        {newCount > 0 && (
          <JumpButton
            at="top"
            onClick={() => {
              showNew();
              scroller.current?.scrollTo({ top: 0 });
            }}
          >
            <IconArrowUp size={13} aria-hidden />
            {newCount >= 100 ? '100+' : newCount} new
          </JumpButton>
        )}
        <ListState
          list={list}
          label="Loading traces"
          empty={<NoTraces filtered={query !== ''} onClear={() => onQuery('')} />}
        >
          <div
            ref={scroller}
            className={classes.grid}
            role="grid"
            tabIndex={0}
            aria-label="Traces"
            aria-multiselectable
            aria-rowcount={hasMore ? -1 : traces.length + 1}
            aria-activedescendant={active ? `trace-${active.trace_id}` : undefined}
            onScroll={(event) => rememberScroll(query, event.currentTarget.scrollTop)}
          >
            <div role="row" aria-rowindex={1} className={classes.head}>
              {columns.map(([name, column, className]) => (
                <span key={name} role="columnheader" className={className} data-col={column}>
                  {name === '' ? <span className="sr-only">Selected</span> : name}
                </span>
              ))}
            </div>
            <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
              {rows.map((row) => {
                const trace = traces[row.index];
                if (!trace) return null;
                return (
                  <TraceRow
                    key={trace.trace_id}
                    trace={trace}
                    index={row.index}
                    active={row.index === index}
                    selected={selection.isSelected(trace.trace_id)}
                    href={hrefOf(trace.trace_id)}
                    hit={hits.get(trace.trace_id) ?? null}
                    quality={quality.get(trace.trace_id)?.quality_score ?? null}
                    style={{ transform: `translateY(${row.start - headHeight}px)` }}
                    onPoint={setIndex}
                    onToggle={onToggle}
                  />
                );
              })}
            </div>
            <ListEnd list={list} scrolls />
          </div>
        </ListState>
      </div>
      <KeyHints
        hints={[
          [`${keyHint('list.next')} ${keyHint('list.previous')}`, 'move'],
          ['Enter', 'open'],
          [keyHint('review.accept'), 'accept'],
          [keyHint('review.reject'), 'reject'],
          ['1–5', 'rate'],
          [keyHint('review.tags'), 'tags'],
          [keyHint('review.note'), 'note'],
          [keyHint('select.row'), 'select'],
          [keyHint('trace.compare'), 'compare'],
          [keyHint('undo'), 'undo'],
        ]}
      />
      {!many ? (
        <TagsDialog traces={targets} opened={dialog === 'tags'} onClose={close} />
      ) : (
        <SelectionTags count={count ?? 0} opened={dialog === 'tags'} onClose={close} onSave={change} />
      )}
      {chosen ? (
        <SelectionNote
          count={count ?? 0}
          noted={unread ? null : shown.filter(({ review }) => review?.note).length}
          opened={dialog === 'note'}
          onClose={close}
          onSave={(note) => label({ note })}
        />
      ) : (
        active && <NoteDialog trace={active} opened={dialog === 'note'} onClose={close} />
      )}
      <ChangeDialog query={meant.query} change={asked} onClose={dontChange} />
      <SelectionConsent count={count ?? 0} meant={meant} opened={dialog === 'consent'} onClose={close} />
      <BulkRunDialog meant={meant} picked opened={dialog === 'tests'} onClose={close} />
      <BulkJudgeDialog meant={meant} picked opened={dialog === 'judge'} onClose={close} />
      <DeleteDialog
        ids={doomed}
        title={doomed?.length === 1 ? (traces.find(({ trace_id }) => trace_id === doomed[0])?.title ?? null) : null}
        more={Math.max(0, (count ?? 0) - (doomed?.length ?? 0)) * Number(matching !== null)}
        opened={dialog === 'delete'}
        onClose={close}
        onDeleted={(gone) => {
          remove(gone);
          if (gone.size === doomed?.length) selection.clear();
          else selection.drop(gone);
        }}
      />
    </>
  );
}

function NoTraces({ filtered, onClear }: { filtered: boolean; onClear(): void }) {
  if (filtered) {
    return (
      <EmptyState
        title="No trace matches this query"
        icon={IconFilterOff}
        actions={
          <Button variant="default" onClick={onClear}>
            Show all traces
          </Button>
        }
      >
        Take a condition away, or look at all traces.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No traces yet"
      icon={IconRoute}
      actions={
        <Button component="a" href="#/connect" leftSection={<IconPlugConnected size={14} />}>
          Connect an agent
        </Button>
      }
    >
      Point an agent at the proxy: its first model call opens a trace here.
    </EmptyState>
  );
}
