import type { UseQueryResult } from '@tanstack/react-query';
import { Cost } from '../../components/Cost.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import classes from './models.module.css';

interface Forecast {
  traces: number;
  calls: number;
  /** Absent: nothing of it is there yet. */
  looked_at?: number;
  most_usd: number | null;
}

interface Props {
  forecast: Pick<UseQueryResult<Forecast, unknown>, 'data' | 'error'>;
  /** What of it costs nothing, as a sentence. */
  free: string;
}

/** What a job that asks models comes to at most, before it is ordered. */
export function ForecastLine({ forecast: { data, error }, free }: Props) {
  if (error) return <FailureNotice error={error} />;
  return (
    <p className={classes.forecast} role="status">
      {data === undefined ? (
        'Reckoning what it may cost…'
      ) : (
        <>
          {data.traces.toLocaleString('en')} {data.traces === 1 ? 'trace' : 'traces'}, {data.calls.toLocaleString('en')}{' '}
          {data.calls === 1 ? 'call' : 'calls'},{' '}
          {data.most_usd === null ? (
            'cost unknown: a model has no price'
          ) : (
            <>
              at most <Cost usd={data.most_usd} />
            </>
          )}
          {data.looked_at !== undefined &&
            data.looked_at < data.traces &&
            ` (reckoned from ${data.looked_at.toLocaleString('en')} of them)`}
          . {free}
        </>
      )}
    </p>
  );
}
