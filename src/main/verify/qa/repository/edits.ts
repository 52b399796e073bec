import { isAbsolute, posix } from 'node:path';
import type { EditsCompared } from '../../../../shared/model/index.js';
import { applyHunks, type Effort } from './apply-hunks.js';
import { changesBetween } from './changes.js';
import {
  blobHash,
  type FileMode,
  type FileTree,
  foldersAbove,
  gitFolderIn,
  maxFileBytes,
  pathProblem,
  quoted,
} from './file-tree.js';
import type { Changed } from './tar-of.js';
import { bytesText, type FileDiff, readDiff } from './unified-diff.js';

/** An edit as a trace tells it: the file that it names, and a unified diff. */
export interface Edit {
  path: string;
  diff: string;
}

export interface EditsApplied {
  /** Files that are otherwise than in the tree; null where one is gone. */
  files: Map<string, Changed>;
  unfit: { path: string; why: string }[];
}

const maxNamed = 500;
const maxDiffBytes = 16 * 1024 * 1024;
/** Lines that are compared to find the places of all edits of a trace. */
const maxCompared = 200_000_000;

/**
 * A state after edits, one after the other. An edit counts as a whole: one whose lines do not all stand there changes nothing, and is
 * named with the reason.
 * @throws what reading the tree throws
 */
export async function applyEdits(tree: FileTree, edits: readonly Edit[]): Promise<EditsApplied> {
  const files = new Map<string, Changed>();
  const unfit: EditsApplied['unfit'] = [];
  const root = rootOf(tree, edits);
  const effort: Effort = { left: maxCompared };
  for (const edit of edits) {
    const state = new State(tree, new Map(files), root);
    const why = await applyEdit(state, edit, effort);
    if (why === null) for (const [path, now] of state.files) files.set(path, now);
    else unfit.push({ path: state.nameOf(edit.path), why });
  }
  for (const [path, now] of files) if (now === null && tree.file(path) === undefined) files.delete(path);
  return { files, unfit };
}

/** How the edits that a trace tells, laid onto the state before, compare with the state after. Bytes and modes have to be the same. */
export async function compareEdits(before: FileTree, after: FileTree, edits: readonly Edit[]): Promise<EditsCompared> {
  if (edits.length === 0) return { result: 'none', detail: 'The trace tells no edits.', files: [] };
  const { files, unfit } = await applyEdits(before, edits);
  const states = new Map<string, EditsCompared['files'][number]['state']>();
  const changes = await changesBetween(before, after);
  for (const { path, from } of changes)
    for (const each of [path, from]) if (each !== undefined) states.set(each, 'only_after');
  for (const [path, now] of files) {
    const isChanged = states.has(path);
    const same = isSame(before, after, path, now);
    if (same) states.set(path, 'same');
    else states.set(path, isChanged ? 'differs' : 'only_edited');
  }
  for (const { path } of unfit) states.set(path, 'unfit');
  const all = [...states].map(([path, state]) => ({ path, state }));
  const others = all.filter(({ state }) => state !== 'same');
  const shown = (others.length > 0 ? [...others, ...all.filter(({ state }) => state === 'same')] : all).slice(
    0,
    maxNamed,
  );
  const result = unfit.length > 0 ? 'unfit' : others.length > 0 ? 'other' : 'same';
  const counted = `${all.length - others.length} of ${all.length} files are as after the change.`;
  const [first] = unfit;
  if (first === undefined) return { result, detail: counted, files: shown };
  const of = `${unfit.length} of ${edits.length} edits do not fit. ${quoted(first.path)}: ${first.why}.`;
  return { result, detail: `${of} ${counted}`, files: shown };
}

function isSame(before: FileTree, after: FileTree, path: string, now: Changed): boolean {
  const then = after.file(path);
  if (now === null || then === undefined) return now === null && then === undefined;
  const { mode, bytes } = now instanceof Uint8Array ? { mode: before.file(path)?.mode ?? 'file', bytes: now } : now;
  return then.mode === mode && then.hash === blobHash(after.format, bytes);
}

/** A tree with edits on it, while one more is laid. */
class State {
  readonly #tree: FileTree;
  readonly #root: string;
  readonly files: Map<string, Changed>;

  constructor(tree: FileTree, files: Map<string, Changed>, root: string) {
    this.#tree = tree;
    this.files = files;
    this.#root = root;
  }

  has(path: string): boolean {
    const now = this.files.get(path);
    return now === undefined ? this.#tree.file(path) !== undefined : now !== null;
  }

