import { memo, type ReactNode, useMemo } from 'react';
import classes from './RedactedText.module.css';

/** What is known of one placeholder beyond its own text. */
export interface PlaceholderNote {
  entity: string;
  detector: string;
  action: 'mask' | 'pseudonym';
  confidence: number;
}

/** `<EMAIL_7f3a9c21>` and `<PASSWORD>`: entity, then the pseudonym's hash where there is one. */
const placeholder = /<([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*?)(?:_([0-9a-f]{6,32}))?>/g;

function describe(entity: string, hash: string | undefined, note: PlaceholderNote | undefined): string {
  const name = entity.toLowerCase().replaceAll('_', ' ');
  const what = hash ? `Redacted ${name}; the same value is always ${hash}` : `Redacted ${name}`;
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
    if (!text.includes('<')) return text;
    const out: ReactNode[] = [];
    let at = 0;
    for (const match of text.matchAll(placeholder)) {
      const [whole, entity = '', hash] = match;
      const note = notes?.get(whole);
      // Upper-case tags of ordinary text look alike: without a hash only what a finding names is marked.
      if (!hash && !note) continue;
      if (match.index > at) out.push(text.slice(at, match.index));
      out.push(
        <mark key={match.index} className={classes.chip} title={describe(entity, hash, note)}>
          {whole}
        </mark>,
      );
      at = match.index + whole.length;
    }
    out.push(text.slice(at));
    return out;
  }, [text, notes]);
  return <>{nodes}</>;
});
