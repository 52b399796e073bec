import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute } from 'node:path';
import { SluiceError } from '../../../../shared/errors.js';
import { archiveTree } from './archive.js';
import { type FileTree, quoted, unreadable } from './file-tree.js';
import { folderTree } from './folder.js';
import { gitPlaceOf, gitRepository } from './git-repository.js';
import { withLargeFiles } from './large-files.js';

/** A repository on this machine, open to be read. */
export interface LocalRepositoryHandle {
  kind: 'git' | 'folder' | 'archive';
  /** The last part of its path. */
  name: string;
  /**
   * A commit's full name, and when it was committed (seconds).
   * @throws `qa_commit_unknown`, also for what could be more than a name
   */
  commit(ref: string): Promise<{ commit: string; time: number }>;
  /** The state of a commit (full name); null: the working folder without what git ignores, or the archive. */
  tree(commit: string | null): Promise<FileTree>;
}

/**
 * Opens a clone (bare ones and further work folders too), a folder or an archive. All of it is hostile: nothing in it is run, no link
 * of it is followed.
 * @param path absolute; what it names may be a link
 * @throws `qa_repository_missing`, `qa_repository_unreadable`, `qa_git_missing`
 */
export async function openRepository(path: string): Promise<LocalRepositoryHandle> {
  if (!isAbsolute(path) || path.includes('\0'))
    throw new SluiceError('qa_repository_missing', `${quoted(path)} is no absolute path.`);
  const place = await realpath(path).catch((error) => {
    throw new SluiceError('qa_repository_missing', `There is nothing at ${quoted(path)}.`, undefined, { cause: error });
  });
  const found = await stat(place);
  const name = basename(path);
  if (found.isFile()) {
    let read: Promise<FileTree> | undefined;
    return {
      kind: 'archive',
      name: name.replace(/\.(?:tar(?:\.\w+)?|tgz|zip)$/i, ''),
      commit: (ref) => Promise.reject(noCommits(ref, 'An archive has no commits.')),
      tree(commit) {
        if (commit !== null) return Promise.reject(noCommits(commit, 'An archive has no commits.'));
        read ??= archiveTree(place).then((tree) => withLargeFiles(tree, null));
        return read;
      },
    };
  }
  if (!found.isDirectory()) throw unreadable(`${quoted(path)} is neither a folder nor a file.`);
  const gitPlace = await gitPlaceOf(place);
  if (gitPlace !== null) {
    const { commit, tree, ...clone } = await gitRepository(gitPlace);
    return {
      kind: 'git',
      name: name.replace(/\.git$/, ''),
      commit,
      tree: async (of) => withLargeFiles(await tree(of), clone.gitFolder),
    };
  }
  const above = await repositoryAbove(place);
  const why = above === null ? 'The folder is no clone of git.' : `The clone is the folder above, ${quoted(above)}.`;
  return {
    kind: 'folder',
    name,
    commit: (ref) => Promise.reject(noCommits(ref, why)),
    tree: async (commit) => {
      if (commit !== null) throw noCommits(commit, why);
      return withLargeFiles(await folderTree(place), null);
    },
  };
}

async function repositoryAbove(path: string): Promise<string | null> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((await gitPlaceOf(folder)) !== null) return folder;
    if (dirname(folder) === folder) return null;
  }
}

function noCommits(ref: string, why: string): SluiceError {
  return new SluiceError('qa_commit_unknown', `There is no commit ${quoted(ref)}. ${why}`, { ref });
}
