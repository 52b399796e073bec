import { Loader } from '@mantine/core';
import { useState } from 'react';
import type { DatasetDefinition, DatasetPreview } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ErrorState } from '../../components/layout/ErrorState.js';
import { TrainerFindings } from '../dataset-options/index.js';
import { NoRows } from '../export/index.js';
import classes from './builder.module.css';
import { RowView } from './RowView.js';
import { usePreview } from './use-preview.js';
import { counted, previewText } from './words.js';

interface Props {
  definition: DatasetDefinition;
  /** Neither package nor layout is picked. */
  nothing: boolean;
  /** What must be mended before anything can be asked. */
  waits: string | null;
  onOverride(): void;
}

/** What the definition would give today: for each package in each layout its numbers and three real rows. */
export function BuilderPreview({ definition, nothing, waits, onOverride }: Props) {
  const preview = usePreview(nothing || waits !== null ? null : definition);
  const [shown, setShown] = useState('');
  const pairs = preview.data ?? [];
  const pair = pairs.find((each) => keyOf(each) === shown) ?? pairs[0];
  return (
    <section className={classes.preview} aria-label="Preview" aria-busy={!preview.settled}>
      <header className={classes.previewHead}>
        <h2>Preview</h2>
        {pair && (
          <span className="num" role="status">
            {counted(pair.traces)} traces
            {pair.looked_at < pair.traces && `, the first ${counted(pair.looked_at)} looked at`}
          </span>
        )}
        {preview.isFetching && <Loader size={12} />}
      </header>
      {nothing ? (
        <EmptyState title="No rows yet">Pick a package or a layout: three real rows of each stand here.</EmptyState>
      ) : preview.isError ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        pair && (
          <>
            {pairs.length > 1 && (
              <ul className={classes.pairs} aria-label="Packages and layouts">
                {pairs.map((each) => (
                  <li key={keyOf(each)}>
                    <button type="button" aria-pressed={each === pair} onClick={() => setShown(keyOf(each))}>
                      <b>{each.package ?? each.layout}</b> {each.package !== null && each.layout}
                      <span className="num">{previewText(each)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
            <Rows key={keyOf(pair)} pair={pair} definition={definition} onOverride={onOverride} />
          </>
        )
      )}
    </section>
  );
}

interface RowsProps {
  pair: DatasetPreview[number];
  definition: DatasetDefinition;
  onOverride(): void;
}

function Rows({ pair, definition, onOverride }: RowsProps) {
  const [at, setAt] = useState(1);
  const { rows, reasons, branches = {}, trainer } = pair;
  const number = Math.min(at, rows.length);
  const row = rows[number - 1];
  const left = [...Object.entries(reasons), ...Object.entries(branches)];
  return (
    <div className={classes.pair}>
      {row === undefined ? (
        <NoRows preview={pair} meant={definition} onOverride={onOverride} />
      ) : (
        <>
          <p className={classes.left}>{previewText(pair)}</p>
          {left.length > 0 && (
            <p className={classes.left}>
              Left out: {left.map(([reason, count]) => `${counted(count)} ${reason}`).join(' · ')}
            </p>
          )}
          <RowView value={row} number={number} total={rows.length} onGo={setAt} />
        </>
      )}
      {trainer && row !== undefined && (
        <section aria-label="Trainer report" className={classes.report}>
          <h3>Trainer report</h3>
          <TrainerFindings
            key={trainer.trainer}
            report={trainer}
            version={null}
            shown={{ row: number, rows: rows.length, onRow: setAt }}
          />
        </section>
      )}
    </div>
  );
}

const keyOf = ({ package: pack, layout }: DatasetPreview[number]) => `${pack ?? ''} ${layout}`;
