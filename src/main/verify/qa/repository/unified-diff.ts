import type { FileMode } from './file-tree.js';

/**
 * Unified diffs as agents and tools tell them. All text is one character a byte (`bytesText`), so that what is not UTF-8, and either
 * kind of line end, goes through as it is.
 */

export interface Hunk {
  /** The first line before the change, from 1; null where its head has no numbers. */
  start: number | null;
  lines: { side: ' ' | '-' | '+'; text: string }[];
  /** The last line of a side has no line end. */
  openEnd: { before: boolean; after: boolean };
}

export interface FileDiff {
  /** Names as they stand in the diff, without a prefix taken off; null where it names none (`/dev/null` on that side). */
  before: string | null;
  after: string | null;
  status: 'modified' | 'added' | 'deleted' | 'renamed' | 'copied';
  mode: FileMode | null;
  hunks: Hunk[];
}

/** One character a byte. */
export function bytesText(bytes: Uint8Array | string): string {
  return Buffer.from(bytes as string).toString('latin1');
}

const headPattern = /^@@(?: -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))?)? @@|^@@(?! -\d)/;
const fileModes: Readonly<Record<string, FileMode>> = { '100755': 'executable', '100644': 'file', '120000': 'symlink' };

/** The files of a diff; a string says why it is none. A diff of hunks alone gives one file without names. */
export function readDiff(diff: string): FileDiff[] | string {
  const lines = linesOf(bytesText(diff));
  const files: FileDiff[] = [];
  let file: FileDiff | null = null;
  /** It began with a head of git's own: its names come again. */
  let expectsNames = false;
  const begin = (before: string | null, after: string | null): FileDiff => {
    const begun: FileDiff = { before, after, status: 'modified', mode: null, hunks: [] };
    files.push(begun);
    return begun;
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line.startsWith('diff --git ')) {
      const [before, after] = namesInHead(line);
      file = begin(before, after);
      expectsNames = true;
    } else if (isNames(lines, at)) {
      const [before, after] = [nameIn(line), nameIn(lines[at + 1] as string)];
      if (!expectsNames || file === null) file = begin(before, after);
      else if (file.status !== 'renamed' && file.status !== 'copied') Object.assign(file, { before, after });
      if (before === null) file.status = 'added';
      if (after === null) file.status = 'deleted';
      expectsNames = false;
      at++;
    } else if (line.startsWith('@@@')) return 'it is a diff of a merge';
    else if (headPattern.test(line)) {
      file ??= begin(null, null);
      const read = readHunk(lines, at);
      if (typeof read === 'string') return read;
      file.hunks.push(read.hunk);
      at = read.last;
      expectsNames = false;
    } else if (/^(?:GIT binary patch|Binary files )/.test(line)) return 'it is of a binary file';
    else if (file !== null && expectsNames) readGitHead(line, file);
    else if (/^[ +-]/.test(line) && file !== null && file.hunks.length > 0 && !/^-- ?$/.test(line))
      return 'a hunk has more lines than its head says';
  }
  const told = files.filter(({ hunks, status, mode }) => hunks.length > 0 || status !== 'modified' || mode !== null);
  return told.length === 0 ? 'it is no unified diff' : told;
}

/** Lines without their ends; of a diff that was sent with CR LF all through, without that. A fence around it goes. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const sent = lines.length > 1 && lines.every((line) => line.endsWith('\r'));
  const plain = sent ? lines.map((line) => line.slice(0, -1)) : lines;
  if (/^\s*```/.test(plain[0] ?? '')) {
    plain.shift();
    if (/^```\s*$/.test(plain.at(-1) ?? '')) plain.pop();
  }
  return plain;
}

function isNames(lines: readonly string[], at: number): boolean {
  return (lines[at] as string).startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ');
}

/** A name behind `--- ` or `+++ `, without the time that may follow; null: no file on that side. */
function nameIn(line: string): string | null {
  const name = unquoted((line.slice(4).split('\t', 1)[0] as string).trim());
  return name === '/dev/null' ? null : name;
}

