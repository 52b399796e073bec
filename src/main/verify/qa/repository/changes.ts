import type { FileChange } from '../edited-tests.js';
import { type FileTree, type TreeFile, utf8Text } from './file-tree.js';

/** Bytes up to which a file's text is told, and all texts together. */
const maxTextBytes = 1024 * 1024;
const maxAllBytes = 64 * 1024 * 1024;

/** The files that differ between two states, with their text where it is text of at most 1 MB. A file that has the bytes of one that is gone was renamed. */
export async function changesBetween(before: FileTree, after: FileTree): Promise<FileChange[]> {
  const gone = before.files().filter(({ path }) => after.file(path) === undefined);
  const come = after.files().filter(({ path }) => before.file(path) === undefined);
  const renamedFrom = renames(gone, come);
  const renamed = new Set([...renamedFrom.values()].map(({ path }) => path));
  const text = textReader();
  const changes: FileChange[] = [];
  for (const file of before.files()) {
    const now = after.file(file.path);
    if (now === undefined) {
      if (!renamed.has(file.path))
        changes.push({ path: file.path, status: 'deleted', before: await text(before, file), after: null });
    } else if (!(await areSame(before, file, after, now))) {
      const texts = { before: await text(before, file), after: await text(after, now) };
      changes.push({ path: file.path, status: 'modified', ...texts });
    }
  }
  for (const file of come) {
    const from = renamedFrom.get(file.path);
    const now = await text(after, file);
    if (from === undefined) changes.push({ path: file.path, status: 'added', before: null, after: now });
    else changes.push({ path: file.path, from: from.path, status: 'renamed', before: now, after: now });
  }
  return changes;
}

/** Whether a file is the same on both sides: its bytes, and what it is. @throws what reading throws */
export async function areSame(before: FileTree, file: TreeFile, after: FileTree, now: TreeFile): Promise<boolean> {
  if (file.mode !== now.mode || file.size !== now.size) return false;
  if (before.format === after.format) return file.hash === now.hash;
  return Buffer.compare(await before.read(file.path), await after.read(now.path)) === 0;
}

/** By the path after it: the file that has gone and had the same bytes; one of the same name first. */
function renames(gone: readonly TreeFile[], come: readonly TreeFile[]): Map<string, TreeFile> {
  const byHash = Map.groupBy(
    gone.filter(({ size }) => size > 0),
    ({ hash, mode }) => `${mode} ${hash}`,
  );
  const found = new Map<string, TreeFile>();
  for (const { path, hash, mode } of come) {
    const candidates = byHash.get(`${mode} ${hash}`) ?? [];
    const sameName = candidates.findIndex((each) => lastPart(each.path) === lastPart(path));
    const [from] = candidates.splice(Math.max(0, sameName), 1);
    if (from !== undefined) found.set(path, from);
  }
  return found;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function textReader(): (tree: FileTree, file: TreeFile) => Promise<string | null> {
  let left = maxAllBytes;
  return async (tree, { path, size }) => {
    if (size > maxTextBytes || size > left) return null;
    left -= size;
    const text = utf8Text(await tree.read(path));
    return text === null || text.includes('\0') ? null : text;
  };
}
