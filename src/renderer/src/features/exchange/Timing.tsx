import type { Exchange } from '../../../../shared/model/index.js';
import { Duration } from '../../components/Duration.js';
import classes from './exchange.module.css';

/** Where the time went: until the response head, until the first token, until the end. */
export function Timing({ exchange }: { exchange: Pick<Exchange, 'duration_ms' | 'ttfb_ms' | 'ttft_ms'> }) {
  const total = Math.max(exchange.duration_ms, 0.001);
  const head = Math.min(exchange.ttfb_ms ?? total, total);
  const token = exchange.ttft_ms === null ? null : Math.max(head, Math.min(exchange.ttft_ms, total));
  const percent = (ms: number) => `${(ms / total) * 100}%`;
  return (
    <>
      <div className={classes.track} aria-hidden="true">
        <span className={classes.wait} style={{ left: 0, width: percent(head) }} />
        {token !== null && (
          <span className={classes.think} style={{ left: percent(head), width: percent(token - head) }} />
        )}
        <span className={classes.stream} style={{ left: percent(token ?? head), right: 0 }} />
      </div>
      <div className={classes.legend}>
        <span>
          <i className={classes.wait} aria-hidden="true" />
          First byte <Duration ms={exchange.ttfb_ms} />
        </span>
        {token !== null && (
          <span>
            <i className={classes.think} aria-hidden="true" />
            First token <Duration ms={exchange.ttft_ms} />
          </span>
        )}
        <span>
          <i className={classes.stream} aria-hidden="true" />
          Complete <Duration ms={exchange.duration_ms} />
        </span>
      </div>
    </>
  );
}
