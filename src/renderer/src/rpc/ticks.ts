import { useEffect, useRef } from 'react';
import type { Tick } from '../../../shared/model/index.js';
import { client, queryClient, trpc } from './client.js';
import { onConnection } from './connection.js';

export type Topic = Tick['topics'][number];

/** At most four refreshes a second, however fast the engine captures. */
const interval = 250;

type Listener = (topics: ReadonlySet<Topic>) => void;
const listeners = new Set<Listener>();
const waiting = new Set<Topic>();
let timer: ReturnType<typeof setTimeout> | null = null;
let last = 0;

function flush(): void {
  timer = null;
  if (document.hidden || waiting.size === 0) return;
  last = performance.now();
  const topics = new Set(waiting);
  waiting.clear();
  refreshCheap(topics);
  if ([...topics].some((topic) => topic !== 'live')) doubtUnshown();
  for (const listener of listeners) listener(topics);
}

function hear(topics: Iterable<Topic>): void {
  for (const topic of topics) waiting.add(topic);
  if (timer === null) timer = setTimeout(flush, Math.max(0, last + interval - performance.now()));
}

/** Small answers that several places show. Lists and pages are pulled by whoever shows them (`usePages`, `useTick`). */
function refreshCheap(topics: ReadonlySet<Topic>): void {
  const stale = (filter: { queryKey: readonly unknown[] }) => void queryClient.invalidateQueries(filter);
  if (topics.has('live') || topics.has('exchanges') || topics.has('refusals')) stale(trpc.status.get.pathFilter());
  if (topics.has('live') || topics.has('exchanges')) stale(trpc.live.inFlight.pathFilter());
  if (topics.has('settings')) {
    stale(trpc.settings.get.pathFilter());
    stale(trpc.connect.snippets.pathFilter());
    stale(trpc.status.get.pathFilter());
  }
  if (topics.has('policy') || topics.has('health')) stale(trpc.status.get.pathFilter());
  if (topics.has('jobs')) stale(trpc.jobs.get.pathFilter());
  if (topics.has('filters')) stale(trpc.filters.list.pathFilter());
}

/**
 * What nobody shows has nobody to hear this tick: it is asked again when it is shown next. Lists ask for their head then
 * by themselves (`usePages`), so that who comes back waits for one page and not for all that were read.
 */
function doubtUnshown(): void {
  void queryClient.invalidateQueries({
    type: 'inactive',
    refetchType: 'none',
    predicate: ({ state }) => !(typeof state.data === 'object' && state.data !== null && 'pageParams' in state.data),
  });
}

/** Starts listening for the whole page; returns the stop. */
export function startTicks(): () => void {
  const subscription = client.live.ticks.subscribe(undefined, { onData: (tick) => hear(tick.topics) });
  const wake = () => hear([]);
  document.addEventListener('visibilitychange', wake);
  const stopConnection = onConnection((state, before) => {
    // What happened while the line was down brought no tick.
    if (state === 'open' && before === 'lost')
      hear(['health', 'exchanges', 'traces', 'live', 'jobs', 'reviews', 'refusals', 'audit']);
  });
  return () => {
    subscription.unsubscribe();
    document.removeEventListener('visibilitychange', wake);
    stopConnection();
  };
}

/**
 * Runs `refresh` when one of the topics changed, at most four times a second and never while the page is hidden.
 * Pass null to pause.
 */
export function useTick(topics: Topic | Topic[], refresh: (() => void) | null): void {
  const latest = useRef(refresh);
  latest.current = refresh;
  const wanted = Array.isArray(topics) ? topics.join() : topics;
  useEffect(() => {
    const names = wanted.split(',') as Topic[];
    const listener: Listener = (heard) => {
      if (names.some((name) => heard.has(name))) latest.current?.();
    };
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [wanted]);
}
