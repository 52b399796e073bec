import { memo, type ReactNode, useMemo, useState } from 'react';
import { LinkButton } from './LinkButton.js';
import { type PlaceholderNote, RedactedText } from './RedactedText.js';
import classes from './TextDiff.module.css';
import { type DiffLine, foldSame, type Piece, textDiff } from './text-diff.js';

/** So much of each text is compared and drawn at first; a press takes eight times as much. */
const firstChars = 40_000;

interface Props {
  before: string;
  after: string;
  /** Names the two for screen readers: `original` and `corrected`. */
  names: { before: string; after: string };
  /** `split`: side by side; `unified`: one below the other, where room is scarce. */
  layout?: 'split' | 'unified';
  /** Equal lines that stay in sight around a difference. */
  context?: number;
  notes?: ReadonlyMap<string, PlaceholderNote>;
}

/** What differs between two captured texts: by line, within changed lines by word, told by sign and stroke besides colour. */
export const TextDiff = memo(function TextDiff({ before, after, names, layout = 'split', context = 3, notes }: Props) {
  const [chars, setChars] = useState(firstChars);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const folds = useMemo(
    () => foldSame(textDiff(before.slice(0, chars), after.slice(0, chars)), context),
    [before, after, chars, context],
  );
  const rest = Math.max(before.length, after.length) - chars;
  const row = layout === 'split' ? splitRow : unifiedRow;
  return (
    <div className={classes.diff} data-layout={layout} role="group" aria-label={`${names.before} and ${names.after}`}>
      {folds.map(({ lines, from, folded }) =>
        folded && !open.has(from) ? (
          <div key={from} className={classes.fold}>
            <LinkButton onClick={() => setOpen(new Set([...open, from]))}>
              {lines.length.toLocaleString('en')} equal lines
            </LinkButton>
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of two texts never change places
          lines.map((line, at) => <Line key={from + at} line={line} row={row} notes={notes} />)
        ),
      )}
      {rest > 0 && (
        <div className={classes.fold}>
          <LinkButton onClick={() => setChars(chars * 8)}>
            Compare more: {rest.toLocaleString('en')} characters left
          </LinkButton>
        </div>
      )}
    </div>
  );
});

type Notes = ReadonlyMap<string, PlaceholderNote> | undefined;
type Row = (line: DiffLine, notes: Notes) => ReactNode;

const Line = memo(function Line({ line, row, notes }: { line: DiffLine; row: Row; notes: Notes }) {
  return row(line, notes);
});

const splitRow: Row = (line, notes) => (
  <div className={classes.row}>
    <Side pieces={line.before} side={line.kind === 'same' ? 'same' : 'before'} notes={notes} />
    <Side pieces={line.after} side={line.kind === 'same' ? 'same' : 'after'} notes={notes} />
  </div>
);

const unifiedRow: Row = (line, notes) =>
  line.kind === 'same' ? (
    <Side pieces={line.before} side="same" notes={notes} />
  ) : (
    <>
      {line.before && <Side pieces={line.before} side="before" notes={notes} />}
      {line.after && <Side pieces={line.after} side="after" notes={notes} />}
    </>
  );

const signs = { same: ' ', before: '−', after: '+' };

function Side({ pieces, side, notes }: { pieces: Piece[] | null; side: keyof typeof signs; notes: Notes }) {
  if (pieces === null) return <div className={classes.line} data-side="none" />;
  const Changed = side === 'before' ? 'del' : 'ins';
  return (
    <div className={classes.line} data-side={side}>
      <span className={classes.sign} aria-hidden="true">
        {signs[side]}
      </span>
      <span className={classes.text}>
        {pieces.map(({ text, changed }, at) => {
          const Stretch = changed ? Changed : 'span';
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one line never change places
            <Stretch key={at}>
              <RedactedText text={text} {...(notes && { notes })} />
            </Stretch>
          );
        })}
      </span>
    </div>
  );
}
