import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Evidence, Judgement } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { Fact, Facts } from '../../components/Facts.js';
import { LinkButton } from '../../components/LinkButton.js';
import { PanelSection } from '../../components/layout/Panel.js';
import { Notice } from '../../components/Notice.js';
import { RedactedText } from '../../components/RedactedText.js';
import { ShareBar } from '../../components/ShareBar.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './judge.module.css';
import { Sent } from './Sent.js';
import { Votes } from './Votes.js';
import { combinedText, onScale, reductionText } from './words.js';

interface Props {
  judgement: Judgement;
  /** On its trace’s page: leads to a step there. Elsewhere links lead to the trace. */
  onStep?: ((stepId: string) => void) | undefined;
}

/** One judgement: its score and what it rests on. */
export function JudgementView({ judgement, onStep }: Props) {
  const { score, scale, verdict, unscored_reason, feedback, evidence, first_wrong_step } = judgement;
  const combined = combinedText(judgement);
  const dimensions = Object.entries(judgement.dimensions);
  return (
    <>
      <PanelSection label="Score">
        <div className={classes.headline}>
          {score === null ? (
            <StatusBadge status="pending" tone="amber" label="unscored" />
          ) : (
            <strong className={classes.score}>{onScale(score, scale)}</strong>
          )}
          {verdict !== null && <StatusBadge status={verdict} title="By the rubric’s threshold" />}
          {judgement.cached && <StatusBadge status="cached" label="from the cache" />}
        </div>
        {unscored_reason !== null && (
          <Notice tone="amber" title="Not scored">
            <RedactedText text={unscored_reason} />
          </Notice>
        )}
        {combined !== null && (
          <p className={classes.note} data-tone={judgement.combined.differ ? 'amber' : undefined}>
            {combined}
          </p>
        )}
        {feedback !== '' && (
          <p className={classes.feedback}>
            <RedactedText text={feedback} />
          </p>
        )}
      </PanelSection>
      {dimensions.length > 0 && (
        <PanelSection title="Dimensions">
          <Dimensions judgement={judgement} />
        </PanelSection>
      )}
      {first_wrong_step !== null && (
        <PanelSection title="First wrong step">
          <StepLink
            judgement={judgement}
            step={first_wrong_step.step}
            stepId={first_wrong_step.step_id}
            onStep={onStep}
          />
        </PanelSection>
      )}
      {evidence.length > 0 && (
        <PanelSection title="Evidence">
          <ul className={classes.evidence}>
            {evidence.map((each) => (
              <li key={`${each.step} ${each.dimension} ${each.quote}`}>
                <Quote evidence={each} judgement={judgement} onStep={onStep} />
              </li>
            ))}
          </ul>
        </PanelSection>
      )}
      {judgement.votes.length > 1 && (
        <PanelSection title="Panel">
          <Votes judgement={judgement} />
        </PanelSection>
      )}
      <PanelSection title="How it was made">
        <Facts>
          <Fact name="Rubric">
            {judgement.rubric}, version {judgement.version}
          </Fact>
          <Fact name="Judge">
            {judgement.profile} <span className="dim">{judgement.model}</span>
          </Fact>
          <Fact name="Shown">{reductionText(judgement.reduction)}</Fact>
          {judgement.confidence !== null && (
            <Fact name="Confidence">
              <span title="Share of the quotes that exist, less what a panel disagrees">
                {Math.round(judgement.confidence * 100)} %
              </span>
            </Fact>
          )}
          <Fact name="Cost">
            <Cost usd={judgement.cost_usd} />
            {judgement.cached && ' (answered from the cache)'}
          </Fact>
          <Fact name="Judged">
            <Time iso={judgement.created_at} />
          </Fact>
          {onStep === undefined && (
            <Fact name="Trace">
              <a href={hrefTo(`/traces/${judgement.trace_id}`, { tab: 'judge', judgement: judgement.judgement_id })}>
                {judgement.trace_id.slice(-8)}
              </a>
            </Fact>
          )}
        </Facts>
        <SentToggle judgementId={judgement.judgement_id} />
      </PanelSection>
    </>
  );
}

function Dimensions({ judgement }: { judgement: Judgement }) {
  const rubrics = useQuery(trpc.rubrics.list.queryOptions());
  const asked = rubrics.data?.items.find(({ rubric }) => rubric.id === judgement.rubric)?.rubric.dimensions ?? [];
  return (
    <dl className={classes.dimensions}>
      {Object.entries(judgement.dimensions).map(([id, value]) => {
        const about = asked.find((each) => each.id === id);
        const min = about?.min ?? 0;
        const max = about?.max ?? 1;
        return (
          <div key={id}>
            <dt title={about?.question}>{about?.title ?? id.replaceAll('_', ' ')}</dt>
            <dd>
              <ShareBar share={(value - min) / (max - min)} />
              <span className="num">{onScale(value, { max })}</span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Quote({ evidence, judgement, onStep }: { evidence: Evidence } & Props) {
  return (
    <>
      <blockquote>
        <RedactedText text={evidence.quote} />
      </blockquote>
      <p className={classes.source}>
        <StepLink judgement={judgement} step={evidence.step} stepId={evidence.step_id} onStep={onStep} />
        {evidence.dimension !== null && <span>{evidence.dimension.replaceAll('_', ' ')}</span>}
        {!evidence.found && (
          <StatusBadge
            status="not found"
            tone="amber"
            label="not in this step"
            title="The judge’s quote does not stand there"
          />
        )}
      </p>
    </>
  );
}

interface StepProps {
  judgement: Judgement;
  step: number;
  stepId: string | null;
  onStep: Props['onStep'];
}

function StepLink({ judgement, step, stepId, onStep }: StepProps) {
  if (stepId === null) return <span className="dim">step {step}, which there is not</span>;
  if (onStep) return <LinkButton onClick={() => onStep(stepId)}>step {step}</LinkButton>;
  return <a href={hrefTo(`/traces/${judgement.trace_id}`, { step: stepId })}>step {step}</a>;
}

function SentToggle({ judgementId }: { judgementId: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <LinkButton aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Hide what was sent' : 'What was sent'}
      </LinkButton>
      {open && <Sent judgementId={judgementId} />}
    </>
  );
}
