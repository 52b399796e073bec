import { isSecret } from '../policy/entities.js';
import type { NameJudge } from '../policy/names.js';
import { sensitiveSpans } from '../policy/personal.js';
import { isStreetWord } from '../prose/street-words.js';
import type { DigitDetector, Span } from './types.js';
import { namesVendor } from './vendor-secret.js';

/** Longest line that is looked at as the head of a table, and most rows that go by it. */
const longestHead = 1024;
const mostRows = 10_000;
const fewestCells = 2;
const marks = [',', ';', '\t', '|'];

interface Head {
  mark: string;
  cells: string[];
  judged: boolean;
}

/** Also whether a column is worth reading: by the policy's names, or with a vendor's in it. */
interface ColumnJudge extends NameJudge {
  column(name: string): boolean;
}

interface Cell {
  start: number;
  end: number;
}

/**
 * Tables as CSV (RFC 4180; comma, semicolon, tab) and Markdown write them: a line of names, then rows of as many cells.
 * A cell is judged by its column's name, like the value under a key. Confidence 0.9, or that of the name.
 */
export function tableDetector(policyNames: NameJudge): DigitDetector {
  const answers = new Map<string, boolean>();
  const names: ColumnJudge = {
    ...policyNames,
    column(cell) {
      const before = answers.get(cell);
      if (before !== undefined) return before;
      const answer = policyNames.key(cell) !== null || policyNames.personal(cell) !== null || namesVendor(cell);
      if (answers.size >= 10_000) answers.clear();
      answers.set(cell, answer);
      return answer;
    },
  };
  return {
    id: 'column-name',
    entity: 'SECRET',
    digits: 0,
    context: true,
    find(text) {
      const spans: Span[] = [];
      let line = 0;
      while (line < text.length) {
        const end = lineEnd(text, line);
        const head = end < text.length && isNames(text, line, end) ? headOf(text, line, end, names) : null;
        line = head?.judged ? rows(text, end + 1, head, names, spans) : end + 1;
      }
      return spans;
    },
  };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** Names and separators alone; most lines of code and prose show at once that they are not. */
function isNames(text: string, start: number, end: number): boolean {
  // Code is indented with tabs; a head names its first column.
  if (end - start < 5 || end - start > longestHead || text.charCodeAt(start) === 9) return false;
  let marks = 0;
  let last = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 44 || code === 59 || code === 9 || code === 124) {
      marks++;
      last = at;
    } else if (!isNameCharacter(code)) return false;
  }
  // A comma at the end of a line of code parts nothing.
  return marks > 0 && (marks > 1 || last < end - 1);
}

/** Letters, digits, blanks, quotes, `_`, `-`, `.`, `#`, `*`, a carriage return, and whatever is not ASCII. */
function isNameCharacter(code: number): boolean {
  if (code > 127) return true;
  if ((code > 47 && code < 58) || ((code | 32) > 96 && (code | 32) < 123)) return true;
  return (
    code === 32 ||
    code === 34 ||
    code === 35 ||
    code === 39 ||
    code === 42 ||
    code === 45 ||
    code === 46 ||
    code === 95 ||
    code === 13
  );
}

function headOf(text: string, start: number, end: number, names: ColumnJudge): Head | null {
  const line = text.slice(start, end);
  const mark = marks.find((each) => line.includes(each)) as string;
  // No row below, no table: cheaper to see than what the names mean.
  if (!mayBeRow(text, end + 1, mark, fewestCells)) return null;
  const cells = cellsOf(line, 0, line.length, mark).map(({ start, end }) => line.slice(start, end));
  if (!mayBeRow(text, end + 1, mark, cells.length)) return null;
  // Markdown rules off its heads; a row of two cells is no head.
  if (mark === '|' && !/^\|? {0,2}:?-{2}/.test(text.slice(end + 1, end + 9))) return null;
  if (cells.length < fewestCells || cells.some((cell) => cell.length > 48)) return null;
  return { mark, cells, judged: cells.some((cell) => names.column(cell)) };
}

/** Whether the line at `from` has marks enough to be a row of so many cells. */
function mayBeRow(text: string, from: number, mark: string, cells: number): boolean {
  const end = lineEnd(text, from);
  let count = 0;
  for (let at = from; at < end && count < cells - 1; at++) if (text.startsWith(mark, at)) count++;
  return count >= cells - 1;
}

/** Reads rows until one has another number of cells; answers where the table ends. */
function rows(text: string, from: number, head: Head, names: NameJudge, spans: Span[]): number {
  let line = from;
  for (let row = 0; row < mostRows && line < text.length; row++) {
    const end = lineEnd(text, line);
    const cells = end - line > 65_536 ? [] : cellsOf(text, line, end, head.mark);
    if (cells.length !== head.cells.length) break;
    cells.forEach(({ start, end: stop }, index) => {
      const name = head.cells[index] as string;
      const value = text.slice(start, stop);
      for (const whole of sensitiveSpans(name, value, names, 'column-name')) {
        // A list of words has commas too: `username, password` and then two more.
        if (isSecret(whole.entity) && !/\d/.test(value)) continue;
        const { entity: found, confidence } = whole;
        // Below `Street` of a table about streets stand kerbs and lamps: an address has a number, or says what it is.
        if (found === 'ADDRESS' && !/\d/.test(value) && !value.split(/[\s.]/).some(isStreetWord)) continue;
        spans.push({ start: start + whole.start, end: start + whole.end, entity: found, confidence });
      }
    });
    line = end + 1;
  }
  return Math.max(line, from);
}

/** Cells of a line without their quotes and blanks; a Markdown row begins and ends with its mark. */
function cellsOf(text: string, start: number, end: number, mark: string): Cell[] {
  const cells: Cell[] = [];
  let at = start;
  let last = text.charCodeAt(end - 1) === 13 ? end - 1 : end;
  if (mark === '|') {
    while (at < last && text.charAt(at) === ' ') at++;
    if (text.charAt(at) === '|') at++;
    while (last > at && text.charAt(last - 1) === ' ') last--;
    if (text.charAt(last - 1) === '|') last--;
  }
  while (at <= last) {
    let stop: number;
    if (text.charAt(at) === '"') {
      stop = at + 1;
      while (stop < last && (text.charAt(stop) !== '"' || text.charAt(stop + 1) === '"'))
        stop += text.charAt(stop) === '"' ? 2 : 1;
      stop = Math.min(stop, last);
      cells.push({ start: at + 1, end: Math.max(at + 1, stop) });
      const next = text.indexOf(mark, stop);
      stop = next === -1 || next > last ? last : next;
    } else {
      const next = text.indexOf(mark, at);
      stop = next === -1 || next > last ? last : next;
      cells.push(trimmed(text, at, stop));
    }
    if (stop >= last) break;
    at = stop + 1;
    if (at === last) cells.push({ start: at, end: at });
    if (at >= last) break;
  }
  return cells;
}

function trimmed(text: string, start: number, end: number): Cell {
  let [from, to] = [start, end];
  while (from < to && /[ `*]/.test(text.charAt(from))) from++;
  while (to > from && /[ `*]/.test(text.charAt(to - 1))) to--;
  return { start: from, end: to };
}