/** The names of `diff --git a/x b/x`; of different ones the lines that follow tell. */
function namesInHead(line: string): [string | null, string | null] {
  const rest = line.slice('diff --git '.length).trim();
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(rest);
  if (quoted !== null) return [unquoted(quoted[1] as string), unquoted(quoted[2] as string)];
  const half = (rest.length - 1) / 2;
  return Number.isInteger(half) && rest[half] === ' ' ? [rest.slice(0, half), rest.slice(half + 1)] : [null, null];
}

/** A name as git quotes it, with escapes of C. */
function unquoted(name: string): string {
  if (!/^".*"$/.test(name)) return name;
  const signs: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  return name
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, sign: string) =>
      sign.length === 3 ? String.fromCharCode(Number.parseInt(sign, 8) & 0xff) : (signs[sign] ?? sign),
    );
}

/** A line of git's own head: what became of a file, and its mode. */
function readGitHead(line: string, file: FileDiff): void {
  const [, what, rest = ''] =
    /^(new file mode|deleted file mode|new mode|rename from|rename to|copy from|copy to) (.*)$/.exec(line) ?? [];
  if (what === 'new file mode') file.status = 'added';
  if (what === 'deleted file mode') file.status = 'deleted';
  if (what === 'new file mode' || what === 'new mode') file.mode = fileModes[rest] ?? null;
  if (what === 'rename from' || what === 'copy from') {
    file.status = what === 'rename from' ? 'renamed' : 'copied';
    file.before = unquoted(rest);
  }
  if (what === 'rename to' || what === 'copy to') file.after = unquoted(rest);
}

/** The hunk whose head stands at a line, and its last line; a string says why it is none. */
function readHunk(lines: readonly string[], from: number): { hunk: Hunk; last: number } | string {
  const [, start, linesBefore, , linesAfter] = headPattern.exec(lines[from] as string) ?? [];
  const hunk: Hunk = {
    start: start === undefined ? null : Number(start),
    lines: [],
    openEnd: { before: false, after: false },
  };
  // Without numbers it goes on as long as its lines look like some.
  const counted = start !== undefined;
  let before = counted ? Number(linesBefore ?? 1) : Number.POSITIVE_INFINITY;
  let after = counted ? Number(linesAfter ?? 1) : Number.POSITIVE_INFINITY;
  let at = from + 1;
  for (; before > 0 || after > 0; at++) {
    const line = lines[at];
    if (line === undefined) break;
    if (!counted && (/^(?:@@|diff )/.test(line) || isNames(lines, at))) break;
    const side = line === '' || line === '\r' ? ' ' : line[0];
    if (side === '\\') markOpenEnd(hunk);
    else if (side === ' ' || side === '-' || side === '+') {
      if (side !== '+') before--;
      if (side !== '-') after--;
      if (before < 0 || after < 0) return 'a hunk has more lines than its head says';
      hunk.lines.push({ side, text: line.slice(line === '\r' ? 0 : 1) });
    } else if (counted) return 'a hunk has fewer lines than its head says';
    else break;
  }
  if (counted && before !== after) return 'a hunk has fewer lines than its head says';
  // Empty lines at the end of a diff are often trimmed: they count as such, and have to be there.
  for (; counted && before > 0; before--) hunk.lines.push({ side: ' ', text: '' });
  while (lines[at]?.startsWith('\\')) {
    markOpenEnd(hunk);
    at++;
  }
  if (!hunk.lines.some(({ side }) => side !== ' ')) return 'a hunk changes nothing';
  return { hunk, last: at - 1 };
}

/** `\ No newline at end of file`: of the line before it. */
function markOpenEnd({ lines, openEnd }: Hunk): void {
  const side = lines.at(-1)?.side;
  if (side !== '+') openEnd.before = true;
  if (side !== '-') openEnd.after = true;
}
