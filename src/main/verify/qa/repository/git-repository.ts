import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../../../shared/errors.js';
import {
  escapedName,
  type FileMode,
  type FileTree,
  fileTree,
  gitFolderIn,
  historyStaysOut,
  LeftOutList,
  maxFileBytes,
  type ObjectFormat,
  pathProblem,
  quoted,
  type TreeFile,
  unreadable,
  utf8Text,
} from './file-tree.js';
import { folderTree } from './folder.js';
import { type GitPlace, git } from './git.js';
import { GitObjects } from './git-objects.js';

const modes: Readonly<Record<string, FileMode>> = { '100755': 'executable', '120000': 'symlink' };
const submodule = '160000';
const isSubmodule = 'is a repository of its own (a submodule)';
const maxCommitBytes = 4 * 1024 * 1024;
const maxCandidates = 20;

export interface GitRepository {
  commit(ref: string): Promise<{ commit: string; time: number }>;
  /** What a commit holds, or (null) the working folder without what is ignored. */
  tree(commit: string | null): Promise<FileTree>;
  /** Where git keeps what all of its work folders share. */
  gitFolder(): Promise<string>;
}

/** Where git keeps a clone's objects; null where the folder is no clone. */
export async function gitPlaceOf(path: string): Promise<GitPlace | null> {
  if ((await lstat(join(path, '.git')).catch(() => null)) !== null)
    return { gitFolder: join(path, '.git'), workFolder: path };
  const isBare = await Promise.all([
    stat(join(path, 'HEAD')).then((found) => found.isFile()),
    stat(join(path, 'objects')).then((found) => found.isDirectory()),
    stat(join(path, 'refs')).then((found) => found.isDirectory()),
  ]).catch(() => [false]);
  return isBare.every(Boolean) ? { gitFolder: path, workFolder: null } : null;
}

/** @throws `qa_repository_unreadable`, `qa_git_missing` */
export async function gitRepository(place: GitPlace): Promise<GitRepository> {
  const said = (await git(place, 'rev-parse', '--show-object-format', '--is-shallow-repository')).toString('latin1');
  const [format, shallow] = said.split('\n');
  if (format !== 'sha1' && format !== 'sha256') throw unreadable(`It names objects by ${quoted(format ?? '')}.`);
  const objects = new GitObjects(place);

  return {
    async commit(ref) {
      assertRef(ref);
      const found = await commitNamed(place, objects, ref);
      if (found === null) throw unknownCommit(ref, shallow === 'true' ? 'The clone is shallow.' : '');
      return { commit: found.name, time: timeOf(found.bytes) };
    },
    tree: (commit) => (commit === null ? workingTree(place, format) : committedTree(place, objects, format, commit)),
    async gitFolder() {
      const told = await git(place, 'rev-parse', '--path-format=absolute', '--git-common-dir');
      return told.toString().replace(/\n$/, '');
    },
  };
}

/**
 * Words that name a commit: a hash, a branch, a tag, each with `~n` and `^n`. Nothing that could be an option, nor git's ways to search
 * through history or to say where somebody was before.
 */
