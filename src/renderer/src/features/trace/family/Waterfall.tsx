import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { formatDuration } from '../../../components/format.js';
import { RedactedText } from '../../../components/RedactedText.js';
import { hrefTo } from '../../../navigation/hash-params.js';
import { argumentHint } from '../step-look.js';
import { timeScale } from '../time-scale.js';
import classes from './family.module.css';
import type { FamilyMember } from './family-tree.js';
import { useContents } from './use-contents.js';
import { type WaterfallRow, waterfallRows } from './waterfall-rows.js';

const rowHeight = 28;

interface Props {
  members: FamilyMember[];
  traceId: string;
}

/** Traces, calls and tool calls of the family on one axis of real time; idle stretches are cut short. */
export function Waterfall({ members, traceId }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const { opened, toggle } = useContents(traceId);
  const rows = useMemo(() => waterfallRows(members, opened), [members, opened]);
  // What is open speaks for itself: its idle stretches are to be seen as such.
  const scale = useMemo(() => timeScale(rows.filter((row) => row.kind !== 'trace' || !row.open)), [rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 16,
  });
  const [focused, setFocused] = useState(0);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = rows[focused];
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined) {
      const next = Math.min(rows.length - 1, Math.max(0, focused + move));
      setFocused(next);
      virtual.scrollToIndex(next);
    } else if (row?.kind === 'trace' && event.key === (row.open ? 'ArrowLeft' : 'ArrowRight')) {
      toggle(row.member.trace.trace_id);
    } else if (row && event.key === 'Enter') location.hash = hrefOf(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={classes.waterfall}>
      <div className={classes.axis} aria-hidden="true">
        <span>Trace, call, tool</span>
        <span>{formatDuration(scale.shown_ms)} of work, idle time cut short</span>
      </div>
      <div
        ref={scroller}
        className={classes.rows}
        role="tree"
        aria-label="Waterfall"
        tabIndex={0}
        aria-activedescendant={rows[focused] ? `waterfall-${focused}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            if (!row) return null;
            const left = scale.at(row.start);
            const right = scale.at(row.start + row.duration);
            return (
              <div
                key={key}
                id={`waterfall-${index}`}
                role="treeitem"
                tabIndex={-1}
                aria-level={row.depth + 1}
                aria-selected={index === focused}
                aria-expanded={row.kind === 'trace' ? row.open : undefined}
                data-kind={row.kind}
                data-here={(row.kind === 'trace' && row.id === traceId) || undefined}
                className={classes.row}
                style={{ transform: `translateY(${start}px)`, height: rowHeight }}
                onClick={() => setFocused(index)}
              >
                <div className={classes.name} style={{ paddingLeft: 8 + Math.min(row.depth, 12) * 16 }}>
                  {row.kind === 'trace' && (
                    <button
                      type="button"
                      tabIndex={-1}
                      className={classes.fold}
                      aria-label={row.open ? 'Hide its calls' : 'Show its calls'}
                      onClick={() => toggle(row.member.trace.trace_id)}
                    >
                      {row.open ? '▾' : '▸'}
                    </button>
                  )}
                  <Name row={row} />
                </div>
                <div className={classes.track}>
                  {row.kind !== 'more' && (
                    <span
                      className={classes.bar}
                      data-state={stateOf(row)}
                      title={titleOf(row)}
                      style={{ left: `${left * 100}%`, width: `${Math.max(0, right - left) * 100}%` }}
                    />
                  )}
                </div>
                <span className={classes.duration}>{row.duration > 0 ? formatDuration(row.duration) : ''}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function hrefOf(row: WaterfallRow): string {
  switch (row.kind) {
    case 'trace':
      return hrefTo(`/traces/${row.id}`);
    case 'call':
      return hrefTo(`/traces/${row.trace_id}`, { tab: 'calls' });
    case 'tool':
      return hrefTo(`/traces/${row.trace_id}`, { step: row.toolCall.step_id });
    case 'more':
      return hrefTo(`/traces/${row.trace.trace_id}`, { tab: 'calls' });
  }
}

const relations = { root: '', subagent: 'subagent', segment: 'goes on' } as const;

function Name({ row }: { row: WaterfallRow }) {
  switch (row.kind) {
    case 'trace': {
      const { trace, relation } = row.member;
      return (
        <>
          {relation !== 'root' && <span className={classes.relation}>{relations[relation]}</span>}
          <a href={hrefOf(row)} tabIndex={-1} className="ellipsis" title={trace.title}>
            <RedactedText text={trace.title || 'Untitled'} />
          </a>
          <span className={classes.count}>{trace.call_count} calls</span>
        </>
      );
    }
    case 'call':
      return <span className="ellipsis">{row.call.model ?? row.call.format}</span>;
    case 'tool':
      return (
        <a href={hrefOf(row)} tabIndex={-1} className="ellipsis">
          <span className="mono">{row.toolCall.name}</span>{' '}
          <span className="dim">{argumentHint(row.toolCall.arguments)}</span>
        </a>
      );
    case 'more':
      return (
        <a href={hrefOf(row)} tabIndex={-1}>
          More in the trace itself
        </a>
      );
  }
}

function stateOf(row: WaterfallRow): string {
  if (row.kind === 'call') return row.call.error ? 'error' : 'call';
  if (row.kind === 'tool') {
    if (row.toolCall.status === 'error') return 'error';
    return row.toolCall.metadata.duration === 'wire' ? 'wire' : 'tool';
  }
  return row.kind;
}

function titleOf(row: WaterfallRow): string {
  if (row.kind === 'tool') {
    return row.toolCall.metadata.duration === 'wire'
      ? 'Time on the wire'
      : 'Time from the call that asked to the call that brought the result';
  }
  if (row.kind === 'call') return row.call.edge.evidence ?? row.call.edge.rule;
  return '';
}
