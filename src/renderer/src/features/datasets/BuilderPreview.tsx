import { Loader } from '@mantine/core';
import { useState } from 'react';
import type { DatasetDefinition, DatasetPreview } from '../../../../shared/model/index.js';
import { Json } from '../../components/Json.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ErrorState } from '../../components/layout/ErrorState.js';
import classes from './builder.module.css';
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
export function BuilderPreview({ definition, nothing, waits }: Props) {
  const preview = usePreview(nothing || waits !== null ? null : definition);
  const [shown, setShown] = useState('');
  const pairs = preview.data ?? [];
  const pair = pairs.find((each) => keyOf(each) === shown) ?? pairs[0];
  return (
    <section className={classes.preview} aria-label="Preview" aria-busy={!preview.settled}>
      <header className={classes.previewHead}>
        <h2>Preview</h2>
        {preview.isFetching && <Loader size={12} />}
      </header>
      {nothing ? (
        <EmptyState title="No rows yet">Pick a package or a layout: three real rows of each stand here.</EmptyState>
      ) : preview.isError ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        pair && (
          <>
            <ul className={classes.pairs}>
              {pairs.map((each) => (
                <li key={keyOf(each)}>
                  <button type="button" aria-pressed={each === pair} onClick={() => setShown(keyOf(each))}>
                    <b>{each.package ?? each.layout}</b> {each.package !== null && each.layout}
                    <span className="num">{previewText(each)}</span>
                  </button>
                </li>
              ))}
            </ul>
            <Rows key={keyOf(pair)} pair={pair} />
          </>
        )
      )}
    </section>
  );
}

function Rows({ pair }: { pair: DatasetPreview[number] }) {
  const [at, setAt] = useState(0);
  const row = pair.rows[Math.min(at, pair.rows.length - 1)];
  return (
    <>
      <p className={classes.left}>
        {Object.entries(pair.reasons)
          .map(([reason, count]) => `${counted(count)} ${reason}`)
          .join(' · ')}
      </p>
      {row !== undefined && (
        <Json key={at} value={row} defaultDepth={3} maxHeight={420} label="Row as the file holds it" />
      )}
      {pair.rows.length > 1 && (
        <button type="button" onClick={() => setAt((at + 1) % pair.rows.length)}>
          Next row
        </button>
      )}
    </>
  );
}

const keyOf = ({ package: pack, layout }: DatasetPreview[number]) => `${pack ?? ''} ${layout}`;
