import { align } from '../../../shared/align/align.js';
import { commonRuns } from '../../../shared/align/diff.js';

/** A stretch of a line: what the other side has too, or what it has not. */
export interface Piece {
  text: string;
  changed: boolean;
}

/** A line on both sides; `removed` and `added` stand on one. */
export interface DiffLine {
  kind: 'same' | 'changed' | 'removed' | 'added';
  before: Piece[] | null;
  after: Piece[] | null;
}

/** Longer lines are compared as wholes, apart from how they begin and end. */
const longestByWord = 20_000;
/** Of lines that share less of their signs all is marked: words that happen to stand in both say nothing. */
const leastShared = 0.25;

/** Placeholders are one word: half of one says nothing. In scripts without spaces each sign is one. */
const words =
  /<[A-Z][A-Z0-9_]*(?:_[0-9a-f]+)?>|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]\p{M}*|[\p{L}\p{N}\p{M}_]+|\s+|[\s\S]/gu;

/** Two texts line by line, and changed lines word by word. */
export function textDiff(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return align(a, b).rows.map((row): DiffLine => {
    const left = row.a === null ? null : (a[row.a] as string);
    const right = row.b === null ? null : (b[row.b] as string);
    if (left === null || right === null) return alone(left, right);
    if (row.kind === 'same') return { kind: 'same', before: [whole(left)], after: [whole(right)] };
    return { kind: 'changed', ...lineDiff(left, right) };
  });
}

const whole = (text: string, changed = false): Piece => ({ text, changed });

function alone(left: string | null, right: string | null): DiffLine {
  return left !== null
    ? { kind: 'removed', before: [whole(left, true)], after: null }
    : { kind: 'added', before: null, after: [whole(right ?? '', true)] };
}

function lineDiff(left: string, right: string): { before: Piece[]; after: Piece[] } {
  const [a, b] =
    left.length + right.length > longestByWord ? [ends(left, right), ends(right, left)] : [cut(left), cut(right)];
  const runs = commonRuns(a, b);
  const before: Piece[] = [];
  const after: Piece[] = [];
  let [atA, atB, shared] = [0, 0, 0];
  for (const run of [...runs, { a: a.length, b: b.length, length: 0 }]) {
    push(before, a.slice(atA, run.a).join(''), true);
    push(after, b.slice(atB, run.b).join(''), true);
    const text = a.slice(run.a, run.a + run.length).join('');
    shared += text.trim().length;
    push(before, text, false);
    push(after, text, false);
    [atA, atB] = [run.a + run.length, run.b + run.length];
  }
  if (shared < leastShared * Math.max(left.trim().length, right.trim().length))
    return { before: [whole(left, true)], after: [whole(right, true)] };
  return { before, after };
}

const cut = (text: string): string[] => text.match(words) ?? [];

/** A line as three: how both begin, what lies between, how both end. */
function ends(text: string, other: string): string[] {
  const most = Math.min(text.length, other.length);
  let start = 0;
  while (start < most && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < most - start && text[text.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  return [text.slice(0, start), text.slice(start, text.length - end), text.slice(text.length - end)];
}

function push(pieces: Piece[], text: string, changed: boolean): void {
  if (text === '') return;
  const last = pieces.at(-1);
  if (last?.changed === changed) last.text += text;
  else pieces.push({ text, changed });
}

/** Lines that stand there, or how many equal ones are folded. */
export type Fold = { lines: DiffLine[]; from: number; folded: boolean };

/** Equal lines further than `context` from a difference are folded, where that spares more than the line it takes. */
export function foldSame(lines: readonly DiffLine[], context: number): Fold[] {
  const folds: Fold[] = [];
  let at = 0;
  while (at < lines.length) {
    const same = lines[at]?.kind === 'same';
    let end = at;
    while (end < lines.length && (lines[end]?.kind === 'same') === same) end += 1;
    if (!same) folds.push({ lines: lines.slice(at, end), from: at, folded: false });
    else {
      const first = at === 0 ? at : Math.min(end, at + context);
      const last = end === lines.length ? end : Math.max(first, end - context);
      if (last - first <= 2) folds.push({ lines: lines.slice(at, end), from: at, folded: false });
      else {
        if (first > at) folds.push({ lines: lines.slice(at, first), from: at, folded: false });
        folds.push({ lines: lines.slice(first, last), from: first, folded: true });
        if (end > last) folds.push({ lines: lines.slice(last, end), from: last, folded: false });
      }
    }
    at = end;
  }
  return folds;
}
