import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createGzip, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../../../src/main/verify/qa/repository/open.js';
import { commitAll, gitIn, makeRepository, write } from '../../../support/repositories.js';

const folder = mkdtempSync(join(tmpdir(), 'archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Entry = Partial<Header> & { name: string; content?: string | Uint8Array };

async function tarBytes(...entries: Entry[]): Promise<Buffer> {
  const made = pack();
  for (const { content, ...header } of entries) made.entry(header as Header, Buffer.from((content ?? '') as string));
  made.finalize();
  return Buffer.concat(await Readable.from(made as AsyncIterable<Uint8Array>).toArray());
}

let count = 0;
function archive(bytes: Uint8Array, name = `a${++count}.tar`) {
  writeFileSync(join(folder, name), bytes);
  return openRepository(join(folder, name));
}
/** A file of a zip; what is given beside its content is what its directory says instead. */
interface Zipped {
  name: string;
  content?: string | Uint8Array;
  mode?: number;
  method?: number;
  flags?: number;
  size?: number;
  crc?: number;
}

function zipBytes(...entries: Zipped[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content = '', mode = 0o100644, method = 8, flags = 0, ...said } of entries) {
    const bytes = Buffer.from(content as string);
    const packed = method === 8 ? deflateRawSync(bytes) : method === 93 ? zstdCompressSync(bytes) : bytes;
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(flags, 2);
    about.writeUInt16LE(method, 4);
    about.writeUInt32LE(said.crc ?? crc32(bytes), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(said.size ?? bytes.length, 18);
    about.writeUInt16LE(Buffer.byteLength(name), 22);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), about, Buffer.from(name), packed]);
    const behind = Buffer.alloc(14);
    behind.writeUInt32LE((mode << 16) >>> 0, 6);
    behind.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), about, behind, Buffer.from(name));
    parts.push(file);
    at += file.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end]);
}
const zipTree = async (...entries: Zipped[]) => (await archive(zipBytes(...entries), `z${++count}.zip`)).tree(null);
const treeOf = async (...entries: Entry[]) => (await archive(await tarBytes(...entries))).tree(null);
const paths = (tree: { files(): readonly { path: string }[] }) => tree.files().map(({ path }) => path);

describe('archives', () => {
  const source = join(folder, 'source');
  makeRepository(source);
  const long = `${'long-name/'.repeat(30)}ä.txt`;
  write(source, { 'a.txt': 'a', 'dir/run.sh': '#!', [long]: 'deep', 'big.bin': 'x'.repeat(3_000_000) });
  execFileSync('chmod', ['755', join(source, 'dir/run.sh')]);
  symlinkSync('../a.txt', join(source, 'dir/link'));
  const commit = commitAll(source);

  it('tar, gzip, zstd and zip, by git, GNU tar with its own .git, in a folder or not: the same state', async () => {
    const tar = (...words: string[]) => execFileSync('tar', words, { cwd: folder, maxBuffer: 1e9 });
    const plain = execFileSync('git', ['-C', source, 'archive', '--format=tar', commit], { maxBuffer: 1e9 });
    const below = execFileSync('git', ['-C', source, 'archive', '--format=tar', '--prefix=source-1.0/', commit], {
      maxBuffer: 1e9,
    });
    const zipped = execFileSync('git', ['-C', source, 'archive', '--format=zip', '--prefix=s/', commit], {
      maxBuffer: 1e9,
    });
    const ids = new Set<string>();
    for (const bytes of [
      plain,
      below,
      zipped,
      gzipSync(below),
      zstdCompressSync(below),
      tar('-cf', '-', '--format=gnu', 'source'),
      tar('-cf', '-', '--format=posix', '-C', 'source', '.'),
      tar('-czf', '-', '--exclude=.git', 'source'),
    ]) {
      const repository = await archive(bytes);
      expect(repository.kind).toBe('archive');
      const tree = await repository.tree(null);
      ids.add(tree.id);
      expect(tree.file('dir/run.sh')?.mode).toBe('executable');
      expect(Buffer.from(await tree.read('dir/link')).toString()).toBe('../a.txt');
      expect(Buffer.from(await tree.read(long)).toString()).toBe('deep');
      expect((await tree.read('big.bin')).length).toBe(3_000_000);
    }
    expect(ids.size).toBe(1);
    // The same files as a folder are the same state.
    rmSync(join(folder, 'copy'), { recursive: true, force: true });
    gitIn(source, 'worktree', 'add', '--quiet', join(folder, 'copy'));
    rmSync(join(folder, 'copy/.git'));
    expect((await (await openRepository(join(folder, 'copy'))).tree(null)).id).toBe([...ids][0]);
  });

  it('has no commits, and is called without its ending', async () => {
    const repository = await archive(await tarBytes({ name: 'a', content: 'x' }), 'thing-1.0.tar.gz');
    expect(repository.name).toBe('thing-1.0');
    await expect(repository.commit('main')).rejects.toMatchObject({ code: 'qa_commit_unknown' });
    await expect(repository.tree('a'.repeat(40))).rejects.toMatchObject({ code: 'qa_commit_unknown' });
  });

  it('the last entry of a name counts; a hard link is the file that it names', async () => {
    const tree = await treeOf(
      { name: 'a', content: 'old' },
      { name: 'a', content: 'new' },
      { name: 'b', type: 'link', linkname: 'a' },
    );
    expect(Buffer.from(await tree.read('a')).toString()).toBe('new');
    expect(Buffer.from(await tree.read('b')).toString()).toBe('new');
  });

  it('leaves out by name what is no file, what leads out and what is git’s', async () => {
    const tree = await treeOf(
      { name: './', type: 'directory' },
      { name: 'a', content: 'x' },
      { name: '.git/config', content: '[core]' },
      { name: 'sub/.GIT/HEAD', content: 'ref' },
      { name: 'pipe', type: 'fifo' },
      { name: 'disk', type: 'block-device' },
      { name: 'passwd', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'dir/up', type: 'symlink', linkname: '../../x' },
      { name: 'dir/in', type: 'symlink', linkname: '../a' },
    );
    expect(paths(tree)).toEqual(['a', 'dir/in']);
    expect(tree.left_out).toEqual([
      { path: '.git', reason: 'history and settings of git stay out' },
      { path: 'dir/up', reason: 'is a link that leads out of the archive' },
      { path: 'disk', reason: 'is a pipe or a device' },
      { path: 'passwd', reason: 'is a link that leads out of the archive' },
      { path: 'pipe', reason: 'is a pipe or a device' },
      { path: 'sub/.GIT', reason: 'history and settings of git stay out' },
    ]);
  });
});

