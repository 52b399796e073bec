import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './panels.module.css';

interface Props<T> {
  items: T[];
  idOf(item: T): string;
  estimate: number;
  label: string;
  /** Brings this item into view when it changes. */
  show?: number;
  children(item: T, index: number): ReactNode;
}

/** Rows of unequal height, of which only those in sight are drawn. */
export function VirtualRows<T>({ items, idOf, estimate, label, show, children }: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : idOf(item);
    },
    overscan: 6,
    paddingEnd: 16,
  });
  useEffect(() => {
    if (show !== undefined && show >= 0) virtual.scrollToIndex(show);
  }, [show, virtual]);
  return (
    <div ref={scroller} className={classes.scroller} tabIndex={0} role="region" aria-label={label}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((row) => {
          const item = items[row.index];
          return (
            item !== undefined && (
              <div
                key={row.key}
                data-index={row.index}
                ref={virtual.measureElement}
                className={classes.place}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                {children(item, row.index)}
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}
