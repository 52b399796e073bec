import { Fragment, memo, type ReactNode, useMemo } from 'react';
import type { FindingAction } from '../../../shared/model/index.js';
import type { TextHit } from '../../../shared/text-find.js';
import { placeholderSpans } from './placeholders.js';
import classes from './RedactedText.module.css';
import { useTextSearch } from './text-search.js';

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

const noHits: never[] = [];

/** A piece of a text that begins `at` there, with what was looked for in it marked. */
function marked(piece: string, hits: readonly TextHit[], at: number): ReactNode {
  const inside = hits.filter(({ start, end }) => start < at + piece.length && end > at);
  if (inside.length === 0) return piece;
  const out: ReactNode[] = [];
  let done = 0;
  for (const hit of inside) {
    const start = Math.max(0, hit.start - at);
    const end = Math.min(piece.length, hit.end - at);
    out.push(
      piece.slice(done, start),
      <mark key={`${at}+${start}`} className={classes.found} data-found>
        {piece.slice(start, end)}
      </mark>,
    );
    done = end;
  }
  out.push(piece.slice(done));
  return <Fragment key={`text ${at}`}>{out}</Fragment>;
}

/** Captured text, as text; what redaction put in is marked, with a tooltip, and so is what is looked for. */
export const RedactedText = memo(function RedactedText({ text, notes }: Props) {
  const search = useTextSearch();
  const nodes = useMemo(() => {
    const spans = placeholderSpans(text, notes);
    const hits = search?.hits(text) ?? noHits;
    if (spans.length === 0) return marked(text, hits, 0);
    const out: ReactNode[] = [];
    let at = 0;
    for (const { start, end, entity, hash } of spans) {
      const whole = text.slice(start, end);
      if (start > at) out.push(marked(text.slice(at, start), hits, at));
      const found = hits.some((hit) => hit.start < end && hit.end > start);
      out.push(
        <mark
          key={start}
          className={classes.chip}
          data-found={found || undefined}
          title={describe(entity, hash, notes?.get(whole))}
        >
          {whole}
        </mark>,
      );
      at = end;
    }
    out.push(marked(text.slice(at), hits, at));
    return out;
  }, [text, notes, search]);
  return <>{nodes}</>;
});
