import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { useParams } from 'wouter';
import { KeyHints } from '../../components/KeyHints.js';
import { ErrorState } from '../../components/layout/ErrorState.js';
import { LoadingState } from '../../components/layout/LoadingState.js';
import { Page } from '../../components/layout/Page.js';
import { useDocumentTitle } from '../../components/use-document-title.js';
import { useEscape } from '../../components/use-escape.js';
import { useKeydown } from '../../components/use-keydown.js';
import { compareHref } from '../../navigation/compare-href.js';
import { go, hrefTo, useHashParams } from '../../navigation/hash-params.js';
import { bound, keyHint, type ShortcutId } from '../../navigation/shortcuts.js';
import { type KeyHandlers, useKeys } from '../../navigation/use-keys.js';
import { announce, forgetLocalSteps, LabelsProvider, onUndo, useActs, useReview } from '../review/index.js';
import { useJudged, useVerdict, verdictKeys } from '../tool-calls/index.js';
import { Conversation, ExpansionProvider, type TraceData, useStepActs, useTrace } from '../trace/index.js';
import { DecisionPanel } from './DecisionPanel.js';
import type { Needs } from './key-line.js';
import { NothingLeft } from './NothingLeft.js';
import { QueueMeta } from './QueueMeta.js';
import classes from './queues.module.css';
import { TraceLine } from './TraceLine.js';
import { useQueue } from './use-queue.js';
import { useSuggested } from './use-suggested.js';
import { QueueWork, useWork, type WorkState } from './work.js';

/** Working a queue, item after item, by keyboard alone. */
export function QueuePage() {
  const { queue = '' } = useParams();
  const name = decodeURIComponent(queue);
  return <OneQueue key={name} name={name} />;
}

function OneQueue({ name }: { name: string }) {
  const work = useMemo(() => new QueueWork(name), [name]);
  const state = useWork(work);
  const queue = useQueue(name);
  const wished = useRef(useHashParams().get('item'));
  useDocumentTitle(name);
  useEffect(() => {
    void work.start(wished.current);
    const seen = () => work.clock.seen(!document.hidden);
    const left = () => work.leave();
    document.addEventListener('visibilitychange', seen);
    addEventListener('pagehide', left);
    return () => {
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('pagehide', left);
      left();
      forgetLocalSteps();
    };
  }, [work]);
  useEscape('page', () => go(hrefTo('/review')));
  useQueueKeys(work);

  return (
    <Page
      title={
        <span className={classes.heading}>
          <a href={hrefTo('/review')} aria-label="All queues">
            <IconArrowLeft size={16} aria-hidden />
          </a>
          {name}
        </span>
      }
      meta={queue.data && <QueueMeta queue={queue.data} me={state.item?.reviewer ?? null} />}
    >
      {state.phase === 'starting' && <LoadingState label="Taking the next item" lines={14} />}
      {state.phase === 'failed' && (
        <ErrorState
          error={state.error}
          title="Nothing can be taken of this queue"
          onRetry={() => void work.start(null)}
        />
      )}
      {state.phase === 'empty' && <NothingLeft reason={state.reason} queue={queue.data ?? null} work={work} />}
      {state.item !== null && <Item key={state.item.item_id} work={work} state={state} item={state.item} />}
    </Page>
  );
}

/** Keys that are about the item as a whole; they wait their turn while another one comes. */
function useQueueKeys(work: QueueWork): void {
  const { undo, redo } = useActs();
  useEffect(() => onUndo(() => work.keys.press(() => work.turn('undo', undo))), [work, undo]);
  const keys = (handlers: Partial<Record<ShortcutId, (key: string) => void>>) =>
    bound(
      Object.fromEntries(
        Object.entries(handlers).map(([id, run]) => [id, (key: string) => work.keys.press(() => run(key))]),
      ),
    );
  useKeys(
    keys({
      undo: () => work.turn('undo', undo),
      redo: () => work.turn('redo', redo),
      'queue.next': () => work.next(),
      'queue.previous': () => work.previous(),
      'queue.submit': () => work.submit(),
      'queue.skip': () => work.skip(),
      'queue.reopen': () => work.reopen(),
    }),
  );
  // What is typed for a field that is not there yet.
  useKeydown((key) => work.keys.typing && work.keys.type(key), { capture: true });
}

function Item({ work, state, item }: { work: QueueWork; state: WorkState; item: NonNullable<WorkState['item']> }) {
  const data = useTrace(item.trace_id);
  return (
    <ExpansionProvider scope={item.trace_id}>
      <Loaded work={work} state={state} item={item} data={data} />
    </ExpansionProvider>
  );
}

interface LoadedProps {
  work: QueueWork;
  state: WorkState;
  item: NonNullable<WorkState['item']>;
  data: TraceData;
}

