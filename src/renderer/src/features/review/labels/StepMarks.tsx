import { IconCheck, IconFlag, IconMinus, IconX } from '@tabler/icons-react';
import type { Correction, StepLabel } from '../../../../../shared/model/index.js';
import { StatusBadge } from '../../../components/StatusBadge.js';
import { TextDiff } from '../../../components/TextDiff.js';
import { Time } from '../../../components/Time.js';
import classes from './labels.module.css';
import { isOf, json, type Target, wordingOf } from './target.js';
import { inWord, useShownLabels } from './use-labels.js';

interface Props {
  stepIds: readonly string[];
  target: Target | null;
}

/** What reviewers said of one step: its labels, a better one, and corrections beside the original. */
export function StepMarks({ stepIds, target }: Props) {
  const labels = useShownLabels();
  if (labels === null) return null;
  const stepLabels = labels.step_labels.filter(({ step_id }) => stepIds.includes(step_id));
  const corrections = target === null ? [] : labels.corrections.filter((each) => isOf(each, target));
  if (stepLabels.length === 0 && corrections.length === 0) return null;
  return (
    <div className={classes.marks}>
      {stepLabels.map((label) => (
        <StepMark key={label.step_label_id} label={label} />
      ))}
      {target !== null &&
        corrections.map((correction) => (
          <CorrectionView key={correction.correction_id} correction={correction} target={target} />
        ))}
    </div>
  );
}

function StepMark({ label }: { label: StepLabel }) {
  const { value, first_wrong, better, comment, reviewer, stale } = label;
  const Picture = first_wrong ? IconFlag : value === 1 ? IconCheck : value === -1 ? IconX : IconMinus;
  return (
    <div className={classes.mark} data-value={value}>
      <p>
        <span className={classes.value}>
          <Picture size={13} stroke={2.2} aria-hidden />
          {first_wrong ? 'First wrong step' : `Step ${inWord(value)}`}
        </span>
        <span className="dim">{reviewer}</span>
        {stale && <Stale />}
      </p>
      {better !== null && (
        <div className={classes.better}>
          <h4>Better</h4>
          <pre>{'name' in better ? `${better.name} ${json(better.arguments)}` : better.content}</pre>
        </div>
      )}
      {comment !== '' && <p className={classes.comment}>{comment}</p>}
    </div>
  );
}

/** A correction as what it changes of the original. */
export function CorrectionView({ correction, target }: { correction: Correction; target: Target }) {
  const before = wordingOf(target);
  const after = wordingOf(correction.what);
  return (
    <section className={classes.correction} aria-label={`Correction by ${correction.reviewer}`}>
      <p>
        <span className={classes.value}>Corrected</span>
        <span className="dim">{correction.reviewer}</span>
        <Time iso={correction.updated_at} />
        {correction.stale && <Stale />}
      </p>
      {(before.name ?? '') !== (after.name ?? '') && <Changes before={before.name ?? ''} after={after.name ?? ''} />}
      {after.content !== null && after.content !== before.content && (
        <Changes before={before.content ?? ''} after={after.content} />
      )}
      {after.reasoning !== null && after.reasoning !== before.reasoning && (
        <>
          <h4>Reasoning</h4>
          <Changes before={before.reasoning ?? ''} after={after.reasoning} />
        </>
      )}
      {(after.json ?? before.json) !== null && after.json !== before.json && (
        <>
          {target.kind === 'message' && <h4>Tool calls</h4>}
          <Changes before={before.json ?? ''} after={after.json ?? ''} />
        </>
      )}
      {correction.comment !== '' && <p className={classes.comment}>{correction.comment}</p>}
    </section>
  );
}

const names = { before: 'Original', after: 'Corrected' };

/** What a correction changed, beside the original. */
export function Changes({ before, after }: { before: string; after: string }) {
  return before === after ? (
    <p className={classes.nothing}>Nothing is changed.</p>
  ) : (
    <div className={classes.diff}>
      <TextDiff before={before} after={after} names={names} context={2} />
    </div>
  );
}

function Stale() {
  return (
    <StatusBadge
      status="stale"
      tone="amber"
      label="trace changed since"
      title="The trace has changed since this was said"
    />
  );
}
