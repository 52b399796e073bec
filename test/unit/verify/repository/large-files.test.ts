import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openRepository } from '../../../../src/main/verify/qa/repository/open.js';
import { commitAll, gitIn, makeRepository, write } from '../../../support/repositories.js';

const folder = mkdtempSync(join(tmpdir(), 'lfs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const oidOf = (content: string) => createHash('sha256').update(content).digest('hex');
const pointer = (content: string) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(content)}\nsize ${content.length}\n`;

/** What git LFS keeps in a clone. Gives its place. */
function keep(clone: string, content: string, as = content): string {
  const oid = oidOf(as);
  const at = join(clone, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4));
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, oid), content);
  return join(at, oid);
}

it('what git LFS keeps in the clone is there, what it does not is named; nothing is believed or followed', async () => {
  const clone = join(folder, 'clone');
  makeRepository(clone);
  const contents = ['here it is', 'nowhere', 'not what it says', 'behind a link'];
  const [here = '', nowhere = '', other = '', linked = ''] = contents;
  write(clone, {
    'README.md': 'About it.\n',
    'assets/.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    'assets/here.bin': pointer(here),
    'assets/nowhere.bin': pointer(nowhere),
    'assets/other.bin': pointer(other),
    'assets/linked.bin': pointer(linked),
    'assets/small.txt': 'version https://example.com/spec\n',
  });
  const commit = commitAll(clone);
  keep(clone, here);
  keep(clone, 'x'.repeat(other.length), other);
  const place = keep(clone, linked);
  renameSync(place, join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), place);
  gitIn(clone, 'worktree', 'add', '--quiet', join(folder, 'second'));

  const missing = ['assets/linked.bin', 'assets/nowhere.bin', 'assets/other.bin'];
  for (const [path, of] of [
    [clone, commit],
    [clone, null],
    [join(folder, 'second'), commit],
  ] as const) {
    const tree = await (await openRepository(path)).tree(of);
    expect(tree.pointers).toEqual(missing);
    expect(Buffer.from(await tree.read('assets/here.bin')).toString()).toBe(here);
    expect(tree.file('assets/here.bin')?.size).toBe(here.length);
    expect(Buffer.from(await tree.read('assets/nowhere.bin')).toString()).toBe(pointer(nowhere));
  }

  // An archive has no such folder.
  const zip = join(folder, 'clone.zip');
  writeFileSync(zip, execFileSync('git', ['-C', clone, 'archive', '--format=zip', commit]));
  const packed = await (await openRepository(zip)).tree(null);
  expect(packed.pointers).toEqual(['assets/here.bin', ...missing]);
});
