import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileTree } from '../../../../src/main/verify/qa/repository/file-tree.js';
import { openRepository } from '../../../../src/main/verify/qa/repository/open.js';
import { type TarOptions, tarOf } from '../../../../src/main/verify/qa/repository/tar-of.js';
import { commitAll, gitIn, makeRepository, tarEntries, write } from '../../../support/repositories.js';

const folder = mkdtempSync(join(tmpdir(), 'tar-of-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mtime = 1_700_000_000;

async function unpack(tree: FileTree, name: string, options: Omit<TarOptions, 'mtime'>): Promise<string> {
  const place = join(folder, name);
  mkdirSync(place);
  await pipeline(Readable.from(tarOf(tree, { mtime, ...options })), createWriteStream(`${place}.tar`));
  execFileSync('tar', ['-xf', `${place}.tar`, '-C', place]);
  return place;
}

async function hashOf(tree: FileTree, options: Omit<TarOptions, 'mtime'>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of tarOf(tree, { mtime, ...options })) hash.update(chunk);
  return hash.digest('hex');
}

const source = join(folder, 'source');
makeRepository(source);
write(source, {
  'a.txt': 'one\n',
  'crlf.txt': 'x\r\ny\r\n',
  'empty.txt': '',
  'same.txt': 'one\n',
  'a-b/x.txt': '1',
  'a/y.txt': '2',
  'a.b/z.txt': '3',
  'ü/ß.txt': 'umlauts',
  [`${'long/'.repeat(40)}file.txt`]: 'deep',
  'bytes.bin': Uint8Array.from({ length: 256 }, (_, n) => n),
  '.gitignore': 'ignored\n',
});
write(source, { 'run.sh': '#!/bin/sh\n' });
execFileSync('chmod', ['755', join(source, 'run.sh')]);
symlinkSync('a.txt', join(source, 'link'));
symlinkSync('/nowhere/else', join(source, 'out'));
const secret = 'a secret of later';
const base = commitAll(source);
write(source, { 'a.txt': secret, 'later.txt': secret });
const fix = commitAll(source, 'the fix');
gitIn(source, 'tag', 'v2');
gitIn(source, 'branch', 'other');

describe('a tar of a state', () => {
  it('unpacks to what git checks out, and is the same each time', async () => {
    const tree = await (await openRepository(source)).tree(base);
    const place = await unpack(tree, 'plain', { commit: false });
    const checkedOut = join(folder, 'checked-out');
    gitIn(source, 'worktree', 'add', '--quiet', checkedOut, base);
    expect(execFileSync('diff', ['-r', '--no-dereference', '--exclude=.git', place, checkedOut]).toString()).toBe('');
    for (const commit of [true, false]) expect(await hashOf(tree, { commit })).toBe(await hashOf(tree, { commit }));
    const entries = await tarEntries(tarOf(tree, { mtime, commit: false }));
    expect(new Set(entries.map(({ header }) => header.mtime?.getTime()))).toEqual(new Set([mtime * 1000]));
    expect(entries.find(({ header }) => header.name === 'run.sh')?.header.mode).toBe(0o755);
    expect(entries.find(({ header }) => header.name === 'out')?.header).toMatchObject({
      type: 'symlink',
      linkname: '/nowhere/else',
    });
  });

  it('with other files in the place of some, and without some', async () => {
    const tree = await (await openRepository(source)).tree(base);
    const changed = new Map<string, Uint8Array | null | { mode: 'executable'; bytes: Uint8Array }>([
      ['run.sh', Buffer.from('other')],
      ['crlf.txt', null],
      ['new/file.txt', Buffer.from('new')],
      ['new/tool', { mode: 'executable', bytes: Buffer.from('tool') }],
    ]);
    const options = { changed, leaveOut: (path: string) => path.startsWith('a-b/'), commit: true };
    const entries = await tarEntries(tarOf(tree, { mtime, ...options }));
    const find = (name: string) => entries.find(({ header }) => header.name === name);
    expect(find('run.sh')).toMatchObject({ header: { mode: 0o755 }, bytes: Buffer.from('other') });
    expect(find('new/tool')?.header.mode).toBe(0o755);
    expect(find('new/file.txt')?.header.mode).toBe(0o644);
    expect(find('crlf.txt')).toBeUndefined();
    expect(find('a-b/x.txt')).toBeUndefined();
    const place = await unpack(tree, 'changed', options);
    expect(gitIn(place, 'status', '--porcelain')).toBe('');
    expect(gitIn(place, 'ls-files')).not.toContain('crlf.txt');
    expect(gitIn(place, 'show', 'HEAD:new/file.txt')).toBe('new');
  });

  it('its repository has one commit of exactly that state, and git finds nothing amiss', async () => {
    const tree = await (await openRepository(source)).tree(base);
    const place = await unpack(tree, 'one-commit', { commit: true });
    expect(gitIn(place, 'fsck', '--strict', '--full')).toBe('');
    expect(gitIn(place, 'status', '--porcelain', '--ignored')).toBe('');
    expect(gitIn(place, 'rev-list', '--all', '--count')).toBe('1');
    // The same tree as the commit that it was made of.
    expect(gitIn(place, 'rev-parse', 'HEAD^{tree}')).toBe(gitIn(source, 'rev-parse', `${base}^{tree}`));
    expect(gitIn(place, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    // Tools may go on from it.
    write(place, { 'a.txt': 'more' });
    expect(gitIn(place, 'status', '--porcelain')).toBe('M a.txt');
    commitAll(place, 'more');
    expect(gitIn(place, 'fsck', '--strict')).toBe('');
  });

  it('of more than one file of objects, also where files are the same', async () => {
    const large = join(folder, 'large');
    mkdirSync(large);
    const noise = () => randomBytes(20 * 1024 * 1024);
    const twice = noise();
    write(large, { a: twice, b: noise(), c: twice, d: noise(), 'e/f': 'x' });
    const place = await unpack(await (await openRepository(large)).tree(null), 'packs', { commit: true });
    const packs = readdirSync(join(place, '.git/objects/pack'));
    expect(packs.filter((name) => name.endsWith('.pack'))).toHaveLength(2);
    expect(gitIn(place, 'fsck', '--strict', '--full')).toBe('');
    expect(gitIn(place, 'status', '--porcelain')).toBe('');
    for (const name of packs.filter((each) => each.endsWith('.idx')))
      gitIn(place, 'verify-pack', join('.git/objects/pack', name));
  });

  it('an empty state, and the state of a repository that names by SHA-256', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const place = await unpack(await (await openRepository(empty)).tree(null), 'empty-state', { commit: true });
    expect(gitIn(place, 'ls-tree', '-r', 'HEAD')).toBe('');
    const other = join(folder, 'sha256');
    makeRepository(other, '--object-format=sha256');
    write(other, { 'a/b.txt': 'x' });
    const commit = commitAll(other);
    const own = await unpack(await (await openRepository(other)).tree(commit), 'sha256-state', { commit: true });
    expect(gitIn(own, 'fsck', '--strict')).toBe('');
    expect(gitIn(own, 'status', '--porcelain')).toBe('');
  });
});

describe('history after the commit', () => {
  it.each([true, false])(
    'no object, ref, reflog or text of it is in the tar (a commit of its own: %s)',
    async (commit) => {
      const tree = await (await openRepository(source)).tree(base);
      const place = await unpack(tree, `history-${commit}`, { commit });
      const names = execFileSync('find', ['.'], { cwd: place }).toString().split('\n');
      const later = gitIn(source, 'rev-list', '--objects', '--all', `^${base}`)
        .split('\n')
        .map((line) => line.slice(0, 40));
      expect(later.length).toBeGreaterThan(2);
      for (const hash of [...later, base])
        expect(names).not.toContain(`./.git/objects/${hash.slice(0, 2)}/${hash.slice(2)}`);
      expect(names.filter((name) => /logs|packed|v2|other|later|ORIG_HEAD|FETCH_HEAD/.test(name))).toEqual([]);
      if (commit) {
        expect(gitIn(place, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
        for (const hash of later) expect(() => gitIn(place, 'cat-file', '-e', hash)).toThrow();
        expect(() => gitIn(place, 'cat-file', '-e', fix)).toThrow();
        const objects = gitIn(place, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n');
        expect(objects).toHaveLength(gitIn(place, 'rev-list', '--objects', 'HEAD').split('\n').length);
      } else expect(names).not.toContain('./.git');
      const bytes = await tarEntries(tarOf(tree, { mtime, commit }));
      expect(bytes.some((entry) => entry.bytes.includes(secret))).toBe(false);
    },
  );

  it('nor of a working folder, whose repository knows all of it', async () => {
    const tree = await (await openRepository(source)).tree(null);
    const place = await unpack(tree, 'of-working-folder', { commit: true });
    expect(readdirSync(join(place, '.git')).sort()).toEqual(['HEAD', 'config', 'index', 'objects', 'refs']);
    expect(gitIn(place, 'log', '--all', '--format=%an %s')).toBe('Sluice State under test');
  });
});

it('a file that is too large is named, and nothing is left running', async () => {
  const place = join(folder, 'huge');
  mkdirSync(place);
  write(place, { 'huge.bin': '' });
  truncateSync(join(place, 'huge.bin'), 200 * 1024 * 1024);
  const tree = await (await openRepository(place)).tree(null);
  await expect(hashOf(tree, { commit: false })).rejects.toMatchObject({ code: 'qa_file_too_large' });
  expect(await tarEntries(tarOf(tree, { mtime, commit: false, leaveOut: () => true }))).toEqual([]);
});

it('whoever reads no further ends it', async () => {
  const tree = await (await openRepository(source)).tree(base);
  for await (const chunk of tarOf(tree, { mtime, commit: true })) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
});
