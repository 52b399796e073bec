import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { changesBetween } from '../../../../src/main/verify/qa/repository/changes.js';
import { openRepository } from '../../../../src/main/verify/qa/repository/open.js';
import { commitAll, gitIn, makeRepository, write } from '../../../support/repositories.js';

const folder = mkdtempSync(join(tmpdir(), 'changes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function twoStates(path: string) {
  write(path, {
    'stays.txt': 's',
    'modified.txt': 'old',
    'deleted.txt': 'd',
    'moved/a.txt': 'moved text',
    'moved/b.txt': 'moved text',
    'mode.sh': 'x',
    'became-link': 'stays.txt',
    'binary.bin': Uint8Array.from([0, 1, 2]),
    'latin.txt': Buffer.from('caf\xe9', 'latin1'),
    'large.txt': 'x'.repeat(1024 * 1024 + 1),
    'empty.txt': '',
  });
}
function change(path: string) {
  write(path, {
    'modified.txt': 'new',
    'added.txt': 'a',
    'elsewhere/b.txt': 'moved text',
    'elsewhere/c.txt': 'moved text',
    'elsewhere/d.txt': 'moved text',
    'binary.bin': Uint8Array.from([0, 1, 3]),
    'latin.txt': Buffer.from('caf\xe8', 'latin1'),
    'large.txt': 'y'.repeat(1024 * 1024 + 1),
    'other-empty.txt': '',
  });
  for (const name of ['deleted.txt', 'moved', 'became-link', 'empty.txt'])
    rmSync(join(path, name), { recursive: true });
  symlinkSync('stays.txt', join(path, 'became-link'));
  chmodSync(join(path, 'mode.sh'), 0o755);
}

const expected = [
  { path: 'added.txt', status: 'added', before: null, after: 'a' },
  { path: 'became-link', status: 'modified', before: 'stays.txt', after: 'stays.txt' },
  { path: 'binary.bin', status: 'modified', before: null, after: null },
  { path: 'deleted.txt', status: 'deleted', before: 'd', after: null },
  { path: 'elsewhere/b.txt', from: 'moved/b.txt', status: 'renamed', before: 'moved text', after: 'moved text' },
  { path: 'elsewhere/c.txt', from: 'moved/a.txt', status: 'renamed', before: 'moved text', after: 'moved text' },
  { path: 'elsewhere/d.txt', status: 'added', before: null, after: 'moved text' },
  { path: 'empty.txt', status: 'deleted', before: '', after: null },
  { path: 'large.txt', status: 'modified', before: null, after: null },
  { path: 'latin.txt', status: 'modified', before: null, after: null },
  { path: 'mode.sh', status: 'modified', before: 'x', after: 'x' },
  { path: 'modified.txt', status: 'modified', before: 'old', after: 'new' },
  { path: 'other-empty.txt', status: 'added', before: null, after: '' },
];

it('between commits, between folders, and from a commit to a folder', async () => {
  const clone = join(folder, 'clone');
  makeRepository(clone);
  twoStates(clone);
  const before = commitAll(clone);
  change(clone);
  const after = commitAll(clone);
  const [old, now] = [join(folder, 'old'), join(folder, 'now')];
  twoStates(old);
  twoStates(now);
  change(now);
  const commits = await openRepository(clone);
  const trees = {
    before: await commits.tree(before),
    after: await commits.tree(after),
    old: await (await openRepository(old)).tree(null),
    now: await (await openRepository(now)).tree(null),
  };
  const sorted = async (...[from, to]: Parameters<typeof changesBetween>) =>
    (await changesBetween(from, to)).sort((a, b) => (a.path < b.path ? -1 : 1));
  expect(await sorted(trees.before, trees.after)).toEqual(expected);
  expect(await sorted(trees.old, trees.now)).toEqual(expected);
  // Names of SHA-1 on one side, of SHA-256 on the other: what is renamed is not seen then, what is the same is.
  const mixed = await sorted(trees.before, trees.now);
  expect(mixed.map(({ path }) => path).sort()).toEqual(
    [...expected.map(({ path }) => path), 'moved/a.txt', 'moved/b.txt'].sort(),
  );
  expect(await changesBetween(trees.before, trees.old)).toEqual([]);
  expect(await changesBetween(trees.after, trees.after)).toEqual([]);
  expect(gitIn(clone, 'status', '--porcelain')).toBe('');
});
