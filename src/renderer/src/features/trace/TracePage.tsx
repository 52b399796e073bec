import { Button, Tabs } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useParams } from 'wouter';
import type { TraceSummary } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ErrorState } from '../../components/layout/ErrorState.js';
import { ListState } from '../../components/layout/ListState.js';
import { LoadingState } from '../../components/layout/LoadingState.js';
import { Page } from '../../components/layout/Page.js';
import { TextSearchProvider } from '../../components/text-search.js';
import { useDocumentTitle } from '../../components/use-document-title.js';
import { useEscape } from '../../components/use-escape.js';
import { compareHref } from '../../navigation/compare-href.js';
import { go, hrefTo, replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { bound } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { describeError, isConnectionError } from '../../rpc/errors.js';
import { BaselineTab } from '../baseline/index.js';
import { ExportDialog } from '../export/index.js';
import { JudgeTab } from '../judge/index.js';
import { MissedValue } from '../missed/index.js';
import { TestsTab } from '../qa/index.js';
import { QualityTab } from '../quality/index.js';
import { announce, LabelsProvider, NoteDialog, ReviewBar, reviewKeys, TagsDialog, useReview } from '../review/index.js';
import { useJudged, useVerdict, verdictKeys } from '../tool-calls/index.js';
import { DeleteDialog } from '../traces/index.js';
import { CallsTab } from './CallsTab.js';
import { Conversation } from './Conversation.js';
import { DecisionsTab } from './DecisionsTab.js';
import { EffectsTab } from './EffectsTab.js';
import { ExpansionProvider } from './expansion.js';
import { FamilyTab } from './family/FamilyTab.js';
import { FindBar } from './find/FindBar.js';
import { useFind } from './find/use-find.js';
import { useMarks } from './find/use-marks.js';
import { RawTab } from './RawTab.js';
import { RedactionsTab } from './RedactionsTab.js';
import { Timeline } from './Timeline.js';
import { ToolCallsTab } from './ToolCallsTab.js';
import { TraceHeader } from './TraceHeader.js';
import classes from './trace.module.css';
import { useNeighbours } from './use-neighbours.js';
import { useStepActs } from './use-step-acts.js';
import { useTrace } from './use-trace.js';

const tabs = [
  'conversation',
  'tools',
  'decisions',
  'calls',
  'family',
  'effects',
  'tests',
  'judge',
  'quality',
  'baseline',
  'redactions',
  'raw',
] as const;
type Tab = (typeof tabs)[number];
const isTab = (value: string | null): value is Tab => tabs.includes(value as Tab);

/** One trace: its steps in time, and everything known of it by tabs. */
export function TracePage() {
  const { id = '' } = useParams();
  // A page of its own per trace: tab, scroll and open rows belong to it.
  return <OneTrace key={id} traceId={id} />;
}

function OneTrace({ traceId }: { traceId: string }) {
  const data = useTrace(traceId);
  const { summary } = data;
  if (summary.isPending) return <LoadingState label="Loading trace" lines={16} />;
  // Deleted while it was open: what stands there no longer exists.
  if (!summary.data || (summary.isError && describeError(summary.error).code === 'not_found')) {
    return (
      <Page
        title="Trace"
        actions={
          <Button component="a" href={hrefTo('/traces')} variant="default">
            All traces
          </Button>
        }
      >
        <ErrorState
          error={summary.error}
          title="This trace cannot be shown"
          {...(isConnectionError(summary.error) && { onRetry: () => void summary.refetch() })}
        />
      </Page>
    );
  }
  return (
    <ExpansionProvider scope={traceId}>
      <Loaded trace={summary.data} data={data} />
    </ExpansionProvider>
  );
}

function Loaded({ trace, data }: { trace: TraceSummary; data: ReturnType<typeof useTrace> }) {
  const params = useHashParams();
  const query = params.get('q') ?? '';
  const tabParam = params.get('tab');
  const tab: Tab = isTab(tabParam) ? tabParam : 'conversation';
  const stepParam = params.get('step');
  const { trace_id } = trace;
  useDocumentTitle(trace.title);

  const { apply } = useReview();
  const [dialog, setDialog] = useState<'tags' | 'note' | 'delete' | 'export' | null>(null);
  const close = useCallback(() => setDialog(null), []);
  const { previous, next } = useNeighbours(trace_id, query, {
    tab: tab === 'conversation' ? null : tab,
    find: params.get('find'),
    whole: params.get('whole'),
    sel: params.get('sel'),
  });

  const selected = stepParam === null ? -1 : (data.indexOfStep.get(stepParam) ?? -1);
  const [inView, setInView] = useState(0);
  const [target, setTarget] = useState<{ index: number; at: number } | null>(null);
  const arrived = useRef<string | null>(null);

  const setTab = useCallback((to: Tab) => replaceHashParams({ tab: to === 'conversation' ? null : to }), []);
  const select = useCallback(
    (index: number, scroll: boolean) => {
      const item = data.items[index];
      if (!item) return;
      arrived.current = item.key;
      if (scroll) setTarget((before) => ({ index, at: (before?.at ?? 0) + 1 }));
      replaceHashParams({ step: item.key, tab: null });
    },
    [data.items],
  );
  const selectFromTimeline = useCallback((index: number) => select(index, true), [select]);
  const selectInPlace = useCallback((index: number) => select(index, false), [select]);
  const showStep = useCallback(
    (stepId: string) => {
      const index = data.indexOfStep.get(stepId);
      if (index !== undefined) select(index, true);
    },
    [data.indexOfStep, select],
  );
  const conversation = useRef<HTMLDivElement>(null);
  const goTo = useCallback(
    (stepId: string) => {
      if (data.indexOfStep.has(stepId)) showStep(stepId);
      // Its page is still being read: the address leads there.
      else replaceHashParams({ step: stepId, tab: null });
    },
    [data.indexOfStep, showStep],
  );
  const moveMark = useRef<(by: 1 | -1) => boolean>(() => false);
  const find = useFind({
    traceId: trace_id,
    stepCount: trace.step_count,
    data,
    selected,
    inView,
    goTo,
    move: useCallback((by) => moveMark.current(by), []),
  });
  const wished = find.wish === null ? undefined : data.indexOfStep.get(find.wish.step_id);
  moveMark.current = useMarks(conversation, data.items[selected]?.key, find.wish, wished === selected);
  const [findFocus, setFindFocus] = useState(0);
  const startFind = () => {
    setTab('conversation');
    find.openBar();
    setFindFocus((times) => times + 1);
  };
  const showRaw = useCallback((exchange: string) => replaceHashParams({ tab: 'raw', exchange }), []);

  // A link to a step: go there once its page has been read.
  useEffect(() => {
    if (stepParam === null || selected < 0 || arrived.current === stepParam) return;
    arrived.current = stepParam;
    setTarget((before) => ({ index: selected, at: (before?.at ?? 0) + 1 }));
  }, [stepParam, selected]);

  const label = (patch: Parameters<typeof apply>[1]) => void apply([trace_id], patch);
  const listHref = hrefTo('/traces', { q: query, sel: params.get('sel') });
  const from = selected >= 0 ? selected : inView - 1;
  const judge = useVerdict();
  const judged = useJudged();
  const chosen = judged(data.toolCallByStep.get(data.items[selected >= 0 ? selected : inView]?.key ?? ''));
  const stepActs = useStepActs({
    traceId: trace_id,
    data,
    cursor: () => (selected >= 0 ? selected : inView),
    goTo: (index) => select(index, true),
    say: (text) => announce({ kind: 'done', text }),
  });
  useKeys({
    ...(tab === 'conversation' && stepActs.keys),
    ...reviewKeys({
      apply: label,
      editTags: () => setDialog('tags'),
      editNote: () => setDialog('note'),
    }),
    ...(tab === 'conversation' && {
      ...verdictKeys((verdict) => judge(chosen, verdict)),
      ...bound({
        'list.next': () => select(Math.min(from + 1, data.items.length - 1), true),
        'list.previous': () => select(Math.max((selected >= 0 ? selected : inView) - 1, 0), true),
      }),
    }),
    ...(find.active && tab === 'conversation' && bound({ 'find.next': find.next, 'find.previous': find.previous })),
    ...bound({
      'search.focus': startFind,
      'trace.next': () => next?.(),
      'trace.previous': () => previous?.(),
      'selection.export': () => setDialog('export'),
      'trace.compare': () => go(compareHref({ trace_id, call_id: null })),
    }),
  });
  useEscape('panel', find.open ? find.close : null);
  useEscape('page', () => go(listHref));

  const counts: Record<Tab, number | null> = useMemo(
    () => ({
      conversation: null,
      tools: trace.tool_call_count,
      decisions: data.decisions.items.length,
      calls: trace.call_count,
      family: data.children.length > 0 ? data.children.length : null,
      effects: data.effects.items.length + data.witnesses.items.length || null,
      tests: null,
      judge: null,
      quality: null,
      baseline: null,
      redactions: trace.finding_count,
      raw: null,
    }),
    [trace, data.decisions.items.length, data.children.length, data.effects.items.length, data.witnesses.items.length],
  );
  const self = useMemo(() => [trace], [trace]);

  return (
    <Page>
      <TraceHeader
        trace={trace}
        childTraces={data.children}
        listHref={listHref}
        previous={previous}
        next={next}
        onFind={startFind}
        onExport={() => setDialog('export')}
        onQuality={() => setTab('quality')}
        onTests={() => setTab('tests')}
        onDelete={() => setDialog('delete')}
      />
      <div className={classes.review}>
        <ReviewBar trace={trace} onTags={() => setDialog('tags')} onNote={() => setDialog('note')} />
      </div>
      <Tabs
        value={tab}
        onChange={(value) => isTab(value) && setTab(value)}
        className={classes.tabs}
        keepMounted={false}
        activateTabWithKeyboard
      >
        <Tabs.List className={classes.tabList} aria-label="Views of the trace">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {titles[name]}
              {counts[name] !== null && <span className={classes.count}>{counts[name]?.toLocaleString('en')}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="conversation" className={classes.panel}>
          <ListState list={data.steps} label="Loading steps" lines={10} empty={noSteps}>
            {find.open && (
              <FindBar
                find={find}
                focusAt={findFocus}
                onLeave={() => conversation.current?.focus({ preventScroll: true })}
              />
            )}
            <div className={classes.steps}>
              <Timeline
                data={data}
                selected={selected}
                inView={inView}
                onSelect={selectFromTimeline}
                found={find.indices}
              />
              <TextSearchProvider value={find.search}>
                <LabelsProvider value={stepActs.acts.shown}>
                  <Conversation
                    traceId={trace_id}
                    data={data}
                    live={trace.completion_status === 'running'}
                    target={target}
                    selected={selected}
                    onSelect={selectInPlace}
                    onInView={setInView}
                    scroller={conversation}
                  />
                </LabelsProvider>
              </TextSearchProvider>
            </div>
          </ListState>
        </Tabs.Panel>
        <Tabs.Panel value="tools" className={classes.panel}>
          <ToolCallsTab data={data} onStep={showStep} />
        </Tabs.Panel>
        <Tabs.Panel value="decisions" className={classes.panel}>
          <DecisionsTab data={data} shown={params.get('decision')} onStep={showStep} />
        </Tabs.Panel>
        <Tabs.Panel value="calls" className={classes.panel}>
          <CallsTab data={data} onRaw={showRaw} />
        </Tabs.Panel>
        <Tabs.Panel value="family" className={classes.panel}>
          <FamilyTab traceId={trace_id} data={data} />
        </Tabs.Panel>
        <Tabs.Panel value="effects" className={classes.panel}>
          <EffectsTab data={data} onStep={showStep} />
        </Tabs.Panel>
        <Tabs.Panel value="tests" className={classes.panel}>
          <TestsTab trace={trace} />
        </Tabs.Panel>
        <Tabs.Panel value="judge" className={classes.panel}>
          <JudgeTab traceId={trace_id} onStep={showStep} />
        </Tabs.Panel>
        <Tabs.Panel value="quality" className={classes.panel}>
          <QualityTab traceId={trace_id} placeOf={(step) => data.indexOfStep.get(step)} onStep={showStep} />
        </Tabs.Panel>
        <Tabs.Panel value="baseline" className={classes.panel}>
          <BaselineTab traceId={trace_id} />
        </Tabs.Panel>
        <Tabs.Panel value="redactions" className={classes.panel}>
          <RedactionsTab data={data} onRaw={showRaw} />
        </Tabs.Panel>
        <Tabs.Panel value="raw" className={classes.panel}>
          <RawTab data={data} exchangeId={params.get('exchange')} onExchange={showRaw} />
        </Tabs.Panel>
      </Tabs>
      <TagsDialog traces={self} opened={dialog === 'tags'} onClose={close} />
      <NoteDialog trace={trace} opened={dialog === 'note'} onClose={close} />
      <DeleteDialog
        ids={[trace_id]}
        title={trace.title}
        opened={dialog === 'delete'}
        onClose={close}
        onDeleted={(ids) => ids.size > 0 && go(listHref)}
      />
      <ExportDialog meant={{ query: `id:${trace_id}` }} opened={dialog === 'export'} onClose={close} />
      {stepActs.dialogs}
      <MissedValue />
    </Page>
  );
}

const noSteps = <EmptyState title="No steps yet">The first message of this trace has not been stored yet.</EmptyState>;

const titles: Record<Tab, string> = {
  conversation: 'Conversation',
  tools: 'Tool calls',
  decisions: 'Decisions',
  calls: 'Calls',
  family: 'Family',
  effects: 'Effects',
  tests: 'Tests',
  judge: 'Judge',
  quality: 'Quality',
  baseline: 'Baseline',
  redactions: 'Redactions',
  raw: 'Raw',
};
