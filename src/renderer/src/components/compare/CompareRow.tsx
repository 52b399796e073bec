import { memo } from 'react';
import type { AlignedRow } from '../../../../shared/align/align.js';
import type { Step } from '../../../../shared/model/index.js';
import { LinkButton } from '../LinkButton.js';
import { RedactedText } from '../RedactedText.js';
import { TextDiff } from '../TextDiff.js';
import classes from './compare.module.css';
import type { CompareSide } from './side.js';
import { stepText, stepTitle } from './step-text.js';

interface Props {
  row: AlignedRow;
  index: number;
  a: CompareSide;
  b: CompareSide;
  stepA: Step | undefined;
  stepB: Step | undefined;
  layout: 'split' | 'unified';
  /** All of its text instead of how it begins. */
  whole: boolean;
  onWhole(index: number): void;
  onActive(index: number): void;
}

const signs = { same: '=', changed: '≠', a: '−', b: '+' };

/** A step of one side, or two that stand beside each other. */
export const CompareRow = memo(function CompareRow(props: Props) {
  const { row, index, a, b, stepA, stepB, layout, onActive } = props;
  const word = { same: 'Equal', changed: 'Changed', a: `Only in ${a.name}`, b: `Only in ${b.name}` }[row.kind];
  return (
    // A press anywhere in the row makes it the one that keys go on from.
    <article className={classes.row} data-kind={row.kind} data-layout={layout} onClick={() => onActive(index)}>
      <span className={classes.sign} title={word}>
        <span aria-hidden="true">{signs[row.kind]}</span>
        <span className="sr-only">{word}</span>
      </span>
      <div className={classes.heads}>
        <Head side={a} at={row.a} step={stepA} alone={row.kind} />
        <Head side={b} at={row.b} step={stepB} alone={row.kind} />
      </div>
      <div className={classes.content}>
        <Content {...props} />
      </div>
    </article>
  );
});

function Head({
  side,
  at,
  step,
  alone,
}: {
  side: CompareSide;
  at: number | null;
  step: Step | undefined;
  alone: string;
}) {
  if (at === null)
    return <span className={classes.absent}>{alone === 'a' || alone === 'b' ? `not in ${side.name}` : ''}</span>;
  const { title, name } = step ? stepTitle(step) : { title: '…', name: null };
  const href = side.href?.(at);
  const number = `${side.name} ${(at + 1).toLocaleString('en')}`;
  return (
    <span className={classes.head}>
      {href === undefined ? (
        <span className={classes.number}>{number}</span>
      ) : (
        <a className={classes.number} href={href} title="Open in its trace" aria-label={`${number}, open in its trace`}>
          {number}
        </a>
      )}
      <b>{title}</b>
      {name !== null && <code className="ellipsis">{name}</code>}
    </span>
  );
}

function Content({ row, index, a, b, stepA, stepB, layout, whole, onWhole }: Props) {
  const missing = (row.a !== null && !stepA) || (row.b !== null && !stepB);
  if (missing) return <p className={classes.reading}>Reading this step</p>;
  if (stepA && stepB && row.kind === 'changed')
    return (
      <TextDiff
        before={stepText(stepA)}
        after={stepText(stepB)}
        names={{ before: a.name, after: b.name }}
        layout={layout}
      />
    );
  const step = stepA ?? stepB;
  if (!step) return null;
  return (
    <div className={classes.alone}>
      <Text text={stepText(step)} whole={whole} short={row.kind === 'same'} onWhole={() => onWhole(index)} />
    </div>
  );
}

/** So much is drawn of a text that is folded, and of one that is not: the rest is read in its trace. */
const cut = { short: 240, folded: 1500, whole: 40_000 };

function Text({ text, whole, short, onWhole }: { text: string; whole: boolean; short: boolean; onWhole(): void }) {
  const most = whole ? cut.whole : short ? cut.short : cut.folded;
  const lines = whole ? Number.POSITIVE_INFINITY : short ? 3 : 16;
  const end = endOf(text, most, lines);
  const rest = text.length - end;
  return (
    <div className={classes.text}>
      <RedactedText text={rest > 0 ? text.slice(0, end) : text} />
      {rest > 0 && '…'}
      {(rest > 0 || whole) && (
        <span className={classes.more}>
          {rest > 0 && whole ? (
            <span>{rest.toLocaleString('en')} more characters stand in its trace</span>
          ) : (
            <LinkButton onClick={onWhole}>
              {whole ? 'Show less' : `Show more: ${rest.toLocaleString('en')} characters`}
            </LinkButton>
          )}
        </span>
      )}
    </div>
  );
}

/** Where a text is cut: at so many characters or lines, never inside a character. */
function endOf(text: string, chars: number, lines: number): number {
  let end = Math.min(text.length, chars);
  let at = -1;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf('\n', at + 1);
    if (at < 0 || at > end) {
      at = -1;
      break;
    }
  }
  if (at >= 0) end = at;
  const unit = text.charCodeAt(end - 1);
  return end < text.length && unit >= 0xd800 && unit <= 0xdbff ? end - 1 : end;
}

/** Equal steps that are folded. */
export function FoldRow({ count, onOpen }: { count: number; onOpen(): void }) {
  return (
    <div className={classes.fold}>
      <LinkButton onClick={onOpen}>{count.toLocaleString('en')} equal steps</LinkButton>
    </div>
  );
}
