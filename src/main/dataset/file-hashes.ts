import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream } from 'node:fs';
import { openRegular } from '../ground/regular-file.js';

interface FileHashes {
  bytes: number;
  sha256: string;
  /** As git names its content. */
  git_oid: string;
  /** Of the file as it was opened; see `stampOf`. */
  stamp: string;
}

/** Hashes of a regular file's content. Throws as `openRegular` does. */
export async function fileHashes(path: string): Promise<FileHashes> {
  const file = await openRegular(path);
  try {
    const stats = await file.stat({ bigint: true });
    const sha256 = createHash('sha256');
    const git = createHash('sha1').update(`blob ${stats.size}\0`);
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      sha256.update(chunk as Buffer);
      git.update(chunk as Buffer);
    }
    return {
      bytes: Number(stats.size),
      sha256: sha256.digest('hex'),
      git_oid: git.digest('hex'),
      stamp: stampOf(stats),
    };
  } finally {
    await file.close();
  }
}

/** SHA-256 of a file's content, hexadecimal. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Another one after every change of a file, and of one put in its place. */
export function stampOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs].join('-');
}
