import { Button } from '@mantine/core';
import type { ExportPreview, WantedTraces } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { hrefTo } from '../../navigation/hash-params.js';
import classes from './export.module.css';

interface Props {
  preview: ExportPreview;
  meant: WantedTraces;
  onOverride: () => void;
}

/** Why an export would give nothing, in numbers, and the ways on. */
export function NoRows({ preview, meant, onOverride }: Props) {
  const { traces, skipped, reasons } = preview;
  if (traces === 0) {
    return (
      <EmptyState title="No row">
        {meant.trace_ids === undefined
          ? 'The query matches no trace. Take a condition away.'
          : 'What was picked has been deleted. Pick other traces.'}
      </EmptyState>
    );
  }
  const sorted = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const consents = sorted.filter(([reason]) => /consent|provider terms/.test(reason));
  const without = reasons['no consent'] ?? 0;
  const held = consents.reduce((sum, [, count]) => sum + count, 0);
  const wanting = meant.query === '' ? 'consent:no' : `(${meant.query}) consent:no`;
  return (
    <EmptyState
      title={`No row from ${some(traces)}`}
      actions={
        held > 0 && (
          <>
            {without > 0 && meant.trace_ids === undefined && (
              <Button component="a" href={hrefTo('/privacy/consent', { set: wanting })}>
                Set a consent for {without === 1 ? 'it' : `these ${without.toLocaleString('en')}`}
              </Button>
            )}
            <Button variant="default" onClick={onOverride}>
              Take {held === 1 ? 'it' : 'them'} all the same
            </Button>
          </>
        )
      }
    >
      {skipped < traces && <p className={classes.hint}>The first {skipped.toLocaleString('en')} were looked at.</p>}
      <ul className={classes.reasons} aria-label="Why">
        {sorted.map(([reason, count]) => (
          <li key={reason}>
            <span className="num">{some(count)}</span>: {reason}
          </li>
        ))}
      </ul>
      {without > 0 && meant.trace_ids !== undefined && 'The selection’s own Consent button sets one for all of it.'}
      {held === 0 && 'Try another kind of rows, or a wider query.'}
    </EmptyState>
  );
}

const some = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'trace' : 'traces'}`;
