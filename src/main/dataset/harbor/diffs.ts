/** A change of one file that `git apply` takes. */
export interface FilePatch {
  file: string;
  /** Unified diff with its header, ended by LF. */
  patch: string;
}

/**
 * The files of a unified diff, each with a header of its own; `file` names the one of a diff that has hunks alone. Null where a hunk
 * is not whole: what was told of an edit for people to read is no patch.
 */
export function patchesIn(diff: string, file: string): FilePatch[] | null {
  const lines = diff.replaceAll('\r\n', '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const patches: FilePatch[] = [];
  let git: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as string;
    if (line.startsWith('diff --git ')) {
      if (git.length > 0 && !take(git, null, null)) return null;
      git = [line];
      at += 1;
      continue;
    }
    if (line.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ')) {
      const [before, after] = [pathOf(line), pathOf(lines[at + 1] as string)];
      const end = endOfHunks(lines, at + 2);
      if (end === null || !take(git, [before, after], lines.slice(at + 2, end))) return null;
      git = [];
      at = end;
      continue;
    }
    if (line.startsWith('@@') && git.length === 0) {
      const end = endOfHunks(lines, at);
      if (end === null || !take([], [file, file], lines.slice(at, end))) return null;
      at = end;
      continue;
    }
    // Lines of git's own header: modes, names, an index.
    if (git.length > 0) git.push(line);
    else if (line.trim() !== '' && !/^(?:index|Index:|=+$)/.test(line)) return null;
    at += 1;
  }
  if (git.length > 0 && !take(git, null, null)) return null;
  return patches.length === 0 ? null : patches;

  function take(header: string[], paths: [string, string] | null, hunks: string[] | null): boolean {
    const [before, after] = paths ?? [null, null];
    const named = after !== null && after !== '/dev/null' ? after : before;
    const path = named ?? /^diff --git a\/(\S+) b\//.exec(header[0] ?? '')?.[1];
    if (path === undefined || path === null || path === '/dev/null') return false;
    // Without hunks only what git says of modes and names is left; a binary file is no text.
    if (hunks === null && (header.some((each) => /^(?:Binary|GIT binary)/.test(each)) || header.length < 3))
      return false;
    const sides = before === null || after === null ? [] : [`--- ${sideOf(before, 'a')}`, `+++ ${sideOf(after, 'b')}`];
    patches.push({ file: path, patch: `${[...header, ...sides, ...(hunks ?? [])].join('\n')}\n` });
    return true;
  }
}

function pathOf(line: string): string {
  const path = (line.slice(4).split('\t', 1)[0] as string).trim();
  return path === '/dev/null' ? path : path.replace(/^[ab]\//, '');
}

function sideOf(path: string, side: 'a' | 'b'): string {
  return path === '/dev/null' ? path : `${side}/${path}`;
}

/** Where the hunks that begin at a line end; null where one has more or fewer lines than its head says. */
function endOfHunks(lines: readonly string[], from: number): number | null {
  let at = from;
  while (at < lines.length) {
    const head = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(lines[at] as string);
    if (head === null) break;
    let [before, after] = [Number(head[1] ?? 1), Number(head[2] ?? 1)];
    at += 1;
    while (before > 0 || after > 0) {
      const line = lines[at];
      if (line === undefined) return null;
      if (line.startsWith('-')) before -= 1;
      else if (line.startsWith('+')) after -= 1;
      else if (line.startsWith(' ') || line === '') {
        before -= 1;
        after -= 1;
      } else if (!line.startsWith('\\')) return null;
      at += 1;
    }
    if (before < 0 || after < 0) return null;
    while (lines[at]?.startsWith('\\')) at += 1;
  }
  return at === from ? null : at;
}

/** Whether a file is one of tests, by its name, as the common frameworks look for them. */
export const testFile =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing)\/|(?:^|\/)(?:test_[^/]*|conftest\.py|[^/]*(?:_test|_spec|\.test|\.spec|Tests?)\.[A-Za-z]+)$/;