function assertRef(ref: string): void {
  const named = /^(.+?)(?:[~^]\d{0,6})*$/s.exec(ref)?.[1] ?? '';
  const unfit =
    ref.length > 256 ||
    named === '' ||
    /^[-./]|[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|[./]$/u.test(named) ||
    named.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (unfit) throw unknownCommit(ref, 'It is no name of a commit.');
}

function unknownCommit(ref: string, why: string): SluiceError {
  return new SluiceError('qa_commit_unknown', `The repository has no commit ${quoted(ref)}. ${why}`.trim(), { ref });
}

async function commitNamed(place: GitPlace, objects: GitObjects, ref: string) {
  const [, hex = '', behind = ''] = /^([0-9a-f]{4,64})([~^].*)?$/i.exec(ref) ?? [];
  // A tag that is called like the beginning of a hash is not what somebody meant who wrote one.
  if (hex !== '') {
    const names = (await git(place, 'rev-parse', `--disambiguate=${hex.toLowerCase()}`)).toString('latin1');
    const found = new Map<string, Buffer>();
    for (const name of names.split('\n').filter(Boolean).slice(0, maxCandidates)) {
      const commit = await objects.get(`${name}^{commit}`, maxCommitBytes);
      if (commit !== null) found.set(commit.name, commit.bytes);
    }
    const [first, second] = found.keys();
    if (second !== undefined) throw unknownCommit(ref, 'Several commits begin so.');
    if (first !== undefined) return objects.get(`${first}${behind}^{commit}`, maxCommitBytes);
  }
  return objects.get(`${ref}^{commit}`, maxCommitBytes);
}

/** When it was committed, in seconds. */
function timeOf(commit: Buffer): number {
  const seconds = Number(/^committer .*> (\d{1,12}) [+-]\d{4}$/m.exec(commit.toString('latin1'))?.[1]);
  return Number.isSafeInteger(seconds) ? seconds : 0;
}

async function committedTree(
  place: GitPlace,
  objects: GitObjects,
  format: ObjectFormat,
  commit: string,
): Promise<FileTree> {
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) throw unknownCommit(commit, 'It is no full name of one.');
  if ((await objects.get(`${commit}^{commit}`, maxCommitBytes)) === null) throw unknownCommit(commit, '');
  const listed = await git(place, 'ls-tree', '-r', '-l', '-z', '--full-tree', commit);
  const leftOut = new LeftOutList();
  const files: TreeFile[] = [];
  for (const line of partsOf(listed)) {
    const tab = line.indexOf(9);
    const [mode = '', , hash = '', bytes = ''] = line.toString('latin1', 0, tab).split(/ +/);
    const name = line.subarray(tab + 1);
    const path = utf8Text(name);
    if (mode === submodule) leftOut.add(path ?? escapedName(name), isSubmodule);
    else if (path === null) leftOut.add(escapedName(name), 'its name is not UTF-8');
    else {
      const problem = pathProblem(path);
      if (problem !== null) throw unreadable(`${quoted(path)}: ${problem}.`);
      const gitFolder = gitFolderIn(path);
      if (gitFolder !== null) leftOut.add(gitFolder, historyStaysOut);
      else if (!/^\d+$/.test(bytes)) throw notHere(path);
      else files.push({ path, mode: modes[mode] ?? 'file', size: Number(bytes), hash });
    }
  }
  return fileTree({
    files,
    leftOut,
    format,
    async bytes({ path, hash }) {
      const object = await objects.get(hash, maxFileBytes);
      if (object === null) throw notHere(path);
      return object.bytes;
    },
  });
}

function notHere(path: string): SluiceError {
  return unreadable(`The clone does not hold ${quoted(path)}: it is a partial one, or damaged.`);
}

async function workingTree(place: GitPlace, format: ObjectFormat): Promise<FileTree> {
  const { workFolder } = place;
  if (workFolder === null)
    throw new SluiceError('qa_commit_unknown', 'A bare clone has no working folder: its commits have to be named.');
  const leftOut = new LeftOutList();
  const paths = new Map<string, FileMode | undefined>();
  const add = (name: Buffer, mode?: FileMode) => {
    const path = utf8Text(name);
    if (path === null) leftOut.add(escapedName(name), 'its name is not UTF-8');
    // A folder that git does not look into.
    else if (path.endsWith('/')) leftOut.add(path.slice(0, -1), 'is a repository of its own');
    else paths.set(path, mode);
  };
  for (const line of partsOf(await git(place, 'ls-files', '--stage', '-z'))) {
    const tab = line.indexOf(9);
    const mode = line.toString('latin1', 0, 6);
    const name = line.subarray(tab + 1);
    if (mode === submodule) leftOut.add(utf8Text(name) ?? escapedName(name), isSubmodule);
    else add(name, modes[mode] ?? 'file');
  }
  for (const name of partsOf(await git(place, 'ls-files', '--others', '--exclude-standard', '-z'))) add(name);
  return folderTree(workFolder, { paths, leftOut, format });
}

/** What stands between bytes of zero. */
function* partsOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    yield bytes.subarray(at, end === -1 ? bytes.length : end);
    at = end === -1 ? bytes.length : end + 1;
  }
}
