import { formatAgo, formatFullTime, formatTime } from './format.js';
import { Missing } from './Missing.js';

interface Props {
  /** Null where its source does not tell it. */
  iso: string | null;
  /** `clock` (default), `precise` with milliseconds, `ago`. */
  as?: 'clock' | 'precise' | 'ago';
}

/** A moment in local time; the full date and the UTC text are in its tooltip. */
export function Time({ iso, as = 'clock' }: Props) {
  if (iso === null)
    return (
      <span title="Time not in the file">
        <Missing label="time not in the file" />
      </span>
    );
  return (
    <time className="num" dateTime={iso} title={formatFullTime(iso)}>
      {as === 'ago' ? formatAgo(iso) : formatTime(iso, as === 'precise')}
    </time>
  );
}
