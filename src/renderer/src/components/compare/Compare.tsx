import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Alignment } from '../../../../shared/align/align.js';
import { bound } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { CompareBar } from './CompareBar.js';
import { CompareRow, FoldRow } from './CompareRow.js';
import classes from './compare.module.css';
import { countRows, differencesOf, placeOf, shownRows } from './rows.js';
import type { CompareSide } from './side.js';

interface Props {
  a: CompareSide;
  b: CompareSide;
  alignment: Alignment;
  /** Told which rows are drawn, so that their steps can be read. */
  onInSight?(first: number, last: number): void;
  /** Stands above the two columns, in step with them. */
  heads?: { a: ReactNode; b: ReactNode };
}

/** Below this width the two stand one below the other. */
const narrow = 900;

/**
 * Two lists of steps side by side, aligned by what they say. Opens at the first difference; only rows in sight are drawn.
 * Keys: rows, differences, fold.
 */
export function Compare({ a, b, alignment, onInSight, heads }: Props) {
  const { rows, first_difference } = alignment;
  const scroller = useRef<HTMLDivElement>(null);
  const [fold, setFold] = useState(true);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [whole, setWhole] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState(first_difference ?? 0);
  const [width, setWidth] = useState(0);
  const shown = useMemo(() => shownRows(rows, fold, opened), [rows, fold, opened]);
  const differences = useMemo(() => differencesOf(rows), [rows]);
  const counts = useMemo(() => countRows(rows), [rows]);
  const layout = width > 0 && width < narrow ? 'unified' : 'split';

  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (shown[index]?.kind === 'fold' ? 28 : 84),
    getItemKey: (index) => {
      const it = shown[index];
      return it === undefined ? index : it.kind === 'fold' ? `fold ${it.from}` : it.row;
    },
    overscan: 4,
    paddingEnd: 40,
  });
  const items = virtual.getVirtualItems();

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const rowOf = (place: number, end: 'from' | 'to') => {
    const it = shown[place];
    return it === undefined ? 0 : it.kind === 'row' ? it.row : end === 'from' ? it.from : it.to - 1;
  };
  const [firstRow, lastRow] = [rowOf(items[0]?.index ?? 0, 'from'), rowOf(items.at(-1)?.index ?? 0, 'to')];
  useEffect(() => onInSight?.(firstRow, lastRow), [onInSight, firstRow, lastRow]);

  const latest = useRef(shown);
  latest.current = shown;
  const goTo = useCallback(
    (row: number, align: 'start' | 'auto') => {
      setActive(row);
      // Once what was unfolded with it stands there.
      requestAnimationFrame(() => virtual.scrollToIndex(placeOf(latest.current, row), { align }));
    },
    [virtual],
  );
  // The first difference is what one came for; another pair has another.
  useLayoutEffect(() => {
    setOpened(new Set());
    setWhole(new Set());
    setActive(first_difference ?? 0);
    virtual.scrollToIndex(placeOf(latest.current, first_difference ?? 0), { align: 'start' });
  }, [first_difference, virtual]);

  const at = placeOf(shown, active);
  const place = differences.findIndex((row) => row >= active);
  const onDifference = differences[place] === active;
  const step = (by: number) => {
    const to = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
    if (to) goTo(to.kind === 'row' ? to.row : to.from, 'auto');
  };
  const next = () => {
    const row = differences[place < 0 ? -1 : onDifference ? place + 1 : place];
    if (row !== undefined) goTo(row, 'start');
  };
  const previous = () => {
    const row = differences[(place < 0 ? differences.length : place) - 1];
    if (row !== undefined) goTo(row, 'start');
  };
  const open = useCallback((from: number) => setOpened((before) => new Set([...before, from])), []);
  const toggleWhole = useCallback(
    (row: number) =>
      setWhole((before) => {
        const after = new Set(before);
        if (!after.delete(row)) after.add(row);
        return after;
      }),
    [],
  );
  const toggleFold = () => {
    setFold(!fold);
    setOpened(new Set());
    goTo(active, 'start');
  };
  useKeys(
    bound({
      'list.next': () => step(1),
      'list.previous': () => step(-1),
      'list.first': () => goTo(0, 'start'),
      'list.last': () => goTo(rows.length - 1, 'auto'),
      'list.open': () => {
        const it = shown[at];
        if (it?.kind === 'fold') open(it.from);
        else if (it) toggleWhole(it.row);
      },
      'difference.next': next,
      'difference.previous': previous,
      'difference.fold': toggleFold,
    }),
  );

  return (
    <section className={classes.compare} aria-label="Steps side by side">
      <CompareBar
        names={{ a: a.name, b: b.name }}
        counts={counts}
        place={onDifference ? place + 1 : null}
        total={differences.length}
        fold={fold}
        onNext={next}
        onPrevious={previous}
        onFold={toggleFold}
      />
      {heads && (
        <div className={classes.tops}>
          <div>{heads.a}</div>
          <div>{heads.b}</div>
        </div>
      )}
      <div ref={scroller} className={classes.scroller} tabIndex={0} role="region" aria-label="Aligned steps">
        <div role="list" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const it = shown[item.index];
            const row = it?.kind === 'row' ? rows[it.row] : undefined;
            return (
              <div
                key={item.key}
                data-index={item.index}
                ref={virtual.measureElement}
                role="listitem"
                aria-posinset={item.index + 1}
                aria-setsize={shown.length}
                aria-current={item.index === at || undefined}
                className={classes.place}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {it?.kind === 'fold' && <FoldRow count={it.to - it.from} onOpen={() => open(it.from)} />}
                {it?.kind === 'row' && row && (
                  <CompareRow
                    row={row}
                    index={it.row}
                    a={a}
                    b={b}
                    stepA={row.a === null ? undefined : a.at(row.a)}
                    stepB={row.b === null ? undefined : b.at(row.b)}
                    layout={layout}
                    whole={whole.has(it.row)}
                    onWhole={toggleWhole}
                    onActive={setActive}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}
