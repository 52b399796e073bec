import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { pipeline, Writable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import { SluiceError } from '../../../../shared/errors.js';
import { openRegular } from '../../../ground/regular-file.js';
import { type ArchiveHeader, refused, type TakeEntry } from './archive-entry.js';
import {
  type FileMode,
  type FileTree,
  fileTree,
  gitFolderIn,
  historyStaysOut,
  LeftOutList,
  pathProblem,
  SizeWatch,
  type TreeFile,
  unreadable,
} from './file-tree.js';
import { Spool } from './spool.js';
import { isZip, readZip } from './zip.js';

/** Bytes that may go by without a file coming of them: names, padding. */
const maxBetween = 8 * 1024 * 1024;

type Entry = TreeFile & { from: number };

/**
 * The files of a zip, or of a tar as it is or packed by gzip or zstd. Where all of it lies in one folder, that folder is the repository.
 * @throws `qa_archive_refused` naming the entry, `qa_repository_unreadable` for one that is cut or neither
 */
export async function archiveTree(path: string): Promise<FileTree> {
  const leftOut = new LeftOutList();
  const spool = new Spool();
  const entries = new Map<string, Entry>();
  const size = new SizeWatch();
  let rooted = false;

  async function take(header: ArchiveHeader, body: AsyncIterable<Uint8Array>): Promise<void> {
    const name = nameOf(header.name);
    if (header.type === 'directory') {
      size.add(0);
      rooted ||= name === '';
      return;
    }
    if (name === '') throw refused(header.name, 'takes the place of the repository');
    const problem = pathProblem(name);
    if (problem !== null) throw refused(header.name, `cannot be: ${problem}`);
    const gitFolder = gitFolderIn(name);
    if (gitFolder !== null) leftOut.add(gitFolder, historyStaysOut);
    else if (name.includes('\ufffd')) leftOut.add(name, 'its name is not UTF-8');
    else if (header.type === 'symlink') {
      const leads = header.linkname ?? '';
      if (leads === '') throw refused(header.name, 'is a link to nothing');
      await keep(name, 'symlink', Buffer.byteLength(leads), [Buffer.from(leads)]);
    } else if (header.type === 'link') {
      const target = entries.get(nameOf(header.linkname ?? ''));
      if (target === undefined) throw refused(header.name, 'is a hard link to what the archive does not hold');
      size.add(target.size);
      entries.set(name, { ...target, path: name });
    } else if (header.type === 'file' || header.type === 'contiguous-file') {
      await keep(name, (header.mode & 0o111) === 0 ? 'file' : 'executable', header.size, body);
    } else leftOut.add(name, 'is a pipe or a device');
  }

  async function keep(
    name: string,
    mode: FileMode,
    bytes: number,
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    size.add(bytes);
    const from = spool.size;
    const hash = createHash('sha256').update(`blob ${bytes}\0`);
    for await (const chunk of body) {
      hash.update(chunk);
      spool.add(chunk);
    }
    // An archive may name a file again: the last one counts, as when it is unpacked.
    entries.set(name, { path: name, mode, size: bytes, hash: hash.digest('hex'), from });
  }

  const file = await openRegular(path);
  try {
    const head = (await file.read(Buffer.alloc(6), 0, 6, 0)).buffer;
    await (isZip(head) ? readZip(file, take) : readTar(file, head.toString('hex'), take));
  } finally {
    await file.close();
  }
  const from = new Map<string, number>();
  const folder = rooted ? '' : commonFolder([...entries.keys()]);
  const files: TreeFile[] = [];
  for (const { from: at, ...entry } of entries.values()) {
    const file = { ...entry, path: entry.path.slice(folder.length) };
    if (file.mode === 'symlink' && leadsOut(file.path, Buffer.from(await spool.read(at, file.size)).toString()))
      leftOut.add(file.path, 'is a link that leads out of the archive');
    else files.push(file);
    from.set(file.path, at);
  }
  return fileTree({
    files,
    leftOut,
    format: 'sha256',
    bytes: ({ path: place, size: bytes }) => spool.read(from.get(place) ?? 0, bytes),
  });
}

function leadsOut(path: string, leads: string): boolean {
  const target = posix.join(posix.dirname(path), leads);
  return leads.startsWith('/') || target === '..' || target.startsWith('../');
}

/** Gives each entry of a tar with its bytes, in its order. */
async function readTar(file: FileHandle, magic: string, take: TakeEntry): Promise<void> {
  const entries = extract();
  let between = 0;
  let ending = Buffer.alloc(0);
  const watched = new Writable({
    write(chunk: Buffer, _encoding, done) {
      between += chunk.length;
      ending = Buffer.concat([ending, chunk]).subarray(-1024);
      if (between > maxBetween) done(unreadable('Its names take more than 8 MB, or it is no tar.'));
      else if (entries.write(chunk)) done();
      else entries.once('drain', done);
    },
    final(done) {
      entries.end(null);
      done();
    },
    destroy(error, done) {
      entries.destroy(error);
      done(error);
    },
  });
  const unpack = magic.startsWith('1f8b')
    ? [createGunzip()]
    : magic.startsWith('28b52ffd')
      ? [createZstdDecompress()]
      : [];
  const reading = Promise.withResolvers<void>();
  const streams = [
    file.createReadStream({ start: 0, highWaterMark: 256 * 1024, autoClose: false }),
    ...unpack,
    watched,
  ];
  pipeline(streams, (error) => (error ? reading.reject(error) : reading.resolve()));
  reading.promise.catch(() => {});
  try {
    for await (const entry of entries) {
      between = 0;
      await take(
        entry.header,
        seen(entry, () => {
          between = 0;
        }),
      );
      entry.resume();
    }
    await reading.promise;
  } catch (error) {
    watched.destroy();
    await reading.promise.catch(() => {});
    if (error instanceof SluiceError) throw error;
    throw unreadable('It is no archive that is read (.tar, .tar.gz, .tar.zst, .zip), or it is cut or damaged.', error);
  }
  // Its end is marked: what was cut between two files has none.
  if (ending.length < 1024 || ending.some((byte) => byte !== 0))
    throw unreadable('The archive is cut: its end is missing.');
}

async function* seen(body: AsyncIterable<unknown>, tell: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    tell();
    yield chunk as Uint8Array;
  }
}

/** @throws `qa_archive_refused` for a name that leads out */
function nameOf(name: string): string {
  if (name.startsWith('/') || /^[a-z]:[\\/]/i.test(name)) throw refused(name, 'has an absolute name');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw refused(name, 'leads out of the archive');
  return parts.join('/');
}

/** The folder that all paths lie in, with its slash; empty where there is none. */
function commonFolder(paths: readonly string[]): string {
  const first = paths[0] ?? '';
  const folder = first.slice(0, first.indexOf('/') + 1);
  return paths.every((path) => path.startsWith(folder)) ? folder : '';
}
