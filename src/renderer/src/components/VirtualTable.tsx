import { useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type ComponentProps,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { takeFocus } from './focus-list.js';
import { ListEnd } from './layout/ListState.js';
import { useTableKeys } from './use-table-keys.js';
import classes from './VirtualTable.module.css';

export interface Column<T> {
  id: string;
  header: string;
  /** A CSS grid track: `72px`, `minmax(120px, 1fr)`. */
  width: string;
  align?: 'left' | 'right';
  render: (row: T) => ReactNode;
  /** Left out where the table is narrower than this many pixels. */
  minTableWidth?: number;
  /** Explains the header on hover. */
  hint?: string;
}

interface Props<T> {
  /** Names the grid for screen readers. */
  label: string;
  rows: T[];
  columns: Column<T>[];
  rowId: (row: T) => string;
  /** Row that is open, e.g. in the side panel; moving with the keyboard then opens the next one at once. */
  selectedId?: string | null;
  onOpen: (row: T) => void;
  /** The keyboard's row, where the caller keeps it; otherwise the table does. */
  activeId?: string | null;
  onActive?: (row: T, index: number) => void;
  rowHeight?: number;
  rowClassName?: (row: T) => string | undefined;
  /** The list that the rows are of: it is asked for more where they end. None: the rows are all. */
  list?: ComponentProps<typeof ListEnd>['list'];
  /** True: the top stays in sight when rows arrive there. False: what is being read stays in its place. */
  follow?: boolean;
  /** Told when the user scrolls away from the top or back to it. */
  onFollowChange?: (follow: boolean) => void;
  /** Told which rows are drawn: those in sight and a few around them. */
  onInSight?: (first: number, last: number) => void;
  /** Shown under the last row. */
  footer?: ReactNode;
  scrollerRef?: Ref<HTMLDivElement>;
}

/** A dense grid that draws only the rows in sight; j/k, arrows, Page and Home/End move, Enter opens. */
export function VirtualTable<T>(props: Props<T>) {
  const { rows, columns, rowId, rowHeight = 30, list, follow = true } = props;
  const { onFollowChange, onOpen, onActive, selectedId = null } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const gridId = useId();
  const [width, setWidth] = useState(0);
  const [ownActiveId, setActiveId] = useState<string | null>(null);
  const shown = useMemo(
    () => columns.filter((column) => width === 0 || width >= (column.minTableWidth ?? 0)),
    [columns, width],
  );
  const tracks = shown.map((column) => column.width).join(' ');
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: 28,
    scrollPaddingStart: 30,
    getItemKey: (index) => rowId(rows[index] as T),
  });
  const items = virtual.getVirtualItems();

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    takeFocus(element);
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const lastShown = items.at(-1)?.index ?? -1;
  const firstShown = items[0]?.index ?? 0;
  const { onInSight } = props;
  useEffect(() => onInSight?.(firstShown, lastShown), [onInSight, firstShown, lastShown]);
  const { hasMore = false, error, loadMore } = list ?? {};
  const failed = Boolean(error);
  useEffect(() => {
    if (hasMore && !failed && lastShown >= rows.length - 20) loadMore?.();
  }, [hasMore, failed, lastShown, rows.length, loadMore]);

  // Rows that arrive above must not push away what is being read.
  const anchor = useRef<{ id: string; index: number } | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    const before = anchor.current;
    if (!element || follow || !before) return;
    const now = rows.findIndex((row) => rowId(row) === before.id);
    if (now > before.index) {
      element.scrollTop += (now - before.index) * rowHeight;
      anchor.current = { id: before.id, index: now };
    }
  }, [rows, follow, rowId, rowHeight]);
  useLayoutEffect(() => {
    if (follow && scroller.current) scroller.current.scrollTop = 0;
  }, [follow]);

  const onScroll = useCallback(() => {
    const top = scroller.current?.scrollTop ?? 0;
    const index = Math.min(rows.length - 1, Math.floor(top / rowHeight));
    const row = rows[index];
    anchor.current = row === undefined ? null : { id: rowId(row), index };
    if (top <= 1) onFollowChange?.(true);
    else if (top > rowHeight) onFollowChange?.(false);
  }, [rows, rowId, rowHeight, onFollowChange]);

  const move = useCallback(
    (index: number) => {
      const row = rows[index];
      if (row === undefined) return;
      setActiveId(rowId(row));
      onActive?.(row, index);
      virtual.scrollToIndex(index, { align: 'auto' });
      if (selectedId !== null) onOpen(row);
    },
    [rows, rowId, onActive, onOpen, selectedId, virtual],
  );
  const current = props.activeId ?? ownActiveId ?? selectedId;
  const indexOf = (id: string | null) => (id === null ? -1 : rows.findIndex((row) => rowId(row) === id));
  useTableKeys({
    scroller,
    count: rows.length,
    pageSize: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / rowHeight) - 2),
    current: () => indexOf(current),
    move,
    open: (index) => rows[index] !== undefined && onOpen(rows[index] as T),
  });

  const activeShown = current !== null && items.some((item) => rowId(rows[item.index] as T) === current);
  const rowDomId = (id: string) => `${gridId}-${id}`;
  return (
    <div className={classes.frame}>
      <div
        ref={useMergedRef(scroller, props.scrollerRef ?? null)}
        className={classes.scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        aria-colcount={shown.length}
        aria-activedescendant={activeShown ? rowDomId(current as string) : undefined}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div className={classes.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
          {shown.map((column) => (
            <div
              key={column.id}
              className={classes.cell}
              role="columnheader"
              data-align={column.align}
              title={column.hint}
            >
              {column.header}
            </div>
          ))}
        </div>
        <div className={classes.body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index] as T;
            const id = rowId(row);
            const names = [classes.row];
            if (id === selectedId) names.push(classes.selected);
            if (id === current) names.push(classes.active);
            const extra = props.rowClassName?.(row);
            if (extra) names.push(extra);
            return (
              <div
                key={item.key}
                id={rowDomId(id)}
                className={names.join(' ')}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={id === selectedId}
                style={{
                  gridTemplateColumns: tracks,
                  height: rowHeight,
                  transform: `translateY(${item.start - 28}px)`,
                }}
                onClick={() => {
                  setActiveId(id);
                  onActive?.(row, item.index);
                  onOpen(row);
                }}
              >
                {shown.map((column) => (
                  <div key={column.id} className={classes.cell} role="gridcell" data-align={column.align}>
                    {column.render(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {list && <ListEnd list={list} scrolls />}
        {props.footer && !list?.loadingMore && <div className={classes.foot}>{props.footer}</div>}
      </div>
    </div>
  );
}
