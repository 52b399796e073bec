import { Tooltip } from '@mantine/core';
import type { QualityScore } from '../../../../shared/model/index.js';
import { LinkButton } from '../../components/LinkButton.js';
import { ShareBar } from '../../components/ShareBar.js';
import classes from './quality.module.css';

interface Props {
  score: QualityScore;
  placeOf(stepId: string): number | undefined;
  onStep(stepId: string): void;
}

/** So many steps are named; the others are counted. */
const mostSteps = 6;

/** One score: its value, or why it has none; its evidence on hover and on focus; the steps that it rests on. */
export function ScoreRow({ score, placeOf, onStep }: Props) {
  const { name, title, value, reason, evidence, step_ids } = score;
  const explanation = value === null ? `No value: ${reason ?? 'no evidence'}` : (evidence ?? '');
  return (
    <li className={classes.score}>
      <Tooltip
        label={explanation}
        multiline
        w={420}
        position="bottom-start"
        events={{ hover: true, focus: true, touch: true }}
      >
        <div
          className={classes.scoreMain}
          tabIndex={0}
          role="group"
          aria-label={`${title}: ${value === null ? 'no value' : value.toFixed(2)}. ${explanation}`}
        >
          <span className={classes.name}>
            {title}
            <code>{name}</code>
          </span>
          {value === null ? (
            <span className={classes.none}>{reason}</span>
          ) : (
            <>
              <ShareBar share={value} />
              <span className={classes.value}>{value.toFixed(2)}</span>
            </>
          )}
        </div>
      </Tooltip>
      {step_ids.length > 0 && (
        <span className={classes.steps}>
          {step_ids.slice(0, mostSteps).map((id) => (
            <LinkButton key={id} onClick={() => onStep(id)}>
              {placeOf(id) === undefined ? 'step' : `step ${(placeOf(id) as number) + 1}`}
            </LinkButton>
          ))}
          {step_ids.length > mostSteps && <span className="dim">+{step_ids.length - mostSteps}</span>}
        </span>
      )}
    </li>
  );
}
