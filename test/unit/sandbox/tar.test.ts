import { buffer } from 'node:stream/consumers';
import { extract, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { safeTar } from '../../../src/main/sandbox/tar.js';
import { tarOf } from '../../support/sandboxes.js';

type Entries = Parameters<typeof tarOf>[0];
type Read = Pick<Header, 'name' | 'type' | 'mode' | 'uid' | 'gid' | 'linkname'> & { text: string };

async function through(entries: Entries, below = ''): Promise<Read[]> {
  const reader = extract();
  const bytes = await buffer(safeTar(tarOf(entries), { below, at: '/work/repo', uid: 1000, gid: 1000 }));
  reader.end(bytes);
  const read: Read[] = [];
  for await (const entry of reader) {
    const { name, type, mode, uid, gid, linkname } = entry.header;
    read.push({ name, type, mode, uid, gid, linkname, text: (await buffer(entry)).toString() });
  }
  return read;
}

describe('safeTar', () => {
  it('keeps files, folders and links, of one owner, and makes the folders that only names mention', async () => {
    const read = await through([
      { name: './', type: 'directory' },
      ['src/deep/main.py', 'print(1)'],
      { name: './run.sh', mode: 0o4755, uid: 0, text: '#!/bin/sh' },
      { name: 'latest', type: 'symlink', linkname: '../anywhere' },
      { name: 'copy.py', type: 'link', linkname: 'src/deep/main.py' },
      { name: `long/${'x'.repeat(200)}`, text: 'long' },
    ]);
    expect(read.map(({ name, type, mode }) => [name, type, mode])).toEqual([
      ['src/', 'directory', 0o755],
      ['src/deep/', 'directory', 0o755],
      ['src/deep/main.py', 'file', 0o644],
      ['run.sh', 'file', 0o755],
      ['latest', 'symlink', 0o644],
      ['copy.py', 'link', 0o644],
      ['long/', 'directory', 0o755],
      [`long/${'x'.repeat(200)}`, 'file', 0o644],
    ]);
    expect(new Set(read.map(({ uid, gid }) => `${uid}:${gid}`))).toEqual(new Set(['1000:1000']));
    expect(read.find(({ name }) => name === 'src/deep/main.py')?.text).toBe('print(1)');
  });

  it('names from the root what a link has outside of the folder: engines take no tar with one that climbs', async () => {
    const links = {
      out: '../anywhere',
      'src/far': '../../../../etc',
      within: 'src/deep',
      'src/up': '../run.sh',
      whole: '/etc',
    };
    const read = await through(
      Object.entries(links).map(([name, linkname]) => ({ name, type: 'symlink' as const, linkname })),
    );
    expect(read.filter(({ type }) => type === 'symlink').map(({ name, linkname }) => [name, linkname])).toEqual([
      ['out', '/work/anywhere'],
      ['src/far', '/etc'],
      ['within', 'src/deep'],
      ['src/up', '../run.sh'],
      ['whole', '/etc'],
    ]);
  });

  it('puts everything below a folder, hard links too', async () => {
    const read = await through([['a', '1'], { name: 'b', type: 'link', linkname: './a' }], 'deps/');
    expect(read.map(({ name, linkname }) => [name, linkname])).toEqual([
      ['deps/', null],
      ['deps/a', null],
      ['deps/b', 'deps/a'],
    ]);
  });

  it.each<[string, Entries]>([
    ['leads out of the folder', [['../evil', '']]],
    ['leads out of the folder', [['a/../../evil', '']]],
    ['leads out of the folder', [['/etc/passwd', '']]],
    ['lies behind a link', [{ name: 'etc', type: 'symlink', linkname: '/etc' }, ['etc/passwd', 'root']]],
    [
      'lies behind a link',
      [
        { name: 'a/b', type: 'symlink', linkname: '/' },
        { name: 'a/b/c/', type: 'directory' },
      ],
    ],
    ['is a hard link', [{ name: 'shadow', type: 'link', linkname: 'etc/shadow' }]],
    ['leads out of the folder', [{ name: 'shadow', type: 'link', linkname: '/etc/shadow' }]],
    ['is a character-device', [{ name: 'null', type: 'character-device' }]],
    ['is a fifo', [{ name: 'pipe', type: 'fifo' }]],
  ])('refuses what %s (%#)', async (why, entries) => {
    await expect(through(entries)).rejects.toMatchObject({
      code: 'sandbox_archive_refused',
      message: expect.stringContaining(why),
    });
  });

  it('says what its source says', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(512);
      throw new Error('the disk is gone');
    }
    await expect(buffer(safeTar(broken(), { below: '', at: '/work', uid: 1, gid: 1 }))).rejects.toThrow(
      'the disk is gone',
    );
  });
});
