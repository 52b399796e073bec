import { IconArrowDown } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { JumpButton } from '../../components/JumpButton.js';
import { ConversationItem } from './ConversationItem.js';
import classes from './conversation.module.css';
import type { TraceData } from './use-trace.js';

interface Props {
  /** Where it is drawn: whoever looks for something reads its marks. */
  scroller: RefObject<HTMLDivElement | null>;
  traceId: string;
  data: TraceData;
  live: boolean;
  /** Item to bring into view; `at` changes with every wish, so that the same item can be wished twice. */
  target: { index: number; at: number } | null;
  selected: number;
  onSelect(index: number): void;
  onInView(index: number): void;
}

const bottomSlack = 40;

/** The trace as it went: messages, reasoning, tool calls with their results. Only what is in sight is drawn. */
export const Conversation = memo(function Conversation(props: Props) {
  const { scroller, traceId, data, live, target, selected, onSelect, onInView } = props;
  const { items } = data;
  const atEnd = useRef(false);
  const [unseen, setUnseen] = useState(0);

  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 110,
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 6,
    paddingEnd: 48,
  });

  useEffect(() => {
    if (target) virtual.scrollToIndex(target.index, { align: 'start' });
  }, [target, virtual]);

  // A live trace: whoever reads its end stays there, everyone else keeps the place and is told.
  const before = useRef(items.length);
  useEffect(() => {
    const added = items.length - before.current;
    before.current = items.length;
    if (added <= 0 || !live) return;
    if (atEnd.current) virtual.scrollToIndex(items.length - 1, { align: 'end' });
    else setUnseen((count) => count + added);
  }, [items.length, live, virtual]);

  const frame = useRef(0);
  const onScroll = useCallback(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      const element = scroller.current;
      if (!element) return;
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < bottomSlack;
      if (atEnd.current) setUnseen(0);
      const top = virtual.getVirtualItemForOffset(element.scrollTop + 12);
      if (top) onInView(top.index);
    });
  }, [scroller, virtual, onInView]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  return (
    <div className={classes.frame}>
      <div
        ref={scroller}
        className={classes.scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Conversation"
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((row) => {
            const item = items[row.index];
            return (
              item && (
                <div
                  key={item.key}
                  data-index={row.index}
                  data-item={item.key}
                  ref={virtual.measureElement}
                  className={classes.place}
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <ConversationItem
                    traceId={traceId}
                    item={item}
                    index={row.index}
                    data={data}
                    selected={row.index === selected}
                    onSelect={onSelect}
                  />
                </div>
              )
            );
          })}
        </div>
      </div>
      {unseen > 0 && (
        <JumpButton at="bottom" onClick={() => virtual.scrollToIndex(items.length - 1, { align: 'end' })}>
          <IconArrowDown size={13} aria-hidden /> {unseen} new {unseen === 1 ? 'step' : 'steps'}
        </JumpButton>
      )}
    </div>
  );
});
