import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegular } from '../../../ground/regular-file.js';
import { blobHash, type FileTree, fileTree, LeftOutList, maxFileBytes, type TreeFile } from './file-tree.js';

/** What git LFS writes in a file's place (its specification 1): fewer bytes than this. */
const longestPointer = 1024;
const largestAttributes = 256 * 1024;

interface Pointer {
  oid: string;
  size: number;
}

/**
 * A state of a repository with what git LFS keeps beside it: a pointer whose content lies in the clone's own folder of LFS is that content,
 * any other is named. Nothing is fetched.
 * @param gitFolder null where there is no clone
 */
export async function withLargeFiles(tree: FileTree, gitFolder: (() => Promise<string>) | null): Promise<FileTree> {
  if (!(await usesLfs(tree))) return tree;
  const kept = gitFolder === null ? null : await objectsIn(await gitFolder());
  const contents = new Map<string, Pointer>();
  const pointers: string[] = [];
  const files: TreeFile[] = [];
  for (const file of tree.files()) {
    const pointer =
      file.mode !== 'symlink' && file.size < longestPointer ? pointerIn(await tree.read(file.path)) : null;
    const bytes = pointer === null || kept === null ? null : await contentOf(kept, pointer);
    if (pointer !== null && bytes === null) pointers.push(file.path);
    if (pointer === null || bytes === null) files.push(file);
    else {
      contents.set(file.path, pointer);
      files.push({ ...file, size: bytes.length, hash: blobHash(tree.format, bytes) });
    }
  }
  return fileTree({
    files,
    leftOut: new LeftOutList(tree.left_out),
    format: tree.format,
    pointers,
    async bytes({ path }) {
      const pointer = contents.get(path);
      // Bytes that are gone meanwhile are found to be others than were looked at.
      return pointer === undefined ? tree.read(path) : ((await contentOf(kept as string, pointer)) ?? new Uint8Array());
    },
  });
}

/** Only a repository that names files for LFS is looked through. */
async function usesLfs(tree: FileTree): Promise<boolean> {
  for (const { path, mode, size } of tree.files()) {
    if (mode === 'symlink' || size > largestAttributes || !/(?:^|\/)\.gitattributes$/.test(path)) continue;
    if (/\bfilter=lfs\b/.test(Buffer.from(await tree.read(path)).toString('latin1'))) return true;
  }
  return false;
}

function pointerIn(bytes: Uint8Array): Pointer | null {
  const text = Buffer.from(bytes).toString('latin1');
  if (!text.startsWith('version https://git-lfs.github.com/spec/v1\n')) return null;
  const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = Number(/^size (\d{1,15})$/m.exec(text)?.[1] ?? Number.NaN);
  return oid === undefined || Number.isNaN(size) ? null : { oid, size };
}

/** LFS's folder in that of git; null where there is none, or a link leads elsewhere. */
async function objectsIn(gitFolder: string): Promise<string | null> {
  const places = [join(gitFolder, 'lfs'), join(gitFolder, 'lfs/objects')];
  for (const place of places) if (!(await isFolder(place))) return null;
  return places[1] as string;
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** What a pointer stands for; null where it is not here, is not what it is called by, or is too large to be tested. */
async function contentOf(objects: string, { oid, size }: Pointer): Promise<Uint8Array | null> {
  if (size > maxFileBytes) return null;
  const folders = [join(objects, oid.slice(0, 2)), join(objects, oid.slice(0, 2), oid.slice(2, 4))];
  for (const folder of folders) if (!(await isFolder(folder))) return null;
  const bytes = await bytesAt(join(folders[1] as string, oid), size).catch(() => null);
  return bytes !== null && createHash('sha256').update(bytes).digest('hex') === oid ? bytes : null;
}

async function bytesAt(path: string, size: number): Promise<Uint8Array | null> {
  const file = await openRegular(path);
  try {
    return (await file.stat()).size === size ? await file.readFile() : null;
  } finally {
    await file.close();
  }
}
