import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegular } from '../../../ground/regular-file.js';
import {
  blobHash,
  escapedName,
  type FileMode,
  type FileTree,
  fileTooLarge,
  fileTree,
  foldersAbove,
  gitFolderIn,
  historyStaysOut,
  LeftOutList,
  maxFileBytes,
  type ObjectFormat,
  pathProblem,
  quoted,
  SizeWatch,
  type TreeFile,
  unreadable,
  utf8Text,
} from './file-tree.js';

const atOnce = 16;

/** Paths below a folder, with the modes that git has for those it knows. */
export interface Listed {
  paths: ReadonlyMap<string, FileMode | undefined>;
  leftOut: LeftOutList;
  format: ObjectFormat;
}

/** The files of a folder as they are now. No link is followed, whether it leads out of the folder or not. */
export async function folderTree(root: string, listed?: Listed): Promise<FileTree> {
  const { paths, leftOut, format } = listed ?? (await walk(root));
  const folders = new Map<string, Promise<boolean>>();
  const isFolder = (path: string) => {
    let known = folders.get(path);
    if (known === undefined) {
      known = lstat(join(root, path)).then(
        (found) => found.isDirectory(),
        () => false,
      );
      folders.set(path, known);
    }
    return known;
  };
  const liesHere = async (path: string) => {
    for (const folder of foldersAbove(path)) if (!(await isFolder(folder))) return false;
    return true;
  };
  const size = new SizeWatch();
  const look = async ([path, known]: [string, FileMode | undefined]): Promise<TreeFile | null> => {
    const gitFolder = gitFolderIn(path);
    if (gitFolder !== null) leftOut.add(gitFolder, historyStaysOut);
    if (gitFolder !== null || !(await liesHere(path))) return null;
    const found = await lstat(join(root, path)).catch(() => null);
    // Git knows it, but it was deleted.
    if (found === null) return null;
    if (found.isDirectory()) leftOut.add(path, 'is a repository of its own');
    else if (!found.isFile() && !found.isSymbolicLink()) leftOut.add(path, 'is a pipe, a socket or a device');
    else {
      const problem = pathProblem(path);
      if (problem !== null) throw unreadable(`${quoted(path)}: ${problem}.`);
      const mode = found.isSymbolicLink() ? 'symlink' : modeOf(found.mode, known);
      size.add(found.size);
      if (found.size > maxFileBytes) {
        const hash = blobHash(format, Buffer.from(`${found.size} ${found.mtimeMs} ${found.ino}`));
        return { path, mode, size: found.size, hash };
      }
      const bytes = await readFile(root, path, mode);
      return { path, mode, size: bytes.length, hash: blobHash(format, bytes) };
    }
    return null;
  };
  const all = [...paths];
  const files: TreeFile[] = [];
  for (let at = 0; at < all.length; at += atOnce) {
    const looked = await Promise.all(all.slice(at, at + atOnce).map(look));
    files.push(...looked.filter((file) => file !== null));
  }
  return fileTree({ files, leftOut, format, bytes: ({ path, mode }) => readFile(root, path, mode) });
}

/** Where the file system knows no such bit, git's word counts. */
function modeOf(bits: number, known: FileMode | undefined): FileMode {
  if (process.platform === 'win32') return known === 'executable' ? 'executable' : 'file';
  return (bits & 0o100) === 0 ? 'file' : 'executable';
}

async function readFile(root: string, path: string, mode: FileMode): Promise<Uint8Array> {
  const place = join(root, path);
  try {
    if (mode === 'symlink') return await readlink(place, { encoding: 'buffer' });
    const file = await openRegular(place);
    try {
      // What was written meanwhile may have made it as large as the disk.
      if ((await file.stat()).size > maxFileBytes) throw fileTooLarge(path);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith('E') ? unreadable(`${quoted(path)}: ${code}.`, error) : error;
  }
}

/** All files below a folder but those of git. */
async function walk(root: string): Promise<Listed> {
  const paths = new Map<string, undefined>();
  const leftOut = new LeftOutList();
  const size = new SizeWatch();
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true, encoding: 'buffer' }).catch((error) => {
      throw unreadable(`${quoted(folder ?? '')}: ${(error as NodeJS.ErrnoException).code}.`, error);
    });
    for (const entry of entries) {
      const name = utf8Text(entry.name);
      const path = folder + (name ?? escapedName(entry.name));
      if (name === null) leftOut.add(path, 'its name is not UTF-8');
      else if (name.toLowerCase() === '.git') leftOut.add(path, historyStaysOut);
      else if (entry.isDirectory()) folders.push(`${path}/`);
      else {
        size.add(0);
        paths.set(path, undefined);
      }
    }
  }
  return { paths, leftOut, format: 'sha256' };
}
