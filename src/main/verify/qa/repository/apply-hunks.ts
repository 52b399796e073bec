import type { Hunk } from './unified-diff.js';

/** Lines that may still be compared: texts of one line over and over would be looked through for ever. */
export interface Effort {
  left: number;
}

/**
 * A text after its hunks (one character a byte), each line of which must be there: where its head says, else at the nearest place that it
 * fits. A string says which one does not fit.
 */
export function applyHunks(text: string, hunks: readonly Hunk[], effort: Effort): { text: string } | string {
  const lines = text.split('\n');
  let open = lines.at(-1) !== '';
  if (!open) lines.pop();
  if (text === '') open = false;
  const result: string[] = [];
  /** Lines of the text that are in the result, and how far the last hunk was from where it said. */
  let done = 0;
  let moved = 0;
  for (const [index, hunk] of hunks.entries()) {
    const before = hunk.lines.filter(({ side }) => side !== '+').map((line) => line.text);
    const expected = hunk.start === null ? null : hunk.start - (before.length === 0 ? 0 : 1) + moved;
    const found = placeOf(lines, before, {
      from: done,
      expected,
      atEnd: hunk.openEnd.before || hunk.openEnd.after,
      effort,
    });
    if (typeof found === 'string') return `hunk ${index + 1} of ${hunks.length} ${found}`;
    if (hunk.openEnd.before && !open) return `hunk ${index + 1} of ${hunks.length} ends where the file goes on`;
    const { at, ends } = found;
    if (expected !== null) moved += at - expected;
    result.push(...lines.slice(done, at));
    // Where the diff itself tells line ends, they are meant.
    const added = hunk.lines.filter(({ side }) => side === '+');
    const adds = ends === 'crlf' && !added.some((line) => line.text.endsWith('\r')) ? '\r' : '';
    const last = hunk.openEnd.after ? hunk.lines.findLast(({ side }) => side !== '-') : undefined;
    let taken = at;
    for (const line of hunk.lines) {
      if (line.side === '+') result.push(line.text + (line === last ? '' : adds));
      else {
        // What stays is as it was in the file.
        if (line.side === ' ') result.push(lines[taken] as string);
        taken++;
      }
    }
    done = taken;
    if (done === lines.length && (hunk.openEnd.before || hunk.openEnd.after)) open = hunk.openEnd.after;
    else if (hunk.openEnd.after) return `hunk ${index + 1} of ${hunks.length} ends where the file goes on`;
  }
  result.push(...lines.slice(done));
  if (result.length === 0) return { text: '' };
  return { text: result.join('\n') + (open ? '' : '\n') };
}

interface Wanted {
  /** The first line that it may begin at. */
  from: number;
  expected: number | null;
  atEnd: boolean;
  effort: Effort;
}

/** Where lines stand in a text: exactly, else apart from CR before the line end. */
function placeOf(
  lines: readonly string[],
  wanted: readonly string[],
  { from, expected, atEnd, effort }: Wanted,
): { at: number; ends: 'same' | 'crlf' } | string {
  if (wanted.length === 0) {
    // Nothing to look for: a place is needed, and it is only right where the text is that long.
    if (expected === null) return 'says nothing of its place';
    if (expected < from || expected > lines.length) return 'lies behind the end of the file';
    return { at: expected, ends: usesCrlf(lines) ? 'crlf' : 'same' };
  }
  for (const ends of ['same', 'crlf'] as const) {
    const bare = (line: string) => (ends === 'crlf' ? line.replace(/\r$/, '') : line);
    const [have, want] = [lines.map(bare), wanted.map(bare)];
    const last = have.length - want.length;
    effort.left -= have.length + want.length;
    const fits = (at: number) =>
      at >= from && at <= last && want.every((line, index) => effort.left-- > 0 && have[at + index] === line);
    if (atEnd) {
      if (fits(last)) return { at: last, ends: endsOf(ends, lines) };
      continue;
    }
    if (expected !== null) {
      const near = Math.max(from, Math.min(expected, last));
      for (let distance = 0; distance <= have.length && effort.left > 0; distance++)
        for (const at of distance === 0 ? [near] : [near - distance, near + distance])
          if (fits(at)) return { at, ends: endsOf(ends, lines) };
    } else {
      const places: number[] = [];
      for (let at = from; at <= last && places.length < 2 && effort.left > 0; at++) if (fits(at)) places.push(at);
      if (places.length === 2) return 'has no numbers, and its lines stand there more than once';
      if (places[0] !== undefined) return { at: places[0], ends: endsOf(ends, lines) };
    }
  }
  return effort.left > 0 ? 'does not fit: its lines do not stand there' : 'is looked for too long';
}

function endsOf(ends: 'same' | 'crlf', lines: readonly string[]): 'same' | 'crlf' {
  return ends === 'crlf' && usesCrlf(lines) ? 'crlf' : 'same';
}

function usesCrlf(lines: readonly string[]): boolean {
  return lines.length > 0 && lines.filter((line) => line.endsWith('\r')).length * 2 > lines.length;
}
