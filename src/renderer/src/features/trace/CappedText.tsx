import { useMemo } from 'react';
import { formatBytes } from '../../components/format.js';
import { type PlaceholderNote, RedactedText } from '../../components/RedactedText.js';
import { useTextSearch } from '../../components/text-search.js';
import { useExpansion } from './expansion.js';
import classes from './text.module.css';

/** UTF-16 units added by each "show more". */
const pageChars = 16_000;
/** So many places of what is looked for unfold a text, over so many units from the first one on. */
const mostFound = 200;
const foundChars = 64_000;

interface Props {
  text: string;
  /** Names the text within its trace, so that it stays unfolded when it scrolls out of sight. */
  id: string;
  notes: ReadonlyMap<string, PlaceholderNote>;
  mono?: boolean;
  /** How much stands there at first. */
  chars?: number;
  lines?: number;
}

/** Where the first view of a text ends: at `lines` lines or `chars` characters, never inside a character. */
function firstCut(text: string, chars: number, lines: number): number {
  let at = -1;
  for (let line = 0; line < lines; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at < 0 || at > chars) break;
  }
  return wholeCharacter(text, at < 0 || at > chars ? Math.min(chars, text.length) : at);
}

function wholeCharacter(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? at - 1 : at;
}

/** As far as a text has to be shown for what is looked for in it; 0 where there is nothing. */
function useFoundEnd(text: string): number {
  const search = useTextSearch();
  return useMemo(() => {
    const hits = search?.hits(text, mostFound) ?? [];
    const [first] = hits;
    if (first === undefined) return 0;
    const near = hits.findLast(({ end }) => end < first.end + foundChars);
    return Math.min(text.length, (near?.end ?? first.end) + 200);
  }, [text, search]);
}

/** Captured text: shown as text, cut, and unfolded page by page, so that no content can freeze the studio. */
export function CappedText({ text, id, notes, mono = false, chars = 4000, lines = 40 }: Props) {
  const first = firstCut(text, chars, lines);
  // Not worth a button: what is left would fit in the line it takes.
  const start = text.length - first < 120 ? text.length : first;
  const [shown, setShown] = useExpansion(id, 0);
  const found = useFoundEnd(text);
  const end = Math.min(text.length, Math.max(start, shown, wholeCharacter(text, found)));
  const rest = text.length - end;
  const shownText = end === text.length ? text : text.slice(0, end);

  return (
    <div className={mono ? classes.mono : classes.prose}>
      {mono ? <RedactedText text={shownText} notes={notes} /> : <Prose text={shownText} notes={notes} />}
      {rest > 0 && <span className={classes.cut}>…</span>}
      {(rest > 0 || end > start) && (
        <div className={classes.more}>
          {rest > 0 && (
            <button
              type="button"
              onClick={() => setShown(wholeCharacter(text, Math.min(text.length, end + pageChars)))}
            >
              Show more{' '}
              <span>
                {rest < 1_000_000 ? `${rest.toLocaleString('en')} characters left` : `${formatBytes(rest)} left`}
              </span>
            </button>
          )}
          {end > start && (
            <button type="button" onClick={() => setShown(0)}>
              Show less
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Text in which what stands between code fences keeps its columns. It stays text, fences and all. */
function Prose({ text, notes }: { text: string; notes: ReadonlyMap<string, PlaceholderNote> }) {
  if (!text.includes('```')) return <RedactedText text={text} notes={notes} />;
  const parts: { code: boolean; text: string }[] = [];
  let code = false;
  for (const piece of text.split(/^(?=```)/m)) {
    if (!piece.startsWith('```')) parts.push({ code, text: piece });
    else if (!code) parts.push({ code: true, text: piece });
    else {
      const end = piece.indexOf('\n') + 1 || piece.length;
      const last = parts.at(-1);
      if (last) last.text += piece.slice(0, end).trimEnd();
      if (end < piece.length) parts.push({ code: false, text: piece.slice(end) });
    }
    if (piece.startsWith('```')) code = !code;
  }
  return parts.map((part, at) => {
    const Element = part.code ? 'code' : 'span';
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never change places
      <Element key={at} className={part.code ? classes.code : undefined}>
        <RedactedText text={part.text} notes={notes} />
      </Element>
    );
  });
}
