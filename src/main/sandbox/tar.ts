import { once } from 'node:events';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Extract, extract, type Header, type Pack, pack } from 'tar-stream';
import { SluiceError } from '../../shared/errors.js';

/** Kinds of entries that a repository consists of; devices, pipes and the like are none. */
const taken: Readonly<Record<string, Header['type']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'link',
};

export interface TarPlace {
  /** A folder that all names are put under; empty, or ending in a slash. */
  below: string;
  /** Absolute folder that the names are put into. */
  at: string;
  /** Whose everything becomes. */
  uid: number;
  gid: number;
}

/**
 * The same tar as it may be unpacked: names below the folder only, nothing through a link that the tar itself lays, no
 * devices, no setuid, all of one owner, the folders that are only in names of files too.
 * @throws SluiceError `sandbox_archive_refused` naming the entry
 */
export async function* safeTar(tar: AsyncIterable<Uint8Array>, place: TarPlace): AsyncGenerator<Uint8Array> {
  const entries = extract();
  const made = pack();
  const copying = copyEntries(entries, made, place);
  copying.catch((error: Error) => made.destroy(error));
  const reading = pipeline(Readable.from(tar), entries);
  reading.catch((error: Error) => made.destroy(error));
  try {
    yield* made as AsyncIterable<Uint8Array>;
  } finally {
    // Whoever reads no further ends what feeds it.
    entries.destroy();
    await Promise.allSettled([copying, reading]);
  }
}

async function copyEntries(entries: Extract, made: Pack, { below, at, uid, gid }: TarPlace): Promise<void> {
  const links = new Set<string>();
  const files = new Set<string>();
  const folders = new Set<string>();
  const addFolder = (name: string) => {
    if (folders.has(name)) return;
    folders.add(name);
    made.entry({ name: `${below}${name}/`, type: 'directory', mode: 0o755, uid, gid });
  };
  if (below !== '') made.entry({ name: below, type: 'directory', mode: 0o755, uid, gid });
  for await (const entry of entries) {
    const header = entry.header;
    const name = cleanName(header.name);
    const type = taken[header.type];
    if (type === undefined) throw refused(header.name, `is a ${header.type}`);
    if (throughLink(name, links)) throw refused(header.name, 'lies behind a link of the same archive');
    if (name === '') {
      if (type !== 'directory') throw refused(header.name, 'takes the place of the folder');
      entry.resume();
      continue;
    }
    for (const above of foldersAbove(name)) addFolder(above);
    if (type === 'directory') {
      addFolder(name);
      entry.resume();
      continue;
    }
    let linkname: string | undefined;
    if (type === 'symlink') {
      if (!header.linkname) throw refused(header.name, 'is a link to nothing');
      linkname = withinRoot(header.linkname, `${below}${name}`, at);
    } else if (type === 'link') {
      const target = cleanName(header.linkname);
      if (!files.has(target)) throw refused(header.name, 'is a hard link to what the archive does not hold');
      linkname = `${below}${target}`;
    }
    (type === 'symlink' ? links : files).add(name);
    (type === 'symlink' ? files : links).delete(name);
    await copyEntry(entry, made, {
      name: `${below}${name}`,
      type,
      size: type === 'file' ? header.size : 0,
      // What may be run stays so; setuid and the like go.
      mode: (header.mode & 0o111) === 0 ? 0o644 : 0o755,
      mtime: header.mtime,
      linkname,
      uid,
      gid,
    });
  }
  made.finalize();
}

async function copyEntry(
  entry: AsyncIterable<unknown> & { resume(): unknown },
  made: Pack,
  header: Partial<Header> & Pick<Header, 'name'>,
): Promise<void> {
  const written = Promise.withResolvers<void>();
  const out = made.entry(header, (error) => (error ? written.reject(error) : written.resolve()));
  if (header.type === 'file') for await (const chunk of entry) if (!out.write(chunk)) await once(out, 'drain');
  entry.resume();
  out.end(null);
  await written.promise;
}

/** @throws SluiceError `sandbox_archive_refused` for a name that leads out of the folder */
function cleanName(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.startsWith('/') || parts.includes('..') || name.includes('\0'))
    throw refused(name, 'leads out of the folder');
  return parts.join('/');
}

/**
 * Where a link leads. Engines refuse a whole tar for a link that climbs out of the folder it is laid into; the same place named from
 * the root they take, and it is the container's own all the same.
 */
function withinRoot(target: string, name: string, at: string): string {
  const place = posix.resolve(at, posix.dirname(name), target);
  return posix.isAbsolute(target) || place === at || place.startsWith(at === '/' ? at : `${at}/`) ? target : place;
}

function foldersAbove(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function throughLink(name: string, links: ReadonlySet<string>): boolean {
  return links.size > 0 && foldersAbove(name).some((above) => links.has(above));
}

function refused(name: string, why: string): SluiceError {
  return new SluiceError('sandbox_archive_refused', `The archive’s entry ${JSON.stringify(name)} ${why}.`, { name });
}