function Loaded({ work, state, item, data }: LoadedProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  const tags = useRef<HTMLInputElement>(null);
  const { apply } = useReview();
  const judge = useVerdict();
  const judged = useJudged();
  const { trace_id, item_id } = item;
  const { cursor, draft } = state;
  const inView = useRef(0);
  const at = () => {
    const { index } = work.state().cursor;
    return index >= 0 ? index : inView.current - 1;
  };
  const stepActs = useStepActs({
    traceId: trace_id,
    data,
    cursor: () => work.state().cursor.index,
    goTo: (index) => work.goTo(index),
    say: (text) => announce({ kind: 'done', text }),
  });
  const suggested = useSuggested(item, work);

  const focus = (field: { readonly current: HTMLElement | null }) => () => field.current?.focus();
  const label = (value: 'accepted' | 'rejected') => () => {
    const now = work.state();
    // Two do not agree: what is said now settles it.
    if (now.item?.disputed === true) void apply([trace_id], { label: value });
    else work.say({ label: now.draft.label === value ? null : value });
  };
  const keys: { needs: Needs; opensField?: true; handlers: KeyHandlers }[] = [
    { needs: 'steps', handlers: stepActs.keys },
    {
      needs: 'steps',
      handlers: bound({
        'list.next': () => work.goTo(Math.min(at() + 1, data.items.length - 1)),
        'list.previous': () => work.goTo(Math.max(at() - 1, 0)),
      }),
    },
    {
      needs: 'page',
      handlers: bound({
        'review.accept': label('accepted'),
        'review.reject': label('rejected'),
        'review.rate': (key) => work.say({ rating: Number(key) }),
        'review.unrate': () => work.say({ rating: null }),
      }),
    },
    {
      needs: 'steps',
      handlers: verdictKeys((verdict) =>
        judge(judged(data.toolCallByStep.get(data.items[work.state().cursor.index]?.key ?? '')), verdict),
      ),
    },
    {
      needs: 'page',
      handlers: bound({
        'trace.compare': () => {
          if (!item.blind) go(compareHref({ trace_id, call_id: null }));
          else announce({ kind: 'failed', text: 'Comparing would show what was said of it: decide first' });
        },
      }),
    },
    { needs: 'suggestions', handlers: bound({ 'queue.suggested': suggested.takeOver }) },
    {
      needs: 'page',
      opensField: true,
      handlers: bound({ 'review.tags': focus(tags), 'review.note': focus(note) }),
    },
  ];
  const opensDialog = bound({ 'step.correct': nothing, 'step.better': nothing });
  // What a key does is looked up when its turn comes: by then another item may be shown.
  useLayoutEffect(() => {
    doing.set(work, Object.assign({}, ...keys.map(({ handlers }) => handlers)));
    return () => void doing.delete(work);
  });
  useLayoutEffect(() => {
    const has: Needs[] = ['page'];
    if (!data.steps.loading && !data.calls.loading) has.push('steps');
    if (suggested.known) has.push('suggestions');
    work.drawn(item_id, has);
  });
  useKeys(
    Object.fromEntries(
      keys.flatMap(({ needs, opensField = false, handlers }) =>
        Object.keys(handlers).map((key) => [
          key,
          () =>
            work.keys.press(() => doing.get(work)?.[key]?.(), { needs, opensField: opensField || key in opensDialog }),
        ]),
      ),
    ),
  );

  // The keyboard works from the first moment, and what scrolls is what has it.
  useEffect(() => {
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  }, []);
  const leaveField = () => scroller.current?.focus({ preventScroll: true });

  const target = useMemo(
    () => (cursor.at === 0 ? null : { index: cursor.index, at: cursor.at }),
    [cursor.index, cursor.at],
  );
  const onSelect = useRef((index: number) => work.goTo(index, false));
  const onInView = useRef((index: number) => {
    inView.current = index;
  });
  const summary = data.summary.data;

  return (
    <div className={classes.work}>
      <section className={classes.trace} aria-label="Trace of the item">
        {summary && <TraceLine trace={summary} item={item} />}
        {data.summary.isError ? (
          <ErrorState error={data.summary.error} title="This trace cannot be shown" />
        ) : (
          <LabelsProvider value={stepActs.acts.shown}>
            <div className={classes.conversation}>
              <Conversation
                scroller={scroller}
                traceId={trace_id}
                data={data}
                live={summary?.completion_status === 'running'}
                target={target}
                selected={cursor.index}
                onSelect={onSelect.current}
                onInView={onInView.current}
              />
            </div>
          </LabelsProvider>
        )}
        <KeyHints
          hints={[
            [`${keyHint('list.next')} ${keyHint('list.previous')}`, 'step'],
            [keyHint('step.tool'), 'tool call'],
            [keyHint('step.error'), 'error'],
            [keyHint('step.finding'), 'redacted'],
            [keyHint('step.correct'), 'correct'],
            [`${keyHint('step.right')} ${keyHint('step.wrong')} ${keyHint('step.neither')}`, 'right, wrong, neither'],
            [keyHint('step.firstWrong'), 'first wrong'],
            [keyHint('step.better'), 'better'],
            [keyHint('help.open'), 'all keys'],
          ]}
        />
      </section>
      <DecisionPanel
        work={work}
        item={item}
        draft={draft}
        outdated={state.outdated}
        revision={summary?.revision ?? null}
        suggested={suggested}
        noteField={note}
        tagsField={tags}
        onLeaveField={leaveField}
      />
      {stepActs.dialogs}
    </div>
  );
}

const nothing = () => undefined;

/** What keys do on the item that is shown. */
const doing = new WeakMap<QueueWork, KeyHandlers>();