  /** Null where there is no such file. */
  async read(path: string): Promise<{ mode: FileMode; bytes: Uint8Array } | null> {
    const now = this.files.get(path);
    const mode = this.#tree.file(path)?.mode;
    if (now === undefined) return mode === undefined ? null : { mode, bytes: await this.#tree.read(path) };
    return now instanceof Uint8Array ? { mode: mode ?? 'file', bytes: now } : now;
  }

  /** A name as it is below the root. */
  nameOf(name: string): string {
    const path = name.replaceAll('\\', '/');
    const inside = this.#root !== '' && path.startsWith(this.#root) ? path.slice(this.#root.length) : path;
    return posix.normalize(inside).replace(/^\.\//, '');
  }
}

/** Lays one edit. Null where it fits, else why it does not. */
async function applyEdit(state: State, { path, diff }: Edit, effort: Effort): Promise<string | null> {
  if (diff.length > maxDiffBytes) return 'it is larger than 16 MB';
  const read = readDiff(diff);
  if (typeof read === 'string') return read;
  for (const each of read) {
    const why = await applyFile(state, each, read.length === 1 ? path : '', effort);
    if (why !== null) return why;
  }
  return null;
}

async function applyFile(state: State, diff: FileDiff, named: string, effort: Effort): Promise<string | null> {
  const before = pathIn(state, [diff.before, diff.after], named);
  const target = diff.status === 'renamed' || diff.status === 'copied' ? pathIn(state, [diff.after], '') : before;
  for (const path of [before, target]) {
    const problem = pathProblem(path) ?? (gitFolderIn(path) === null ? null : 'it is git’s own');
    if (problem !== null) return problem;
  }
  const found = await state.read(before);
  // A diff without context that names both sides begins so too where it adds to the top of a file.
  const addsToTop = diff.before !== null && found !== null;
  const isNew = diff.status === 'added' || (diff.hunks[0]?.start === 0 && !addsToTop);
  if (isNew && found !== null && found.bytes.length > 0) return 'the file is there already';
  if (!isNew && found === null) return 'there is no such file';
  if (target !== before && state.has(target)) return 'a file of its new name is there already';
  if (isBelowFile(state, target)) return 'a file stands where its folder would be';
  const applied = applyHunks(bytesText(found?.bytes ?? new Uint8Array()), diff.hunks, effort);
  if (typeof applied === 'string') return applied;
  if (diff.status === 'deleted') {
    if (applied.text !== '' && diff.hunks.length > 0) return 'more stands in the file than what is taken out';
    state.files.set(before, null);
    return null;
  }
  const bytes = Buffer.from(applied.text, 'latin1');
  if (bytes.length > maxFileBytes) return 'the file becomes too large';
  const mode = diff.mode ?? found?.mode ?? 'file';
  if (diff.status === 'renamed') state.files.set(before, null);
  state.files.set(target, { mode, bytes });
  return null;
}

function isBelowFile(state: State, path: string): boolean {
  return foldersAbove(path).some((folder) => state.has(folder));
}

/**
 * Which file names mean: the first way to read one that is there; else (a new file) what the edit names, or the first name. `a/` and
 * `b/`, and what git writes in their place, may be there or not.
 */
function pathIn(state: State, names: readonly (string | null)[], named: string): string {
  const told = names.filter((name) => name !== null).map((name) => Buffer.from(name, 'latin1').toString());
  const readings = told.flatMap((name) => {
    const bare = name.replace(/^[abciow]\//, '');
    return bare === name ? [name] : [bare, name];
  });
  const paths = (named === '' ? readings : [...readings, named]).map((name) => state.nameOf(name));
  const own = named === '' ? undefined : state.nameOf(named);
  return paths.find((path) => state.has(path)) ?? own ?? paths[0] ?? '';
}

/** The folder, with its slash, that absolute names of edits lie below: the one that makes most of them names of the tree. */
function rootOf(tree: FileTree, edits: readonly Edit[]): string {
  const counts = new Map<string, number>();
  for (const { path } of edits) {
    const name = path.replaceAll('\\', '/');
    if (!isAbsolute(name) && !/^[A-Za-z]:\//.test(name)) continue;
    for (let at = name.indexOf('/'); at !== -1; at = name.indexOf('/', at + 1)) {
      if (tree.file(name.slice(at + 1)) === undefined) continue;
      const root = name.slice(0, at + 1);
      counts.set(root, (counts.get(root) ?? 0) + 1);
      break;
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
