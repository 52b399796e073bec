import { Loader } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExportOptions } from '../../../../shared/model/index.js';
import { Json } from '../../components/Json.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ErrorState } from '../../components/layout/ErrorState.js';
import { trpc } from '../../rpc/client.js';
import { TrainerFindings } from '../dataset-options/index.js';
import classes from './export.module.css';
import { NoRows } from './NoRows.js';
import { reasonsText } from './reasons.js';

interface Props {
  /** Null: neither a layout nor a package is chosen. */
  options: ExportOptions | null;
  onOverride: () => void;
}

/** The first rows as the file will hold them, how many traces give one, and what a trainer would do to them. */
export function ExportPreview({ options, onOverride }: Props) {
  const preview = useQuery({
    ...trpc.exports.preview.queryOptions(options ?? nothing, { placeholderData: keepPreviousData }),
    enabled: options !== null,
  });
  const [at, setAt] = useState(0);
  if (options === null)
    return (
      <section className={classes.preview} aria-label="Preview">
        <EmptyState title="No rows yet">Pick a layout or a package: real rows of it stand here.</EmptyState>
      </section>
    );
  const rows = preview.data?.rows ?? [];
  const shown = Math.min(at, rows.length - 1);
  const row = rows[shown];

  return (
    <section className={classes.preview} aria-label="Preview">
      <div className={classes.previewHead}>
        <span className={classes.label}>Preview</span>
        {preview.data && (
          <span className="num" aria-live="polite">
            {preview.data.traces.toLocaleString('en')} {preview.data.traces === 1 ? 'trace' : 'traces'}
            {preview.data.skipped > 0 && `, ${preview.data.skipped.toLocaleString('en')} without a row`}
            {preview.data.beginnings !== undefined &&
              `, of ${preview.data.beginnings.toLocaleString('en')} long ones the beginning`}
            {preview.data.branches && `, left out besides: ${reasonsText(Object.entries(preview.data.branches))}`}
          </span>
        )}
        {preview.isFetching && <Loader size={12} />}
        {rows.length > 1 && (
          <span className={classes.pager}>
            <button type="button" disabled={at <= 0} onClick={() => setAt(at - 1)} aria-label="Previous row">
              ‹
            </button>
            <span className="num">
              row {Math.min(at, rows.length - 1) + 1} of {rows.length}
            </span>
            <button
              type="button"
              disabled={at >= rows.length - 1}
              onClick={() => setAt(Math.min(at, rows.length - 1) + 1)}
              aria-label="Next row"
            >
              ›
            </button>
          </span>
        )}
      </div>
      <div className={classes.previewBody}>
        {preview.isError ? (
          <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
        ) : row !== undefined ? (
          <Json key={at} value={row} defaultDepth={3} maxHeight={400} label="Row as the file holds it" />
        ) : (
          preview.data && <NoRows preview={preview.data} meant={options} onOverride={onOverride} />
        )}
      </div>
      {preview.data?.trainer && rows.length > 0 && (
        <section className={classes.report} aria-label="Trainer report">
          <TrainerFindings
            key={preview.data.trainer.trainer}
            report={preview.data.trainer}
            version={null}
            shown={{ row: shown + 1, rows: rows.length, onRow: (next) => setAt(next - 1) }}
          />
        </section>
      )}
    </section>
  );
}

const nothing: ExportOptions = { layout: 'tool-calls', format: 'jsonl', query: '', seed: 0 };
