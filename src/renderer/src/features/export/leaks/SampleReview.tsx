import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LeakReport } from '../../../../../shared/model/index.js';
import { Answer } from '../../../components/layout/Answer.js';
import { trpc } from '../../../rpc/client.js';
import classes from './leaks.module.css';

/** Rows drawn by chance, one at a time, as plain text. */
export function SampleReview({ jobId, sample }: { jobId: string; sample: LeakReport['sample']['rows'] }) {
  const [at, setAt] = useState(0);
  const row = useQuery(
    trpc.leaks.sampleRow.queryOptions({ job_id: jobId, index: at }, { placeholderData: keepPreviousData }),
  );
  const place = sample[at];
  return (
    <section className={classes.sample} aria-label="Sample for review">
      <div className={classes.sampleHead}>
        <button type="button" disabled={at === 0} onClick={() => setAt(at - 1)} aria-label="Previous row of the sample">
          ‹
        </button>
        <span className="num" aria-live="polite">
          {at + 1} of {sample.length}
        </span>
        <button
          type="button"
          disabled={at === sample.length - 1}
          onClick={() => setAt(at + 1)}
          aria-label="Next row of the sample"
        >
          ›
        </button>
        {place && (
          <span className="dim">
            <code>{place.file}</code> row {place.row}
          </span>
        )}
      </div>
      <Answer query={row} label="Loading the row" lines={4}>
        {({ text, cut }) => (
          <pre className={classes.text} tabIndex={0} aria-label="Row of the sample" role="region">
            {text}
            {cut && '\n… the row goes on in the file'}
          </pre>
        )}
      </Answer>
    </section>
  );
}
