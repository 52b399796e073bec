import classes from './StatusBadge.module.css';

export type Tone = 'green' | 'amber' | 'red' | 'blue' | 'violet' | 'gray';

/** Every word the model uses for a state. */
const tones: Record<string, { tone: Tone; live?: true; label?: string }> = {
  // exchanges, in flight and done
  request: { tone: 'blue', live: true, label: 'sending' },
  waiting: { tone: 'blue', live: true },
  streaming: { tone: 'blue', live: true },
  tunnel: { tone: 'gray', live: true },
  complete: { tone: 'green' },
  aborted: { tone: 'amber' },
  failed: { tone: 'red' },
  // traces
  running: { tone: 'blue', live: true },
  completed: { tone: 'green' },
  interrupted: { tone: 'amber' },
  // tool calls
  ok: { tone: 'green' },
  error: { tone: 'red' },
  pending: { tone: 'gray' },
  suspect: { tone: 'amber' },
  // reviews
  accepted: { tone: 'green' },
  rejected: { tone: 'red' },
  // jobs
  queued: { tone: 'gray' },
  done: { tone: 'green' },
  cancelled: { tone: 'gray' },
  paused: { tone: 'amber' },
};

function httpTone(status: number): Tone {
  if (status >= 500) return 'red';
  if (status >= 400) return 'amber';
  if (status >= 300) return 'gray';
  return 'green';
}

interface Props {
  /** A state's word (`running`, `ok`, `accepted`, …) or an HTTP status code. */
  status: string | number;
  /** Shown instead of the word. */
  label?: string;
  tone?: Tone;
  title?: string;
  /** In lists: what went well is told by a coloured dot alone, so that what did not stands out. */
  quiet?: boolean;
}

export function StatusBadge({ status, label, tone, title, quiet = false }: Props) {
  const defaults = typeof status === 'string' ? tones[status] : { tone: httpTone(status) };
  const text = label ?? defaults?.label ?? String(status);
  const shownTone = tone ?? defaults?.tone ?? 'gray';
  const isQuiet = quiet && (shownTone === 'green' || shownTone === 'gray');
  const names = [classes.badge, defaults?.live && classes.live, isQuiet && classes.quiet].filter(Boolean).join(' ');
  return (
    <span className={names} data-tone={shownTone} title={title}>
      {(typeof status === 'string' || isQuiet) && <span className={classes.dot} aria-hidden="true" />}
      {text}
    </span>
  );
}
