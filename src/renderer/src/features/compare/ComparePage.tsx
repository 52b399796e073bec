import { Button, Modal } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { Compare } from '../../components/compare/Compare.js';
import type { CompareSide } from '../../components/compare/side.js';
import { Answer } from '../../components/layout/Answer.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Page } from '../../components/layout/Page.js';
import { Notice } from '../../components/Notice.js';
import { useDocumentTitle } from '../../components/use-document-title.js';
import { useEscape } from '../../components/use-escape.js';
import { type Compared, compareHref } from '../../navigation/compare-href.js';
import { go, hrefTo, useHashParams } from '../../navigation/hash-params.js';
import { bound } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { type client, trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { candidateSide, useCandidates } from '../../rpc/use-candidates.js';
import { PairForm } from '../judge/index.js';
import { announce } from '../review/index.js';
import { Candidates } from './Candidates.js';
import { DecisionBar } from './DecisionBar.js';
import { SideHead } from './SideHead.js';
import { sameSide, sideOf } from './side.js';
import { type Preferred, useComparison } from './use-comparison.js';
import { useSteps } from './use-steps.js';

/** Two traces or calls side by side, and which of them is better. */
export function ComparePage() {
  const params = useHashParams();
  const [a, b] = [sideOf(params, 'a'), sideOf(params, 'b')];
  useDocumentTitle('Compare');
  if (a === null)
    return (
      <Page title="Compare">
        <EmptyState
          title="Nothing chosen yet"
          icon={IconArrowsDiff}
          actions={
            <Button component="a" variant="default" href={hrefTo('/traces')}>
              All traces
            </Button>
          }
        >
          Open a trace and press = to compare it with another run of the same task.
        </EmptyState>
      </Page>
    );
  if (b === null) return <Choose a={a} />;
  return <Pair key={compareHref(a, b)} a={a} b={b} />;
}

function Choose({ a }: { a: Compared }) {
  const list = useCandidates(a);
  const trace = useQuery(trpc.traces.get.queryOptions({ trace_id: a.trace_id }));
  useEscape('page', () => go(hrefTo(`/traces/${a.trace_id}`)));
  return (
    <Page
      title="Compare"
      meta={
        <span className="ellipsis">
          {a.call_id === null ? '' : 'One call of '}
          {trace.data?.title ?? ''} with …
        </span>
      }
    >
      <Candidates a={a} list={list} />
    </Page>
  );
}

type Aligned = Awaited<ReturnType<typeof client.comparisons.align.query>>;

function Pair({ a, b }: { a: Compared; b: Compared }) {
  const aligned = useQuery(
    trpc.comparisons.align.queryOptions(
      {
        a_trace: a.trace_id,
        a_call: a.call_id,
        a_step: a.step_id ?? null,
        b_trace: b.trace_id,
        b_call: b.call_id,
        b_step: b.step_id ?? null,
      },
      // A trace that grows must not move under the reader.
      { staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  // Which of two single steps is better says nothing that is trained on: they are only looked at.
  const single = a.step_id != null && b.step_id != null;
  // Judges are shown whole traces.
  const whole = !single && a.call_id === null && b.call_id === null;
  const [asking, setAsking] = useState(false);
  useKeys(bound({ 'compare.swap': () => go(compareHref(b, a)) }));
  useEscape('page', () => go(hrefTo(`/traces/${a.trace_id}`, { step: a.step_id ?? null })));
  return (
    <Page
      title={single ? 'Compare two steps' : 'Compare'}
      actions={
        <>
          <Button variant="default" onClick={() => go(compareHref(b, a))}>
            Swap
          </Button>
          {whole && (
            <Button variant="default" onClick={() => setAsking(true)}>
              Ask a judge
            </Button>
          )}
          {!single && (
            <Button variant="default" onClick={() => go(compareHref(a))}>
              Compare with another
            </Button>
          )}
        </>
      }
    >
      <Answer query={aligned} label="Comparing" lines={14}>
        {(data) => (single ? <Sides a={a} b={b} aligned={data} /> : <Both a={a} b={b} aligned={data} />)}
      </Answer>
      <Modal
        closeButtonProps={{ 'aria-label': 'Close' }}
        transitionProps={{ duration: 0 }}
        opened={asking}
        onClose={() => setAsking(false)}
        title="Ask a judge which is better"
        size={560}
        yOffset="6vh"
      >
        <PairForm a={a.trace_id} b={b.trace_id} />
      </Modal>
    </Page>
  );
}

interface PairProps {
  a: Compared;
  b: Compared;
  aligned: Aligned;
}

function Both({ a, b, aligned }: PairProps) {
  const { first_difference } = aligned;
  const comparison = useComparison(a, b);
  const list = useCandidates(a);
  const field = useRef<HTMLInputElement>(null);
  const [reason, setReason] = useState('');

  const at = list.items.findIndex((candidate) => sameSide(candidateSide(candidate), b));
  const to = (by: number) => {
    const candidate = list.items[at + by];
    return candidate === undefined ? null : () => go(compareHref(a, candidateSide(candidate)));
  };
  const next = to(1);
  const say = (preferred: Preferred) => comparison.say(preferred, reason.trim());
  useKeys(
    bound({
      'compare.a': () => say('a'),
      'compare.b': () => say('b'),
      'compare.tie': () => say('tie'),
      'compare.neither': () => say('both_bad'),
      'compare.reason': () => field.current?.focus(),
      'compare.pick': () => go(compareHref(a)),
      'pair.next': () => (next ? next() : announce({ kind: 'done', text: 'That was the last pair of this trace.' })),
      'pair.previous': () => to(-1)?.(),
    }),
  );

  return (
    <>
      <Sides a={a} b={b} aligned={aligned} />
      <DecisionBar
        comparison={comparison}
        reason={reason}
        onReason={setReason}
        onSay={say}
        field={field}
        noPair={
          first_difference === null
            ? 'They say the same: no preference pair comes of them.'
            : first_difference === 0
              ? 'They have no common beginning: no preference pair comes of them.'
              : null
        }
        onNext={next}
      />
    </>
  );
}

/** The steps of both beside each other, read as they come in sight. */
function Sides({ a, b, aligned }: PairProps) {
  const { rows } = aligned;
  const ofA = useSteps(a.trace_id, aligned.a);
  const ofB = useSteps(b.trace_id, aligned.b);
  const { need: needA } = ofA;
  const { need: needB } = ofB;
  const onInSight = useCallback(
    (first: number, last: number) => {
      const within = rows.slice(first, last + 1);
      const placesA = within.flatMap((row) => row.a ?? []);
      const placesB = within.flatMap((row) => row.b ?? []);
      if (placesA.length > 0) needA(placesA[0] as number, placesA.at(-1) as number);
      if (placesB.length > 0) needB(placesB[0] as number, placesB.at(-1) as number);
    },
    [rows, needA, needB],
  );

  const side = (
    name: string,
    { trace_id }: Compared,
    steps: ReturnType<typeof useSteps>,
    listed: Aligned['a'],
  ): CompareSide => ({
    name,
    at: steps.at,
    href: (index) => hrefTo(`/traces/${trace_id}`, { step: listed[index]?.step_id ?? null }),
  });
  const failed = ofA.error ?? ofB.error;
  return (
    <>
      {aligned.cut && <Notice tone="amber" title="Only the first 20,000 steps of each are compared." />}
      {failed !== null && (
        <Notice tone="red" title={describeError(failed).message} next={describeError(failed).next}>
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => {
              ofA.retry();
              ofB.retry();
            }}
          >
            Try again
          </Button>
        </Notice>
      )}
      <Compare
        a={side('A', a, ofA, aligned.a)}
        b={side('B', b, ofB, aligned.b)}
        alignment={aligned}
        onInSight={onInSight}
        heads={{
          a: <SideHead name="A" side={a} steps={aligned.a.length} />,
          b: <SideHead name="B" side={b} steps={aligned.b.length} />,
        }}
      />
    </>
  );
}