it('a zip’s entries are what a tar’s are: stored, deflated, by zstd, links, folders, what is left out', async () => {
  const tree = await zipTree(
    { name: 'p/', mode: 0o40755, method: 0 },
    { name: 'p/a', content: 'x'.repeat(9000) },
    { name: 'p/b', content: 'stored', method: 0, mode: 0o100755 },
    { name: 'p/c', content: 'new', method: 93 },
    { name: 'p/in', content: 'a', mode: 0o120777 },
    { name: 'p/out', content: '../../etc/passwd', mode: 0o120777 },
    { name: 'p/.git/config', content: '[core]' },
    { name: 'p/pipe', mode: 0o10644 },
  );
  expect(tree.files().map(({ path, mode }) => `${path} ${mode}`)).toEqual([
    'a file',
    'b executable',
    'c file',
    'in symlink',
  ]);
  expect(Buffer.from(await tree.read('c')).toString()).toBe('new');
  expect(tree.left_out.map(({ path }) => path)).toEqual(['out', 'p/.git', 'p/pipe']);
  expect((await zipTree()).files()).toEqual([]);
});

describe('hostile zips are refused', () => {
  it.each([
    ['a name that climbs', { name: '../a', content: 'x' }],
    ['an absolute name', { name: '/etc/cron.d/x', content: 'x' }],
    ['an encrypted file', { name: 'a', content: 'x', flags: 1 }],
    ['an unknown way to pack', { name: 'a', content: 'x', method: 12 }],
    ['more than is said', { name: 'a', content: 'x'.repeat(1e6), size: 10 }],
    ['less than is said', { name: 'a', content: 'x', size: 10 }],
    ['another sum', { name: 'a', content: 'x', crc: 1 }],
    ['a link to what is too long', { name: 'a', content: 'x'.repeat(5000), mode: 0o120777 }],
  ])('%s', async (_, entry) => {
    await expect(zipTree(entry)).rejects.toMatchObject({ code: 'qa_archive_refused' });
  });

  it('bombs by what they say, before anything is unpacked; cut ones; directories that lead nowhere', async () => {
    // 4 GB in all, of which nothing is there.
    const bomb = zipTree({ name: 'a', content: 'x'.repeat(20) }, { name: 'b', content: 'x', size: 0xfffffff0 });
    await expect(bomb).rejects.toMatchObject({ code: 'qa_repository_too_large' });
    const whole = zipBytes({ name: 'a', content: 'x'.repeat(500), method: 0 }, { name: 'b', content: 'y' });
    const lost = Buffer.from(whole);
    lost.writeUInt32LE(0xfffffff, whole.length - 6);
    for (const bytes of [whole.subarray(0, 300), whole.subarray(0, whole.length - 1), lost])
      await expect((await archive(bytes)).tree(null)).rejects.toMatchObject({ code: 'qa_repository_unreadable' });
  });
});

