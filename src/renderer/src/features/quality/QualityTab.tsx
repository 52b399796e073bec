import { Button } from '@mantine/core';
import { IconGauge } from '@tabler/icons-react';
import type { TraceQuality } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ErrorState } from '../../components/layout/ErrorState.js';
import { LoadingState } from '../../components/layout/LoadingState.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Time } from '../../components/Time.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { describeError } from '../../rpc/errors.js';
import { JobProgress } from '../jobs/index.js';
import { FieldOfWork } from './FieldOfWork.js';
import classes from './quality.module.css';
import { ScoreRow } from './ScoreRow.js';
import { useQuality } from './use-quality.js';
import { useScoring } from './use-scoring.js';

interface Props {
  traceId: string;
  /** Place of a step in the trace, from 0; undefined where it is not read yet. */
  placeOf(stepId: string): number | undefined;
  onStep(stepId: string): void;
}

/** The quality scores of a trace, what each rests on, and what they make of it for training. */
export function QualityTab({ traceId, placeOf, onStep }: Props) {
  const quality = useQuality(traceId);
  const scoring = useScoring();
  const compute = (
    <Button variant="default" loading={scoring.running !== null} onClick={() => scoring.start(`id:${traceId}`)}>
      Compute now
    </Button>
  );
  if (quality.isPending) return <LoadingState label="Loading quality" lines={12} />;
  if (!quality.data) {
    if (describeError(quality.error).code !== 'not_found')
      return <ErrorState error={quality.error} onRetry={() => void quality.refetch()} />;
    return (
      <EmptyState title="Not scored yet" icon={IconGauge} actions={compute}>
        Scores are computed by themselves every so many minutes (Settings), or now.
        {scoring.failure !== null && <FailureNotice error={scoring.failure} />}
      </EmptyState>
    );
  }
  const { scores } = quality.data;
  return (
    <Scroll>
      <div className={classes.tab}>
        <Summary quality={quality.data} />
        <div className={classes.actions}>
          {compute}
          <a href={hrefTo('/duplicates')}>Near-duplicates</a>
          <span className={classes.when}>
            {quality.data.stale && 'The trace, its review or its scores changed since. '}
            Computed <Time iso={quality.data.computed_at} />
          </span>
        </div>
        {scoring.running && <JobProgress job={scoring.running} />}
        {scoring.failure !== null && <FailureNotice error={scoring.failure} />}
        <ul className={classes.scores} aria-label="Scores">
          {scores.map((score) => (
            <ScoreRow key={score.name} score={score} placeOf={placeOf} onStep={onStep} />
          ))}
        </ul>
        <p className={classes.foot}>
          Point at a score, or move the focus to it, for its evidence. A score without evidence has no value and does
          not count. Filter traces by <code>score.quality_score&gt;=0.8</code>.
        </p>
      </div>
    </Scroll>
  );
}

function Summary({ quality }: { quality: TraceQuality }) {
  const { quality_score, training_weight, human_validated } = quality;
  return (
    <dl className={classes.summary}>
      <div>
        <dt>Quality</dt>
        <dd>{quality_score?.toFixed(2) ?? 'none'}</dd>
        <dd className={classes.how}>weighted mean of the scores that have a value</dd>
      </div>
      <div>
        <dt>Training weight</dt>
        <dd>{training_weight?.toFixed(2) ?? 'none'}</dd>
        <dd className={classes.how}>
          {training_weight === 0
            ? 'rejected by a reviewer, or of quality 0'
            : human_validated
              ? 'quality, raised because a reviewer accepted it'
              : 'as the quality; nobody accepted it yet'}
        </dd>
      </div>
      <FieldOfWork traceId={quality.trace_id} found={quality.domain} />
    </dl>
  );
}
