import { useQuery } from '@tanstack/react-query';
import { Cost } from '../../components/Cost.js';
import { Duration } from '../../components/Duration.js';
import { RedactedText } from '../../components/RedactedText.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import type { Compared } from '../../navigation/compare-href.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { useQuality } from '../quality/index.js';
import { ReviewMark } from '../review/index.js';
import { traceDuration } from '../traces/index.js';
import classes from './compare-page.module.css';

/** What one of the two is: title, model, how it ended, what it cost, how good it is said to be. */
export function SideHead({ name, side, steps }: { name: string; side: Compared; steps: number }) {
  const { trace_id, call_id } = side;
  const trace = useQuery(trpc.traces.get.queryOptions({ trace_id }));
  const quality = useQuality(trace_id);
  const calls = useQuery({
    ...trpc.traces.calls.queryOptions({ trace_id, limit: 500 }),
    enabled: call_id !== null,
  });
  const call = calls.data?.items.find((each) => each.call_id === call_id);
  if (!trace.data) return <div className={classes.side}>{name}</div>;
  const { title, completion_status, error_count, models, cost_usd, review } = trace.data;
  const model = call_id === null ? models.join(', ') : call?.model;
  // What the whole trace cost says nothing of one of its steps.
  const single = side.step_id != null;
  return (
    <div className={classes.side}>
      <div className={classes.sideTitle}>
        <b>{name}</b>
        <a className="ellipsis" href={hrefTo(`/traces/${trace_id}`)} title={title}>
          <RedactedText text={title || 'Untitled'} />
        </a>
        {call_id !== null && <span className="dim">one call</span>}
        {single && <span className="dim">one step</span>}
      </div>
      <dl className={classes.sideFacts}>
        <div>
          <dt>Model</dt>
          <dd className="ellipsis">{model || '–'}</dd>
        </div>
        <div>
          <dt>Outcome</dt>
          <dd>
            {call_id === null ? (
              <StatusBadge status={completion_status} />
            ) : call?.error ? (
              <StatusBadge status="failed" label={call.error.code} />
            ) : (
              (call?.stop_reason ?? '–')
            )}
            {call_id === null && error_count > 0 && (
              <StatusBadge status="error" label={`${error_count} ${error_count === 1 ? 'error' : 'errors'}`} />
            )}
          </dd>
        </div>
        {!single && (
          <>
            <div>
              <dt>Steps</dt>
              <dd className="num">{steps.toLocaleString('en')}</dd>
            </div>
            <div>
              <dt>Cost</dt>
              <dd>
                <Cost usd={call_id === null ? cost_usd : (call?.cost_usd ?? null)} />
              </dd>
            </div>
            <div>
              <dt>Time</dt>
              <dd>
                <Duration ms={call_id === null ? traceDuration(trace.data) : (call?.duration_ms ?? null)} />
              </dd>
            </div>
          </>
        )}
        <div>
          <dt>Quality</dt>
          <dd className="num">{quality.data?.quality_score?.toFixed(2) ?? '–'}</dd>
        </div>
        <div>
          <dt>Review</dt>
          <dd>
            <ReviewMark review={review} />
          </dd>
        </div>
      </dl>
    </div>
  );
}