describe('hostile archives are refused', () => {
  it.each([
    ['a name that climbs', [{ name: '../a', content: 'x' }]],
    ['a name that climbs within', [{ name: 'a/../../b', content: 'x' }]],
    ['an absolute name', [{ name: '/etc/cron.d/x', content: 'x' }]],
    ['a name with a drive', [{ name: 'C:\\x', content: 'x' }]],
    ['a hard link out', [{ name: 'a', type: 'link' as const, linkname: '/etc/passwd' }]],
    ['a hard link that climbs', [{ name: 'a', type: 'link' as const, linkname: '../../etc/passwd' }]],
    ['a hard link to nothing', [{ name: 'a', type: 'link' as const, linkname: 'b' }]],
    ['a file in the place of the repository', [{ name: './', type: 'file' as const, content: 'x' }]],
  ])('%s', async (_, entries) => {
    await expect(treeOf(...entries)).rejects.toMatchObject({ code: 'qa_archive_refused' });
  });

  it('files behind a link of the same archive', async () => {
    const entries = [
      { name: 'x', content: 'x' },
      { name: 'a', type: 'symlink' as const, linkname: 'x' },
      { name: 'a/b', content: 'x' },
    ];
    await expect(treeOf(...entries)).rejects.toMatchObject({ code: 'qa_repository_unreadable' });
  });

  it('cut anywhere, also between two files; damaged; no tar at all; empty', async () => {
    const whole = await tarBytes({ name: 'a', content: 'x'.repeat(2000) }, { name: 'b', content: 'y'.repeat(600) });
    const packed = gzipSync(whole);
    const damaged = Buffer.from(packed);
    damaged.fill(0, packed.length >> 1, (packed.length >> 1) + 8);
    const cuts = [100, 512, 600, 2560, 3072, 4096, whole.length - 1024];
    for (const bytes of [
      ...cuts.map((size) => whole.subarray(0, size)),
      packed.subarray(0, packed.length - 20),
      zstdCompressSync(whole).subarray(0, 60),
      damaged,
      Buffer.from('this is no archive'),
      Buffer.from('PK\x03\x04'.padEnd(2000, 'x')),
      Buffer.alloc(0),
    ])
      await expect((await archive(bytes)).tree(null)).rejects.toMatchObject({ code: 'qa_repository_unreadable' });
  });

  it('bombs: of bytes, of files, of names', async () => {
    // 7 GB of zeros in a file, as far as its head says.
    const head = (await tarBytes({ name: 'zeros', content: '' })).subarray(0, 512);
    head.write(`${(7 * 1024 ** 3).toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    head.fill(' ', 148, 156);
    const sum = head.reduce((all, byte) => all + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    const bomb = join(folder, 'bomb.tar.gz');
    const zeros = Buffer.alloc(1024 * 1024);
    await pipeline(
      Readable.from(
        (function* () {
          yield head;
          for (let n = 0; n < 64; n++) yield zeros;
        })(),
      ),
      createGzip({ level: 1 }),
      createWriteStream(bomb),
    );
    await expect((await openRepository(bomb)).tree(null)).rejects.toMatchObject({ code: 'qa_repository_too_large' });
    // 64 MB of a name, which a reader would hold whole.
    const name = await tarBytes({ name: 'x', pax: { path: 'n'.repeat(64 * 1024 * 1024) }, content: 'x' });
    await expect((await archive(gzipSync(name, { level: 1 }))).tree(null)).rejects.toMatchObject({
      code: 'qa_repository_unreadable',
    });
    const one = (await tarBytes({ name: 'd/', type: 'directory' })).subarray(0, 512);
    const many = Buffer.concat([...Array.from({ length: 200_100 }, () => one), Buffer.alloc(1024)]);
    await expect((await archive(gzipSync(many, { level: 1 }))).tree(null)).rejects.toMatchObject({
      code: 'qa_repository_too_large',
    });
  });
});

it('nothing of an archive stays on the disk', async () => {
  const tree = await treeOf({ name: 'a', content: 'x' });
  expect(Buffer.from(await tree.read('a')).toString()).toBe('x');
  const left = execFileSync('sh', ['-c', `ls ${tmpdir()} | grep ^sluice-spool- || true`]).toString();
  expect(left).toBe('');
  expect(readFileSync(join(folder, `a${count}.tar`)).length).toBeGreaterThan(0);
});
