import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef } from 'react';
import { formatDuration } from '../../components/format.js';
import { type Bar, toBars } from './bars.js';
import { toolStatus } from './items.js';
import { argumentHint, lookOf } from './step-look.js';
import { type TimeScale, timeScale } from './time-scale.js';
import classes from './timeline.module.css';
import type { TraceData } from './use-trace.js';

const rowHeight = 26;

interface Props {
  data: TraceData;
  selected: number;
  /** Item at the top of the conversation. */
  inView: number;
  onSelect(index: number): void;
  /** Items that have what is looked for. */
  found: ReadonlySet<number>;
}

/** Every step in the order it happened, with bars in real time; idle stretches are cut short. */
export const Timeline = memo(function Timeline({ data, selected, inView, onSelect, found }: Props) {
  const { items, callById, decisionById, toolCallByStep } = data;
  const scroller = useRef<HTMLDivElement>(null);
  const bars = useMemo(() => toBars(items, callById, toolCallByStep), [items, callById, toolCallByStep]);
  const scale = useMemo(() => timeScale(bars), [bars]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 20,
  });

  useEffect(() => {
    if (selected >= 0) virtual.scrollToIndex(selected);
  }, [selected, virtual]);
  useEffect(() => {
    if (inView >= 0) virtual.scrollToIndex(inView);
  }, [inView, virtual]);

  const rows = virtual.getVirtualItems();
  const first = virtual.range?.startIndex ?? 0;
  const last = virtual.range?.endIndex ?? -1;
  // The bars' axis spans what is in sight: over a whole trace of thousands of steps each would be one pixel.
  const axis = useMemo(() => axisOf(bars, first, last, scale), [bars, first, last, scale]);
  const active = items[selected];
  return (
    <nav className={classes.timeline} aria-label="Steps">
      <div className={classes.head}>
        <span>Steps</span>
        {/* Where no times are told there is no length either. */}
        {scale.shown_ms > 0 && (
          <span className="num" title="Time with something going on; idle stretches are cut short in the bars">
            {formatDuration(scale.shown_ms)}
          </span>
        )}
      </div>
      <div
        ref={scroller}
        className={classes.scroller}
        role="listbox"
        tabIndex={0}
        aria-label="Steps in order"
        aria-activedescendant={active && rows.some((row) => row.index === selected) ? `step-${active.key}` : undefined}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
          {rows.map((row) => {
            const item = items[row.index];
            const bar = bars[row.index];
            if (!item || !bar) return null;
            const { icon: Picture, tone, label } = lookOf(item, decisionById);
            const hint = item.kind === 'tool' && item.call ? argumentHint(item.call.arguments) : '';
            const failed = item.kind === 'tool' && toolStatus(item, toolCallByStep.get(item.key)) === 'error';
            const left = axis(bar.start);
            const width = Math.max(0, axis(bar.start + bar.duration) - left);
            return (
              <div
                key={item.key}
                id={`step-${item.key}`}
                role="option"
                aria-selected={row.index === selected}
                aria-setsize={items.length}
                aria-posinset={row.index + 1}
                className={classes.row}
                data-tone={failed ? 'error' : tone}
                data-in-view={row.index === inView || undefined}
                data-found={found.has(row.index) || undefined}
                style={{ transform: `translateY(${row.start}px)` }}
                onClick={() => onSelect(row.index)}
              >
                <Picture size={14} stroke={1.7} aria-hidden className={classes.icon} />
                <span className={classes.label} title={hint ? `${label}  ${hint}` : label}>
                  {label}
                  {hint && <span className={classes.hint}>{hint}</span>}
                  {found.has(row.index) && <span className="sr-only">, found here</span>}
                </span>
                <span className={classes.track} aria-hidden>
                  <span className={classes.bar} data-kind={bar.kind} style={{ left: `${left}%`, width: `${width}%` }} />
                </span>
                <span className={classes.duration}>{bar.duration > 0 ? formatDuration(bar.duration) : ''}</span>
              </div>
            );
          })}
        </div>
      </div>
      {found.size > 0 && <Ticks found={found} count={items.length} />}
    </nav>
  );
});

const mostTicks = 300;

/** Where in the whole trace it was found, as far as it has been read. */
function Ticks({ found, count }: { found: ReadonlySet<number>; count: number }) {
  // Several that fall on one place are one.
  const places = new Set([...found].map((index) => Math.round((index / Math.max(1, count)) * mostTicks)));
  return (
    <div className={classes.ticks} aria-hidden>
      {[...places].map((place) => (
        <span key={place} style={{ top: `${(place / mostTicks) * 100}%` }} />
      ))}
    </div>
  );
}

/** Percent of the axis for a moment, between the first and the last moment of the rows from `first` to `last`. */
function axisOf(bars: Bar[], first: number, last: number, scale: TimeScale): (time: number) => number {
  let from = 1;
  let to = 0;
  for (const bar of bars.slice(first, last + 1)) {
    from = Math.min(from, scale.at(bar.start));
    to = Math.max(to, scale.at(bar.start + bar.duration));
  }
  const width = to - from;
  return (time) => (width <= 0 ? 0 : Math.max(0, Math.min(98, ((scale.at(time) - from) / width) * 100)));
}
