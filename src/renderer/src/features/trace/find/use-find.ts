import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { longestNeedle, textSearch } from '../../../../../shared/text-find.js';
import { replaceHashParams, useHashParams } from '../../../navigation/hash-params.js';
import { trpc } from '../../../rpc/client.js';
import type { TraceData } from '../use-trace.js';

/** Which of the places in an item is wished for; `at` changes with every wish. */
export interface MarkWish {
  which: 'first' | 'last';
  step_id: string;
  at: number;
}

/** A step with what is looked for, and its item where its page has been read. */
interface Place {
  step_id: string;
  index: number | undefined;
}

/**
 * Looks for a text in a whole trace, whatever of it has been read: what and how stands in the address, the engine counts and names
 * the steps. `goTo` selects a step, `move` goes on within the selected item and says whether there was a place left.
 */
export function useFind(options: {
  traceId: string;
  stepCount: number;
  data: TraceData;
  selected: number;
  inView: number;
  goTo(stepId: string): void;
  move(by: 1 | -1): boolean;
}) {
  const { traceId, stepCount, data, selected, inView, goTo, move } = options;
  const params = useHashParams();
  const text = (params.get('find') ?? '').slice(0, longestNeedle);
  const whole = params.get('whole') === '1';
  const [opened, setOpened] = useState(false);
  const [wish, setWish] = useState<MarkWish | null>(null);
  const search = useMemo(() => textSearch(text, whole), [text, whole]);
  const { data: found, refetch } = useQuery(
    trpc.traces.find.queryOptions(
      { trace_id: traceId, text, whole },
      { enabled: search !== null, placeholderData: keepPreviousData, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const asked = useRef(stepCount);
  useEffect(() => {
    if (asked.current !== stepCount && search !== null) void refetch();
    asked.current = stepCount;
  }, [stepCount, search, refetch]);

  const places = useMemo(() => {
    const list: Place[] = [];
    for (const { step_id } of search === null ? [] : (found?.steps ?? [])) {
      const index = data.indexOfStep.get(step_id);
      // A call and its result are shown as one.
      if (index === undefined || list.every((place) => place.index !== index)) list.push({ step_id, index });
    }
    return list;
  }, [found, search, data.indexOfStep]);
  const indices = useMemo(() => new Set(places.flatMap(({ index }) => (index === undefined ? [] : [index]))), [places]);
  const position = places.findIndex(({ index }) => index !== undefined && index === selected);

  const show = useCallback(
    (place: Place | undefined, which: MarkWish['which']) => {
      if (place === undefined) return;
      goTo(place.step_id);
      setWish((before) => ({ which, step_id: place.step_id, at: (before?.at ?? 0) + 1 }));
    },
    [goTo],
  );
  const indexOf = ({ index }: Place) => index ?? Number.POSITIVE_INFINITY;
  const from = selected >= 0 ? selected : inView - 0.5;
  const next = () => {
    if (position >= 0 && move(1)) return;
    show(places.find((place) => indexOf(place) > from) ?? places[0], 'first');
  };
  const previous = () => {
    if (position >= 0 && move(-1)) return;
    show(places.findLast((place) => indexOf(place) < from) ?? places.at(-1), 'last');
  };

  // What was just asked for, or came with the address: its first place, from where one is.
  const arrived = useRef('');
  const latest = useRef({ next, show, position, places });
  latest.current = { next, show, position, places };
  useEffect(() => {
    const what = `${whole} ${text}`;
    if (search === null) arrived.current = '';
    if (search === null || found === undefined || arrived.current === what || data.items.length === 0) return;
    arrived.current = what;
    const { position: at, places: all } = latest.current;
    if (at >= 0) latest.current.show(all[at], 'first');
    else latest.current.next();
  }, [text, whole, search, found, data.items.length]);

  return {
    open: opened || text !== '',
    active: search !== null,
    text,
    whole,
    search,
    hits: search === null ? 0 : (found?.hits ?? 0),
    steps: places.length,
    /** Its place among these, from 0; -1 where another step is selected. */
    position,
    indices,
    wish,
    waiting: search !== null && found === undefined,
    next,
    previous,
    openBar: useCallback(() => setOpened(true), []),
    setText: useCallback((to: string) => replaceHashParams({ find: to.slice(0, longestNeedle) }), []),
    setWhole: useCallback((to: boolean) => replaceHashParams({ whole: to ? '1' : null }), []),
    close: useCallback(() => {
      setOpened(false);
      replaceHashParams({ find: null, whole: null });
    }, []),
  };
}
export type Find = ReturnType<typeof useFind>;
