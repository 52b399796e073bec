import { memo, type ReactNode, useMemo } from 'react';
import type { FindingAction } from '../../../shared/model/index.js';
import { placeholderSpans } from './placeholders.js';
import classes from './RedactedText.module.css';

/** What is known of one placeholder beyond its own text. */
export interface PlaceholderNote {
  entity: string;
  detector: string;
  action: FindingAction;
  confidence: number;
}

function describe(entity: string, hash: string | null, note: PlaceholderNote | undefined): string {
  const name = entity.toLowerCase().replaceAll('_', ' ');
  const what = hash
    ? `Redacted ${name}; the same value is always ${hash}`
    : note?.action === 'surrogate'
      ? `Invented in place of a real ${name}; the same value is always this one`
      : `Redacted ${name}`;
  return note ? `${what}. Found by ${note.detector}, confidence ${Math.round(note.confidence * 100)} %` : what;
}

interface Props {
  text: string;
  /** Findings by replacement text, where the caller has them. */
  notes?: ReadonlyMap<string, PlaceholderNote>;
}

/** Captured text, as text; what redaction put in is marked, with a tooltip. */
export const RedactedText = memo(function RedactedText({ text, notes }: Props) {
  const nodes = useMemo(() => {
    const spans = placeholderSpans(text, notes);
    if (spans.length === 0) return text;
    const out: ReactNode[] = [];
    let at = 0;
    for (const { start, end, entity, hash } of spans) {
      const whole = text.slice(start, end);
      if (start > at) out.push(text.slice(at, start));
      out.push(
        <mark key={start} className={classes.chip} title={describe(entity, hash, notes?.get(whole))}>
          {whole}
        </mark>,
      );
      at = end;
    }
    out.push(text.slice(at));
    return out;
  }, [text, notes]);
  return <>{nodes}</>;
});
