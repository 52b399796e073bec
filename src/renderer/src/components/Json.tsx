import { IconChevronRight } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react';
import type { TextSearch } from '../../../shared/text-find.js';
import classes from './Json.module.css';
import { type JsonLine, jsonLines, maxDepth, preview } from './json-lines.js';
import { type PlaceholderNote, RedactedText } from './RedactedText.js';
import { useTextSearch } from './text-search.js';

/** Above this many visible lines only those in sight are drawn. */
const virtualAbove = 300;
/** Longer strings are cut until asked for, and then come in pieces: all of 5 MB at once would freeze the page. */
const longString = 600;
const pieceChars = 16_384;

interface Props {
  value: unknown;
  /** Levels that are open at first. */
  defaultDepth?: number;
  /** Pixels after which the tree scrolls inside itself. */
  maxHeight?: number;
  label?: string;
  notes?: ReadonlyMap<string, PlaceholderNote>;
}

/** A JSON value as a tree that folds. Everything in it is drawn as text. */
export function Json({ value, defaultDepth = 2, maxHeight = 480, label = 'JSON', notes }: Props) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const search = useTextSearch();
  const found = useMemo(() => search !== null && holds(value, search, 0), [value, search]);
  const depth = found ? maxDepth : defaultDepth;
  const lines = useMemo(() => jsonLines(value, { defaultDepth: depth, toggled }), [value, depth, toggled]);
  const big = lines.length > virtualAbove;
  const virtual = useVirtualizer({
    count: big ? lines.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 20,
    getItemKey: (index) => lines[index]?.path ?? index,
  });
  useEffect(() => {
    if (!big || !found || search === null) return;
    const at = lines.findIndex((line) => line.kind !== 'collapsed' && lineHolds(line, search));
    if (at >= 0) virtual.scrollToIndex(at, { align: 'center' });
  }, [big, found, search, lines, virtual]);
  const toggle = (path: string) =>
    setToggled((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });

  if (!big) {
    return (
      <div className={classes.root} ref={scroller} role="group" aria-label={label} style={{ maxHeight }} tabIndex={0}>
        {lines.map((line) => (
          <Line key={line.path} line={line} onToggle={toggle} notes={notes} />
        ))}
      </div>
    );
  }
  return (
    <div
      className={classes.root}
      ref={scroller}
      role="group"
      aria-label={label}
      style={{ height: maxHeight }}
      tabIndex={0}
    >
      <div style={{ height: virtual.getTotalSize() }} />
      {virtual.getVirtualItems().map((item) => (
        <div
          key={item.key}
          ref={virtual.measureElement}
          data-index={item.index}
          style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${item.start}px)` }}
        >
          <Line line={lines[item.index] as JsonLine} onToggle={toggle} notes={notes} />
        </div>
      ))}
    </div>
  );
}

function lineHolds({ name, kind, value }: JsonLine, search: TextSearch): boolean {
  const has = (text: string) => search.hits(text, 1).length > 0;
  return (name !== null && has(String(name))) || (kind === 'value' && typeof value === 'string' && has(value));
}

/** Whether a key or a string of the value has what is looked for. */
function holds(value: unknown, search: TextSearch, depth: number): boolean {
  if (typeof value === 'string') return search.hits(value, 1).length > 0;
  if (typeof value !== 'object' || value === null || depth >= maxDepth) return false;
  if (Array.isArray(value)) return value.some((item) => holds(item, search, depth + 1));
  return Object.entries(value).some(([key, item]) => search.hits(key, 1).length > 0 || holds(item, search, depth + 1));
}

interface LineProps {
  line: JsonLine;
  onToggle: (path: string) => void;
  notes: ReadonlyMap<string, PlaceholderNote> | undefined;
}

function Line({ line, onToggle, notes }: LineProps) {
  const open = line.kind === 'open';
  const brackets = Array.isArray(line.value) ? '[]' : '{}';
  return (
    <div className={classes.line} style={{ '--depth': line.depth } as CSSProperties}>
      {(open || line.kind === 'collapsed') && (
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={open}
          aria-label={`${open ? 'Fold' : 'Unfold'} ${line.name ?? 'value'}`}
          onClick={() => onToggle(line.path)}
        >
          <IconChevronRight size={12} stroke={2} />
        </button>
      )}
      <span className={classes.content}>
        {line.name !== null && (
          <>
            <span className={classes.key}>
              <RedactedText text={String(line.name)} notes={notes} />
            </span>
            <span className={classes.bracket}>: </span>
          </>
        )}
        {open && <span className={classes.bracket}>{brackets[0]}</span>}
        {line.kind === 'close' && <span className={classes.bracket}>{brackets[1]}</span>}
        {line.kind === 'collapsed' && <span className={classes.bracket}>{preview(line.value, line.size)}</span>}
        {line.kind === 'value' && <Leaf value={line.value} notes={notes} />}
      </span>
    </div>
  );
}

function Leaf({ value, notes }: { value: unknown; notes: ReadonlyMap<string, PlaceholderNote> | undefined }) {
  const [unfolded, setShown] = useState(longString);
  const search = useTextSearch();
  const found = useMemo(() => (typeof value === 'string' ? (search?.hits(value, 1)[0]?.end ?? 0) : 0), [value, search]);
  const shown = found > unfolded ? found + pieceChars : unfolded;
  if (typeof value === 'object' && value !== null) {
    return <span className={classes.bracket}>{Array.isArray(value) ? '[]' : '{}'}</span>;
  }
  if (typeof value !== 'string') return <span className={classes.literal}>{String(value)}</span>;
  const cut = value.length > shown;
  return (
    <span className={classes.string}>
      "
      <RedactedText text={cut ? value.slice(0, shown) : value} notes={notes} />
      {cut ? '… ' : '"'}
      {cut && (
        <button type="button" className={classes.more} onClick={() => setShown(shown + pieceChars)}>
          {value.length - shown > pieceChars ? 'show more of' : 'show all'} {value.length.toLocaleString('en')}{' '}
          characters
        </button>
      )}
    </span>
  );
}
