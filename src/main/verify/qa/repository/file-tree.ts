import { createHash } from 'node:crypto';
import { SluiceError } from '../../../../shared/errors.js';

/** What one state of a repository may have, files and bytes, and bytes of one file: more than forges take. */
const maxFiles = 200_000;
const maxTotalBytes = 4 * 1024 ** 3;
export const maxFileBytes = 128 * 1024 * 1024;
const maxNamed = 1000;

/** How a repository names what it holds. */
export type ObjectFormat = 'sha1' | 'sha256';
export type FileMode = 'file' | 'executable' | 'symlink';

export interface TreeFile {
  /** Below the root, parts joined by `/`. */
  path: string;
  mode: FileMode;
  /** Bytes; of a link, of where it leads. */
  size: number;
  /** What git would call these bytes; of a folder's file that is too large to be read, something else. */
  hash: string;
}

interface LeftOut {
  path: string;
  reason: string;
}

/** One state of a repository; nothing of `.git` is in it. */
export interface FileTree {
  /** By the bytes of their paths, as git sorts them. */
  files(): readonly TreeFile[];
  file(path: string): TreeFile | undefined;
  /** What is not among the files (repositories within, names that are not UTF-8, pipes), and why. */
  left_out: readonly LeftOut[];
  /** Files of which only git LFS's pointer is here: what it stands for is kept elsewhere. */
  pointers: readonly string[];
  /** A file's bytes; of a link, where it leads. @throws `not_found`, `qa_file_too_large`, `qa_repository_changed` */
  read(path: string): Promise<Uint8Array>;
  /** Hash over paths, modes and bytes. */
  id: string;
  format: ObjectFormat;
}

/** What a kind of repository found: `bytes` reads one of its files. */
interface Found {
  files: TreeFile[];
  leftOut: LeftOutList;
  format: ObjectFormat;
  pointers?: readonly string[];
  bytes(file: TreeFile): Promise<Uint8Array>;
}

/** What is left out, as far as it is worth naming. */
export class LeftOutList {
  readonly #named: Map<string, string>;
  #more = 0;

  constructor(named: readonly LeftOut[] = []) {
    this.#named = new Map(named.map(({ path, reason }) => [path, reason]));
  }

  add(path: string, reason: string): void {
    if (this.#named.has(path) || this.#named.size < maxNamed) this.#named.set(path, reason);
    else this.#more++;
  }

  all(): readonly LeftOut[] {
    const named = [...this.#named].map(([path, reason]) => ({ path, reason })).sort(byPathBytes);
    return this.#more === 0 ? named : [...named, { path: '…', reason: `and ${this.#more} more` }];
  }
}

/** @throws `qa_repository_unreadable` where two files have one place */
export function fileTree({ files, leftOut, format, pointers = [], bytes }: Found): FileTree {
  const size = new SizeWatch();
  for (const file of files) size.add(file.size);
  files.sort(byPathBytes);
  const byPath = new Map(files.map((file) => [file.path, file]));
  if (byPath.size !== files.length) throw unreadable('It names a file twice.');
  for (const { path } of files) {
    for (const folder of foldersAbove(path))
      if (byPath.has(folder)) throw unreadable(`${quoted(folder)} is a file, and ${quoted(path)} lies below it.`);
  }
  const id = createHash('sha256');
  for (const { path, mode, hash } of files) id.update(`${mode} ${hash} ${path}\0`);
  return {
    files: () => files,
    file: (path) => byPath.get(path),
    left_out: leftOut.all(),
    pointers,
    async read(path) {
      const file = byPath.get(path);
      if (file === undefined) throw new SluiceError('not_found', `The repository has no file ${quoted(path)}.`);
      if (file.size > maxFileBytes) throw fileTooLarge(path);
      const found = await bytes(file);
      if (blobHash(format, found) === file.hash) return found;
      throw new SluiceError('qa_repository_changed', `${quoted(path)} is no longer what it was when it was looked at.`);
    },
    id: id.digest('hex'),
    format,
  };
}

/** The name that git gives to bytes. */
export function blobHash(format: ObjectFormat, bytes: Uint8Array): string {
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Why a path cannot be one of a file in a repository; null where it can. */
export function pathProblem(path: string): string | null {
  if (path === '' || path.length > 4096) return 'its name is empty or too long';
  if (path.startsWith('/') || path.includes('\0')) return 'its name leads out of the repository';
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'its name leads out of the repository';
  return null;
}

/** The part of a path that is a repository's own folder of git, where it leads into one. */
export function gitFolderIn(path: string): string | null {
  const parts = path.split('/');
  const at = parts.findIndex((part) => part.toLowerCase() === '.git');
  return at === -1 ? null : parts.slice(0, at + 1).join('/');
}

export const historyStaysOut = 'history and settings of git stay out';

/** Text of bytes that are UTF-8; null where they are not. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A name that is not UTF-8, with its bytes as escapes. */
export function escapedName(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

export function byPathBytes(a: { path: string }, b: { path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}

export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

/** As an error may show it: bounded, without control characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

export function unreadable(why: string, cause?: unknown): SluiceError {
  return new SluiceError('qa_repository_unreadable', `The repository cannot be read. ${why}`, undefined, { cause });
}

/** Counts files and their bytes. @throws `qa_repository_too_large` */
export class SizeWatch {
  #files = 0;
  #bytes = 0;

  add(bytes: number): void {
    this.#files++;
    this.#bytes += bytes;
    if (this.#files > maxFiles)
      throw new SluiceError('qa_repository_too_large', `The repository has more than ${maxFiles} files.`);
    if (this.#bytes > maxTotalBytes)
      throw new SluiceError('qa_repository_too_large', `The repository has more than ${maxTotalBytes / 1024 ** 3} GB.`);
  }
}

export function fileTooLarge(path: string): SluiceError {
  const most = maxFileBytes / 1024 / 1024;
  return new SluiceError('qa_file_too_large', `${quoted(path)} is larger than ${most} MB.`, { path });
}
