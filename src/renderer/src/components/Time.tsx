import { formatAgo, formatFullTime, formatTime } from './format.js';

interface Props {
  iso: string;
  /** `clock` (default), `precise` with milliseconds, `ago`. */
  as?: 'clock' | 'precise' | 'ago';
}

/** A moment in local time; the full date and the UTC text are in its tooltip. */
export function Time({ iso, as = 'clock' }: Props) {
  return (
    <time className="num" dateTime={iso} title={formatFullTime(iso)}>
      {as === 'ago' ? formatAgo(iso) : formatTime(iso, as === 'precise')}
    </time>
  );
}
